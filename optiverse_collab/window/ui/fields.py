"""A field that says under itself what is wrong with what is in it."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import Qt, pyqtSignal, pyqtSlot
from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import QLabel, QLineEdit, QVBoxLayout, QWidget

from optiverse_collab.errors import AddressError


class Sentence(QLabel):
    """A label with room for its text, and two lines at least: forms and tabs give a wrapped one less."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setWordWrap(True)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self._is_laid_out = False
        self._fit()

    def setText(self, text: str | None) -> None:
        """Show another sentence."""
        super().setText(text)
        self._fit()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Make room for the lines that the sentence takes now."""
        super().resizeEvent(event)
        self._is_laid_out = True
        self._fit()

    def _fit(self) -> None:
        needed = self.heightForWidth(self.width()) if self._is_laid_out else 0
        self.setMinimumHeight(max(self.fontMetrics().lineSpacing() * 2, needed))


class CheckedField(QWidget):
    """A line edit and, under it, a sentence while its text can't be used.

    Args:
        check: raises `AddressError` with the sentence.

    Attributes:
        edit: the line edit, for a label's buddy.

    Signals:
        changed: the text changed; `valid` says how.
        edited: the user changed the text, by typing or pasting.
    """

    changed = pyqtSignal()
    edited = pyqtSignal(str)

    def __init__(self, check: Callable[[str], object], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._check = check
        self.edit = QLineEdit(self)
        self._fault = Sentence("", self)
        self._fault.setObjectName("fault")
        font = self._fault.font()
        font.setItalic(True)
        self._fault.setFont(font)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(self.edit)
        layout.addWidget(self._fault)
        self.setFocusProxy(self.edit)
        self.edit.textEdited.connect(self.edited)
        self.edit.textChanged.connect(self._on_text_changed)
        self._show_fault()

    @property
    def text(self) -> str:
        """What is in the field."""
        return self.edit.text()

    def set_text(self, text: str) -> None:
        """Put something into the field."""
        self.edit.setText(text)

    @property
    def fault(self) -> str:
        """The sentence, or nothing if the text can be used."""
        try:
            self._check(self.edit.text())
        except AddressError as error:
            return str(error)
        return ""

    @property
    def valid(self) -> bool:
        """Whether the text can be used."""
        return not self.fault

    @pyqtSlot()
    def _on_text_changed(self) -> None:
        self._show_fault()
        self.changed.emit()

    def _show_fault(self) -> None:
        fault = self.fault
        self._fault.setText(fault)
        self._fault.setVisible(bool(fault))
