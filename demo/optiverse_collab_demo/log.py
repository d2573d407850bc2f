"""The log: lines in memory, for the log window."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from PyQt6.QtCore import QObject, pyqtSignal

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
MAX_LINES = 1000
"""As many as Optiverse keeps; each takes up to 7 KB in the log window."""


class LogLine(NamedTuple):
    """One line.

    Attributes:
        time: local.
        level: one of `LEVELS`.
        category: what it is about.
        text: one line; a stack trace has more.
    """

    time: datetime
    level: str
    category: str
    text: str

    def __str__(self) -> str:
        """In the form of Optiverse's log."""
        time = self.time.strftime("%H:%M:%S.%f")[:-3]
        return f"[{time}] {self.level:7s} | {self.category:12s} | {self.text}"


class Log(QObject):
    """The log of a window.

    Attributes:
        lines: the last ones, oldest first.
        categories: in which lines may come, in the order in which they were met.

    Signals:
        line_added(object): a `LogLine`.
        category_added(str): a new category.
    """

    line_added = pyqtSignal(object)
    category_added = pyqtSignal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.lines: deque[LogLine] = deque(maxlen=MAX_LINES)
        self.categories: list[str] = []

    def add_categories(self, categories: Iterable[str]) -> None:
        """Offer categories as filters before there is a line."""
        for category in categories:
            if category not in self.categories:
                self.categories.append(category)
                self.category_added.emit(category)

    def error(self, text: str, category: str) -> None:
        """Add an ERROR, called as in Optiverse's log."""
        self.write("ERROR", category, text)

    def write(self, level: str, category: str, text: str) -> None:
        """Add a line.

        Args:
            level: one of `LEVELS`.
            category: what it is about.
            text: the line.
        """
        self.add_categories([category])
        line = LogLine(datetime.now().astimezone(), level, category, text)
        self.lines.append(line)
        self.line_added.emit(line)
