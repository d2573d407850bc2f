"""A field that shows below it the error in its text, or how the text is read."""

from __future__ import annotations

from collections.abc import Callable
from itertools import takewhile

from PyQt6.QtCore import Qt, pyqtSignal, pyqtSlot
from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import QLabel, QLineEdit, QVBoxLayout, QWidget

from optiverse_collab.errors import AddressError
from optiverse_collab.wording import dialogs


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
        """Change the sentence."""
        super().setText(text)
        self._fit()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Make room for the lines of the sentence."""
        super().resizeEvent(event)
        self._is_laid_out = True
        self._fit()

    def _fit(self) -> None:
        needed = self.heightForWidth(self.width()) if self._is_laid_out else 0
        self.setMinimumHeight(max(self.fontMetrics().lineSpacing() * 2, needed))


class CheckedField(QWidget):
    """A line edit and, under it, a sentence while its text can't be used or is read as something else.

    Args:
        read: returns how a text is read, or raises `AddressError` with the sentence.

    Attributes:
        edit: the line edit, for a label's buddy.

    Signals:
        changed: the text changed; `valid` says how.
        pasted: the user entered more than one character at once; has the whole text.
    """

    changed = pyqtSignal()
    pasted = pyqtSignal(str)

    def __init__(self, read: Callable[[str], str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._read = read
        self._last = ""
        self.edit = QLineEdit(self)
        self._remark = Sentence("", self)
        self._remark.setObjectName("remark")
        font = self._remark.font()
        font.setItalic(True)
        self._remark.setFont(font)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(self.edit)
        layout.addWidget(self._remark)
        self.setFocusProxy(self.edit)
        self.edit.textEdited.connect(self._on_text_edited)
        self.edit.textChanged.connect(self._on_text_changed)
        self._show_remark()

    @property
    def text(self) -> str:
        """The content of the field."""
        return self.edit.text()

    def set_text(self, text: str) -> None:
        """Set the content of the field."""
        self.edit.setText(text)

    @property
    def fault(self) -> str:
        """The sentence, or nothing if the text can be used."""
        try:
            self._read(self.text)
        except AddressError as error:
            return str(error)
        return ""

    @property
    def remark(self) -> str:
        """The error, or how the text is read; nothing if it is used unchanged."""
        try:
            value = self._read(self.text)
        except AddressError as error:
            return str(error)
        return "" if value == self.text else dialogs.READ_AS.format(value=value)

    @property
    def valid(self) -> bool:
        """Whether the text can be used."""
        return not self.fault

    @pyqtSlot(str)
    def _on_text_edited(self, text: str) -> None:
        if _inserted(self._last, text) > 1:
            self.pasted.emit(text)

    @pyqtSlot()
    def _on_text_changed(self) -> None:
        self._last = self.text
        self._show_remark()
        self.changed.emit()

    def _show_remark(self) -> None:
        remark = self.remark
        self._remark.setText(remark)
        self._remark.setVisible(bool(remark))


def _inserted(before: str, after: str) -> int:
    """How many characters were inserted between the common start and end of two texts."""
    start = _common(before, after)
    return len(after) - start - _common(before[start:][::-1], after[start:][::-1])


def _common(one: str, other: str) -> int:
    """The length of the common start of two texts."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))
