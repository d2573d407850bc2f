"""Reports unsent edits when a window closes."""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QMessageBox, QWidget

from optiverse_collab.drivers.qt.timers import single_shot
from optiverse_collab.wording import unsent as texts

SHOWN_MS = 8000
"""How long it stays open: nobody may be there, as when the system shuts down."""


class UnsentNotice(QMessageBox):
    """One sentence without a decision, so it closes after a while.

    Args:
        sentence: about the waiting edits.
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
