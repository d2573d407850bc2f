"""Asks for the name of a version."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import Qt, pyqtSignal, pyqtSlot
from PyQt6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QLineEdit, QVBoxLayout, QWidget

from optiverse_collab.core.versions import NAME_CHARS
from optiverse_collab.errors import ChangeRefused
from optiverse_collab.wording import versions as texts


class VersionDialog(QDialog):
    """A field for the name, and what is wrong with it.

    Args:
        sentence: which moment the version will be of.
        check: raises `ChangeRefused` if a name can't be used.

    Attributes:
        name: the field.
        problem: what is wrong with the name.
        buttons: *Keep* and *Cancel*.

    Signals:
        wanted: the name.
    """

    wanted = pyqtSignal(str)

    def __init__(self, sentence: str, check: Callable[[str], None], parent: QWidget) -> None:
        super().__init__(parent)
        self._check = check
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(texts.KEEP_TITLE)
        label = QLabel(sentence, self)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        self.name = QLineEdit(self)
        self.name.setMaxLength(NAME_CHARS)
        self.name.setPlaceholderText(texts.NAME_HINT)
        self.name.setAccessibleName(texts.NAME)
        self.problem = QLabel(self)
        self.problem.setTextFormat(Qt.TextFormat.PlainText)
        self.problem.setWordWrap(True)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel, self)
        keep = self.buttons.addButton(texts.KEEP, QDialogButtonBox.ButtonRole.AcceptRole)
        if keep is not None:
            keep.setDefault(True)
        self.buttons.accepted.connect(self._on_accepted)
        self.buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        for widget in (label, self.name, self.problem, self.buttons):
            layout.addWidget(widget)

    @pyqtSlot()
    def _on_accepted(self) -> None:
        try:
            self._check(self.name.text())
        except ChangeRefused as refusal:
            self.problem.setText(str(refusal))
            self.name.setFocus()
            return
        self.accept()
        self.wanted.emit(self.name.text().strip())
