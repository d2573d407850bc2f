"""A table of how two benches differ."""

from __future__ import annotations

from collections.abc import Mapping

from PyQt6.QtWidgets import QWidget

from optiverse_collab.core.records import Record
from optiverse_collab.window.ui.keyed_table import KeyedTable
from optiverse_collab.wording import comparison as wording


class ComparisonTable(KeyedTable):
    """A row for each item that differs; its key is the id."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(wording.COLUMNS, range(len(wording.COLUMNS)), parent)

    def compare(self, before: Mapping[str, Record], after: Mapping[str, Record]) -> None:
        """Show how these differ, instead of what was shown."""
        self.show_rows((row.id, row[1:]) for row in wording.rows(before, after))
