"""The category under which a host's log shows what we write, and Python's logger with the same lines.

Only the standard library is imported at first: this has to work where our dependencies are missing.
"""

from __future__ import annotations

import logging

USUAL = "Collaboration"
"""For when not even the manifest can be read, and something has to say so."""


def log_category() -> str:
    """The manifest's category."""
    try:
        from optiverse_collab import manifest

        return manifest.load().plugin.log_category
    except Exception:  # noqa: BLE001 - what can't be loaded may raise anything, and this is for saying so
        return USUAL


LINES = logging.getLogger("optiverse_collab.window")
"""What we write to the logs of hosts, for our own file; nothing of it gets to the host's handlers."""
LINES.propagate = False
LINES.setLevel(logging.DEBUG)
LINES.addHandler(logging.NullHandler())


def note(level: str, text: str) -> None:
    """Take down a line that went to a host's log.

    Args:
        level: the name of one of `logging`.
    """
    LINES.log(logging.getLevelName(level), "%s", text)
