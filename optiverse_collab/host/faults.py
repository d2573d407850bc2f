"""Why there is no live collaboration in a window, in a sentence for its user.

Only the standard library is imported at first: this has to work where our dependencies are missing.
"""

from __future__ import annotations

from optiverse_collab.errors import CollaborationError

OFF = "Live collaboration is off:"
AGAIN = "Install optiverse-collab again."
CURES = {
    "PyQt6.QtWebSockets": "Install PyQt6 with pip, or the package python3-pyqt6.qtwebsockets of Debian.",
}
"""Module that may be missing → what to do; for other modules, reinstalling the plugin helps."""


def sentence_of(fault: Exception) -> str:
    """What happened, and what to do about it."""
    if isinstance(fault, CollaborationError):
        return str(fault)
    if isinstance(fault, ModuleNotFoundError) and fault.name:
        return f"The Python module {fault.name!r} is missing. {CURES.get(fault.name, AGAIN)}"
    if isinstance(fault, ImportError):
        return f"A Python module can't be loaded ({fault}). {CURES.get(fault.name or '', AGAIN)}"
    return f"{type(fault).__name__}: {fault}. Report this with the log."
