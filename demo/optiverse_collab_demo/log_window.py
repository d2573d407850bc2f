"""The log window: what was logged, filtered by level, category and text."""

from __future__ import annotations

from PyQt6.QtCore import Qt, pyqtSlot
from PyQt6.QtGui import QColor, QFontDatabase, QTextCharFormat, QTextCursor
from PyQt6.QtWidgets import (
    QComboBox,
    QDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from optiverse_collab_demo.log import LEVELS, MAX_LINES, Log, LogLine
from optiverse_collab_demo.theme import LIGHT, Theme

_ALL = "All"
_COLOURS = {"WARNING": "#c77700", "ERROR": "#d83a3a"}


class LogWindow(QDialog):
    """Shows a log.

    Attributes:
        level: shows lines of this level and above.
        category: shows lines of this category.
        search: shows lines with this text, whatever its case.
    """

    def __init__(self, log: Log, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._log = log
        self._theme = LIGHT
        self.setWindowTitle("Log")
        self.resize(820, 420)
        self.level = QComboBox(self)
        self.level.addItems([_ALL, *LEVELS[1:]])
        self.category = QComboBox(self)
        self.category.addItems([_ALL, *log.categories])
        self.search = QLineEdit(self)
        self.search.setPlaceholderText("Search")
        self.search.setClearButtonEnabled(True)
        clear = QPushButton("Clear", self)
        clear.setAutoDefault(False)  # Return in the search must not clear the log.
        self._text = QPlainTextEdit(self)
        self._text.setReadOnly(True)
        self._text.setMaximumBlockCount(MAX_LINES)
        self._text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self._text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        bar = QHBoxLayout()
        for title, entry in (("Level", self.level), ("Category", self.category)):
            label = QLabel(title, self)
            label.setBuddy(entry)
            bar.addWidget(label)
            bar.addWidget(entry)
        bar.addWidget(self.search, 1)
        bar.addWidget(clear)
        layout = QVBoxLayout(self)
        layout.addLayout(bar)
        layout.addWidget(self._text)
        self.level.currentIndexChanged.connect(self.refresh)
        self.category.currentIndexChanged.connect(self.refresh)
        self.search.textChanged.connect(self.refresh)
        clear.clicked.connect(self._clear)
        log.line_added.connect(self._take)
        log.category_added.connect(self._take_category)
        self.refresh()

    def set_theme(self, theme: Theme) -> None:
        """Write in other colours."""
        self._theme = theme
        self.refresh()

    @pyqtSlot()
    def refresh(self) -> None:
        """Show again all lines that pass the filters."""
        self._text.clear()
        for line in self._log.lines:
            self._take(line)

    @pyqtSlot(object)
    def _take(self, line: LogLine) -> None:
        if not self._passes(line):
            return
        bar = self._text.verticalScrollBar()
        follows = bar is None or bar.value() == bar.maximum()
        cursor = QTextCursor(self._text.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        if not cursor.atStart():
            cursor.insertBlock()
        form = QTextCharFormat()
        muted = self._theme.muted if line.level == "DEBUG" else self._theme.text
        form.setForeground(QColor(_COLOURS[line.level]) if line.level in _COLOURS else muted)
        cursor.insertText(str(line), form)
        if follows and bar is not None:
            bar.setValue(bar.maximum())

    @pyqtSlot(str)
    def _take_category(self, category: str) -> None:
        if self.category.findText(category, Qt.MatchFlag.MatchExactly) < 0:
            self.category.addItem(category)

    @pyqtSlot()
    def _clear(self) -> None:
        self._log.lines.clear()
        self.refresh()

    def _passes(self, line: LogLine) -> bool:
        level, category = self.level.currentText(), self.category.currentText()
        return (
            (level == _ALL or LEVELS.index(line.level) >= LEVELS.index(level))
            and category in (_ALL, line.category)
            and self.search.text().casefold() in str(line).casefold()
        )
