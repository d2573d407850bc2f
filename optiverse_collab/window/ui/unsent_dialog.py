"""Lists edits that wait on this computer for their servers, and asks what to do with them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from PyQt6.QtCore import pyqtSignal, pyqtSlot
from PyQt6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QPushButton, QVBoxLayout, QWidget

from optiverse_collab.core.text import unmarked
from optiverse_collab.window.ui.button_grid import ButtonGrid
from optiverse_collab.window.ui.keyed_table import KeyedTable
from optiverse_collab.wording import unsent as texts
from optiverse_collab.wording.numbers import moment

_WIDE = (0, 1, 4)  # the columns with names and addresses


class UnsentRow(NamedTuple):
    """One person's unsent edits of one session.

    Attributes:
        key: chosen by the caller.
        session, author, server: their session, author and destination.
        edits: how many.
        since: local time of the last one.
        can_send: whether they can be sent; not if their history is gone.
    """

    key: str
    session: str
    author: str
    server: str
    edits: int
    since: datetime
    can_send: bool = True


class UnsentDialog(QDialog):
    """A table of unsent edits, and buttons for the row that is selected.

    Attributes:
        table: the rows.
        rejoin, send, save, discard: the buttons.

    Signals:
        rejoin_requested, send_requested, save_requested, discard_requested: the key of a row.
    """

    rejoin_requested = pyqtSignal(str)
    send_requested = pyqtSignal(str)
    save_requested = pyqtSignal(str)
    discard_requested = pyqtSignal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(texts.TITLE)
        introduction = QLabel(texts.INTRODUCTION, self)
        introduction.setWordWrap(True)
        self._can_send: set[str] = set()
        titles = [texts.SESSION, texts.AUTHOR, texts.EDITS, texts.SINCE, texts.SERVER]
        self.table = KeyedTable(titles, _WIDE, self)
        self.table.setAccessibleName(texts.TITLE)
        self.table.currentItemChanged.connect(self._on_selected)
        self.rejoin = self._button(texts.REJOIN, texts.REJOIN_HINT)
        self.send = self._button(texts.SEND, texts.SEND_HINT)
        self.save = self._button(texts.SAVE, "")
        self.discard = self._button(texts.DISCARD, texts.DISCARD_HINT)
        self.rejoin.setDefault(True)
        close = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        close.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(introduction)
        layout.addWidget(self.table, 1)
        layout.addWidget(ButtonGrid([self.rejoin, self.send, self.save, self.discard], self))
        layout.addWidget(close)
        self.resize(self.fontMetrics().averageCharWidth() * 80, self.fontMetrics().height() * 18)

    @property
    def selected(self) -> str:
        """The key of the selected row; empty if there is none."""
        return self.table.key

    def show_rows(self, rows: Sequence[UnsentRow], now: datetime) -> None:
        """Show these instead; keep the selection, or else select the first."""
        self._can_send = {row.key for row in rows if row.can_send}
        self.table.show_rows(
            (row.key, [row.session, row.author, str(row.edits), moment(row.since, now), row.server])
            for row in rows
        )
        self._on_selected()

    def _button(self, text: str, hint: str) -> QPushButton:
        button = QPushButton(text, self)
        button.setToolTip(unmarked(hint))
        button.clicked.connect(self._on_clicked)
        return button

    @pyqtSlot()
    def _on_selected(self) -> None:
        """Enable the actions for the selected row."""
        for button in (self.rejoin, self.save, self.discard):
            button.setEnabled(bool(self.selected))
        self.send.setEnabled(self.selected in self._can_send)

    @pyqtSlot()
    def _on_clicked(self) -> None:
        signals = {
            self.rejoin: self.rejoin_requested,
            self.send: self.send_requested,
            self.save: self.save_requested,
            self.discard: self.discard_requested,
        }
        for button, signal in signals.items():
            if button is self.sender() and self.selected:
                signal.emit(self.selected)
