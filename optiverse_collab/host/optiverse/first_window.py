"""Waits until the first window is ready, and opens a file in it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PyQt6.QtCore import QObject, QTimer, pyqtSlot
from PyQt6.QtWidgets import QApplication, QFileDialog, QMainWindow

READY_MS = 200
"""Quirk: 100 ms after it was made, a window asks whether to restore a bench that was autosaved."""


class WhenReady(QObject):
    """Calls something once, when a new window has asked its questions and the user has answered them.

    Args:
        window: made a moment ago; this object's parent.
        act: what to call.
    """

    def __init__(self, window: QMainWindow, act: Callable[[], None]) -> None:
        super().__init__(window)
        self._act = act
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._look)
        self._timer.start(READY_MS)

    @pyqtSlot()
    def _look(self) -> None:
        if QApplication.activeModalWidget() is None:
            self._timer.stop()
            self._act()
            self.deleteLater()


def open_file(window: QMainWindow, path: Path) -> None:
    """Open a bench as *Open* in the File menu does, with all that this says and asks.

    Quirk: 0.2.7 has no other way to open a file than this one, which asks for its name.
    """
    host: Any = window
    dialog: Any = QFileDialog
    ask = dialog.getOpenFileName
    dialog.getOpenFileName = lambda *args, **kwargs: (str(path), "")
    try:
        host.open_assembly()
    finally:
        dialog.getOpenFileName = ask
