"""The part of the dock *People* that shows who waits outside, for owners."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from PyQt6.QtCore import Qt, pyqtSignal, pyqtSlot
from PyQt6.QtWidgets import QLabel, QListWidget, QListWidgetItem, QPushButton, QVBoxLayout, QWidget

from optiverse_collab.core.text import printable, unmarked
from optiverse_collab.window.ui.button_grid import ButtonGrid
from optiverse_collab.window.ui.button_keys import press_by_keys
from optiverse_collab.wording import knocks as texts

LEAST_LINES, MOST_LINES = 3, 9
"""How high the list is, in lines of text."""

_KEY = Qt.ItemDataRole.UserRole
_SPOKEN = Qt.ItemDataRole.AccessibleTextRole


class Waiting(NamedTuple):
    """Somebody who waits.

    Attributes:
        knock: its id.
        name: their full name.
        lines: the text for the list.
    """

    knock: str
    name: str
    lines: tuple[str, ...]


class KnockList(QWidget):
    """A list, and two buttons for the selected person; hidden while nobody waits.

    Once the selected person is gone, nobody is selected: a late click answers nobody else.

    Attributes:
        people: the list.
        let_in, not_now: answer the selected one.

    Signals:
        answered: the id of a knock, and whether they are let in.
    """

    answered = pyqtSignal(str, bool)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._shown: Sequence[Waiting] = ()
        heading = QLabel(texts.HEADING, self)
        self.people = QListWidget(self)
        self.people.setAccessibleName(texts.LIST)
        self.people.setWordWrap(True)
        self.people.setSpacing(2)
        self.people.setAlternatingRowColors(True)
        self.people.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.let_in, self.not_now = QPushButton(texts.LET_IN, self), QPushButton(texts.NOT_NOW, self)
        self.let_in.setToolTip(texts.LET_IN_TIP)
        self.not_now.setToolTip(texts.NOT_NOW_TIP)
        for button in (self.let_in, self.not_now):
            button.setAutoDefault(False)
            press_by_keys(button)
            button.clicked.connect(self._on_clicked)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(heading)
        layout.addWidget(self.people)
        layout.addWidget(ButtonGrid([self.let_in, self.not_now], self))
        self.people.currentItemChanged.connect(self._on_selected)
        self.hide()
        self._on_selected()

    @property
    def selected(self) -> str:
        """The id of the selected knock; empty for none."""
        row = self.people.currentItem()
        return "" if row is None else str(row.data(_KEY))

    def show_waiting(self, waiting: Sequence[Waiting]) -> None:
        """Show these instead; keep the selection."""
        if tuple(waiting) == tuple(self._shown):
            return
        selected = self.selected
        self._shown = tuple(waiting)
        self.people.clear()
        for one in waiting:
            row = QListWidgetItem("\n".join(one.lines), self.people)
            row.setData(_KEY, one.knock)
            row.setData(_SPOKEN, ", ".join(one.lines))
            row.setToolTip(unmarked(printable(one.name)))
        knocks = [one.knock for one in waiting]
        self.people.setCurrentRow(knocks.index(selected) if selected in knocks else -1)
        lines = min(MOST_LINES, max(LEAST_LINES, sum(len(one.lines) for one in waiting)))
        frame = 2 * self.people.frameWidth() + 4 * min(len(waiting), LEAST_LINES)
        self.people.setFixedHeight(self.fontMetrics().lineSpacing() * lines + frame)
        self.setVisible(bool(waiting))
        self._on_selected()

    @pyqtSlot()
    def _on_selected(self) -> None:
        row = self.people.currentItem()
        if row is not None:
            row.setSelected(True)  # the keyboard makes the first one current only
        for button in (self.let_in, self.not_now):
            button.setEnabled(row is not None)

    @pyqtSlot()
    def _on_clicked(self) -> None:
        if self.selected:
            self.answered.emit(self.selected, self.sender() is self.let_in)
