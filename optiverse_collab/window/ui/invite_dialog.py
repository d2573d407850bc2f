"""Shows an invite link. It is a secret, so it is hidden until the user shows it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from PyQt6.QtCore import pyqtSlot
from PyQt6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from optiverse_collab.window.ui.clipboard import copy_text
from optiverse_collab.window.ui.fields import Sentence
from optiverse_collab.window.ui.qr_code import QrCode
from optiverse_collab.wording import dialogs, inviting


class Way(NamedTuple):
    """A way to the server.

    Attributes:
        name: its name for the user.
        link: the link for people who use it.
    """

    name: str
    link: str


class InviteDialog(QDialog):
    """The link, and as a QR code once it is shown.

    Attributes:
        copy: puts the link on the clipboard, shown or not.
        show_link: shows or hides it.
        ways: the networks of this computer, if it is in several.
        code: the QR code.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(inviting.TITLE)
        self._says = Sentence(inviting.MAKING, self)
        self._says.setObjectName("says")
        self.ways = QComboBox(self)
        self.link = QLineEdit(self)
        self.link.setReadOnly(True)
        self.copy = QPushButton(dialogs.COPY, self)
        self.copy.setDefault(True)
        self.show_link = QPushButton(inviting.SHOW, self)
        self.show_link.setCheckable(True)
        self.code = QrCode(self)
        self._no_code = Sentence(inviting.NO_CODE, self)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        for button in (self.copy, self.show_link):
            buttons.addButton(button, QDialogButtonBox.ButtonRole.ActionRole)
        self._lay_out(buttons)
        self.setMinimumWidth(self.fontMetrics().averageCharWidth() * 70)
        self.ways.currentIndexChanged.connect(self._refresh)
        self.show_link.toggled.connect(self._refresh)
        self.copy.clicked.connect(self._on_copy)
        buttons.rejected.connect(self.reject)
        self.show_ways([], inviting.MAKING)

    def show_ways(self, ways: Sequence[Way], sentence: str) -> None:
        """Show an invite; hidden at first.

        Args:
            ways: the networks through which others may connect; none while there is no invite.
            sentence: what the link allows.
        """
        self._says.setText(sentence)
        self.ways.clear()
        for way in ways:
            self.ways.addItem(way.name, way.link)
        self._form.setRowVisible(self.ways, len(ways) > 1)
        self.copy.setEnabled(bool(ways))
        self.show_link.setEnabled(bool(ways))
        self.show_link.setChecked(False)
        self._refresh()

    def _lay_out(self, buttons: QDialogButtonBox) -> None:
        self._form = QFormLayout()
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        self._form.addRow(inviting.AT, self.ways)
        self._form.addRow(inviting.LINK, self.link)
        layout = QVBoxLayout(self)
        layout.addWidget(self._says)
        layout.addLayout(self._form)
        layout.addWidget(self.code, 1)
        layout.addWidget(self._no_code)
        layout.addWidget(buttons)

    @pyqtSlot()
    def _refresh(self) -> None:
        shown, link = self.show_link.isChecked(), str(self.ways.currentData() or "")
        place, number_sign, _ = link.partition("#")
        self.link.setText(link if shown or not number_sign else f"{place}#{inviting.HIDDEN}")
        self.link.setCursorPosition(0)
        self.show_link.setText(inviting.HIDE if shown else inviting.SHOW)
        self.copy.setText(dialogs.COPY)
        fits = self.code.set_text(link if shown else "")
        self.code.setVisible(shown and fits)
        self._no_code.setVisible(shown and not fits)
        self.adjustSize()

    @pyqtSlot()
    def _on_copy(self) -> None:
        copy_text(str(self.ways.currentData() or ""))
        self.copy.setText(dialogs.COPIED)
