"""The table of how two benches differ."""

from __future__ import annotations

from PyQt6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from optiverse_collab.core.records import Record
from optiverse_collab.window.ui.comparison_table import ComparisonTable


def test_a_row_for_each_item_that_differs(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    table = ComparisonTable(window)
    before = {id: Record(id, "component", {"name": id.upper(), "pos": [0.0, 0.0]}) for id in "abc"}
    after = {
        "a": before["a"],
        "b": Record("b", "component", {"name": "B", "pos": [0.0, 2.0]}),
        "d": Record("d", "text", {"text": "<b>D</b>", "pos": [0.0, 0.0]}),
    }
    table.compare(before, after)
    rows = [table.topLevelItem(place) for place in range(table.topLevelItemCount())]
    assert [[row.text(column) for column in range(4)] for row in rows if row is not None] == [
        ['"B"', "moved by 2.0 mm", "position (0.0, 0.0) mm", "position (0.0, 2.0) mm"],
        ['text "<b>D</b>"', "added", "", "position (0.0, 0.0) mm"],
        ['"C"', "removed", "position (0.0, 0.0) mm", ""],
    ]
    table.select("c")
    assert table.key == "c"
    table.compare(before, before)
    assert table.topLevelItemCount() == 0
