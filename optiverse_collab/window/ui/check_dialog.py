"""The findings of a connection check, line by line, and a button to copy them."""

from __future__ import annotations

from PyQt6.QtCore import Qt, pyqtSlot
from PyQt6.QtWidgets import QDialog, QDialogButtonBox, QPlainTextEdit, QProgressBar, QVBoxLayout, QWidget

from optiverse_collab.window.ui.clipboard import copy_text
from optiverse_collab.wording import dialogs


class CheckDialog(QDialog):
    """Shows the steps of a connection.

    Attributes:
        copy: puts all lines on the clipboard.
    """

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(dialogs.CHECK_TITLE)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._lines = QPlainTextEdit(self)
        self._lines.setReadOnly(True)
        self._lines.setAccessibleName(dialogs.CHECK_TITLE)
        self._progress = QProgressBar(self)
        self._progress.setRange(0, 0)
        self._progress.setTextVisible(False)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        self.copy = buttons.addButton(dialogs.COPY, QDialogButtonBox.ButtonRole.ActionRole)
        if self.copy is not None:
            self.copy.clicked.connect(self._on_copy)
        buttons.rejected.connect(self.close)
        layout = QVBoxLayout(self)
        layout.addWidget(self._lines, 1)
        layout.addWidget(self._progress)
        layout.addWidget(buttons)
        self.resize(self.fontMetrics().averageCharWidth() * 90, self.fontMetrics().height() * 22)

    @property
    def text(self) -> str:
        """All lines."""
        return self._lines.toPlainText()

    @pyqtSlot(str)
    def add_line(self, line: str) -> None:
        """Add a line."""
        self._lines.appendPlainText(line)

    @pyqtSlot()
    def show_end(self) -> None:
        """The check is finished."""
        self._progress.hide()

    @pyqtSlot()
    def _on_copy(self) -> None:
        copy_text(self.text)
