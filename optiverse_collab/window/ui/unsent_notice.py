"""Says, when a window closes, what waits on this computer for the server."""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QMessageBox, QWidget

from optiverse_collab.drivers.qt.timers import single_shot
from optiverse_collab.wording import unsent as texts

SHOWN_MS = 8000
"""It closes after this time: nobody may be there, as when the system shuts down."""


class UnsentNotice(QMessageBox):
    """One sentence. Nothing needs to be decided, so it goes again after a while.

    Args:
        sentence: what waits, and what becomes of it.
    """

    def __init__(self, sentence: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(texts.TITLE)
        self.setIcon(QMessageBox.Icon.Information)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setText(sentence)
        self.setStandardButtons(QMessageBox.StandardButton.Ok)
        self._patience = single_shot(self, self.accept, SHOWN_MS)
        self._patience.start()
