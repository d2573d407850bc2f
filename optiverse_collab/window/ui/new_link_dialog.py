"""Asks what a new link allows."""

from __future__ import annotations

from PyQt6.QtCore import pyqtSignal, pyqtSlot
from PyQt6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLineEdit,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from optiverse_collab.core.access import Role
from optiverse_collab.core.protocol.access import LABEL_CHARS, MOST_USES
from optiverse_collab.wording import access as roles
from optiverse_collab.wording import grants as texts


class NewLinkDialog(QDialog):
    """Role, end, uses and a label.

    Attributes:
        role, ends, uses, label, knock: the fields; 0 uses are any number.
        buttons: the first one makes the link.

    Signals:
        wanted: role, label, in how many seconds it ends (0 for never), uses (None for any number), and
            whether owners are asked each time.
    """

    wanted = pyqtSignal(object, str, int, object, bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(texts.INVITE_TITLE)
        self.role, self.ends = QComboBox(self), QComboBox(self)
        for role in texts.ASSIGNED:
            self.role.addItem(roles.ROLES[role], role)
        self.role.setCurrentIndex(self.role.findData(Role.EDITOR))
        for text, seconds in texts.ENDS:
            self.ends.addItem(text, seconds)
        self.uses = QSpinBox(self)
        self.uses.setRange(0, MOST_USES)
        self.uses.setSpecialValueText(texts.ANY_NUMBER)
        self.label = QLineEdit(self)
        self.label.setMaxLength(LABEL_CHARS)
        self.label.setPlaceholderText(texts.LABEL_HINT)
        self.knock = QCheckBox(texts.INVITE_KNOCK, self)
        self.knock.setToolTip(texts.KNOCK_TIP)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel, self)
        go = self.buttons.addButton(texts.COPY_LINK, QDialogButtonBox.ButtonRole.AcceptRole)
        if go is not None:
            go.setDefault(True)
        self.buttons.accepted.connect(self._on_accepted)
        self.buttons.rejected.connect(self.reject)
        form = QFormLayout()
        form.addRow(texts.INVITE_ROLE, self.role)
        form.addRow(texts.INVITE_ENDS, self.ends)
        form.addRow(texts.INVITE_USES, self.uses)
        form.addRow(texts.INVITE_LABEL, self.label)
        form.addRow(self.knock)
        layout = QVBoxLayout(self)
        layout.addLayout(form)
        layout.addWidget(self.buttons)

    @pyqtSlot()
    def _on_accepted(self) -> None:
        self.accept()
        uses = self.uses.value() or None
        label, knock = self.label.text().strip(), self.knock.isChecked()
        self.wanted.emit(self.role.currentData(), label, self.ends.currentData(), uses, knock)
