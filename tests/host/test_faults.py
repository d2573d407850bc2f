"""If live collaboration can't start, a sentence says why, and what to do about it."""

from __future__ import annotations

import pytest

from optiverse_collab.errors import HostUnsupported
from optiverse_collab.host.faults import sentence_of


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        (HostUnsupported("We know no such window."), "We know no such window."),
        (
            ModuleNotFoundError("No module named 'msgspec'", name="msgspec"),
            "The Python module 'msgspec' is missing. Install optiverse-collab again.",
        ),
        (
            ModuleNotFoundError("No module named 'PyQt6.QtWebSockets'", name="PyQt6.QtWebSockets"),
            "The Python module 'PyQt6.QtWebSockets' is missing. Install PyQt6 with pip, or the package"
            " python3-pyqt6.qtwebsockets of Debian.",
        ),
        (
            ImportError("libQt6WebSockets.so.6: cannot open shared object file"),
            "A Python module can't be loaded (libQt6WebSockets.so.6: cannot open shared object file)."
            " Install optiverse-collab again.",
        ),
        (RuntimeError("no such luck"), "RuntimeError: no such luck. Report this with the log."),
    ],
)
def test_a_fault_is_said_with_its_cure(fault: Exception, sentence: str) -> None:
    assert sentence_of(fault) == sentence
