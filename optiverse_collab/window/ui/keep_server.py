"""Asks the user who closes a hosting editor whether to keep its server."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QMessageBox, QPushButton, QWidget

from optiverse_collab.window.ui.toasts import breakable
from optiverse_collab.wording import hosting


class KeepServerQuestion(QMessageBox):
    """Names the connected people; closing it in any other way keeps the server running.

    Args:
        names: of the others in the session.
        pid, log: the server's process, and the path of its log.

    Attributes:
        keep, end: the buttons.
    """

    def __init__(self, names: Sequence[str], pid: int, log: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(hosting.TITLE)
        self.setIcon(QMessageBox.Icon.Question)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setText(breakable(hosting.connected(names)))
        self.setInformativeText(hosting.consequences(pid, log))
        self.keep = self._button(hosting.KEEP, QMessageBox.ButtonRole.AcceptRole)
        self.end = self._button(hosting.END, QMessageBox.ButtonRole.DestructiveRole)
        self.setDefaultButton(self.keep)
        self.setEscapeButton(self.keep)

    @property
    def keeps(self) -> bool:
        """The answer, once it is given."""
        return self.clickedButton() is not self.end

    def _button(self, text: str, role: QMessageBox.ButtonRole) -> QPushButton:
        button = self.addButton(text, role)
        assert button is not None
        return button
