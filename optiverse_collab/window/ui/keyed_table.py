"""A table for dialogs: each row has a key, and one is selected."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QAbstractItemView, QHeaderView, QTreeWidget, QTreeWidgetItem, QWidget

from optiverse_collab.core.text import unmarked

_KEY = Qt.ItemDataRole.UserRole


class KeyedTable(QTreeWidget):
    """Shows texts, also in tooltips, since a column may be too narrow for them.

    Args:
        titles: of the columns.
        wide: the numbers of the columns that share the remaining room.
    """

    def __init__(self, titles: Sequence[str], wide: Collection[int], parent: QWidget) -> None:
        super().__init__(parent)
        self.setHeaderLabels([*titles])
        self.setRootIsDecorated(False)
        self.setAllColumnsShowFocus(True)
        self.setUniformRowHeights(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        header = self.header()
        if header is not None:
            header.setStretchLastSection(False)
            header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
            for column in wide:
                header.setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)

    @property
    def key(self) -> str:
        """The key of the selected row; empty if there is none."""
        row = self.currentItem()
        return "" if row is None else str(row.data(0, _KEY))

    def select(self, key: str) -> None:
        """Select the row with this key, if there is one."""
        for place in range(self.topLevelItemCount()):
            row = self.topLevelItem(place)
            if row is not None and row.data(0, _KEY) == key:
                self.setCurrentItem(row)

    def show_rows(self, rows: Iterable[tuple[str, Sequence[str]]]) -> None:
        """Show these instead; keep the selection, or else select the first.

        Args:
            rows: the key and the texts of each.
        """
        selected = self.key
        self.clear()
        for key, cells in rows:
            item = QTreeWidgetItem(self, [*cells])
            item.setData(0, _KEY, key)
            for column, cell in enumerate(cells):
                item.setToolTip(column, unmarked(cell))
            if key == selected or self.currentItem() is None:
                self.setCurrentItem(item)
