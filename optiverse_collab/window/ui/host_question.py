"""Asks whether to host a session from the window's own bench, and says what that means."""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QMessageBox, QWidget

from optiverse_collab.window.ui.toasts import breakable
from optiverse_collab.wording import host_now as texts


class HostQuestion(QMessageBox):
    """`accepted` says yes; closing it in any other way says no.

    Args:
        session: the session's name.
        host: the name of the former host.

    Attributes:
        yes: the button.
    """

    def __init__(self, session: str, host: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(texts.TITLE)
        self.setIcon(QMessageBox.Icon.Question)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setText(breakable(texts.question(session)))
        self.setInformativeText(breakable(texts.consequences(host)))
        yes = self.addButton(texts.HOST, QMessageBox.ButtonRole.AcceptRole)
        assert yes is not None
        self.yes = yes
        no = self.addButton(texts.CANCEL, QMessageBox.ButtonRole.RejectRole)
        self.setDefaultButton(self.yes)
        self.setEscapeButton(no)
