"""A table whose rows have keys."""

from __future__ import annotations

import pytest
from PyQt6.QtWidgets import QHeaderView, QWidget
from pytestqt.qtbot import QtBot

from optiverse_collab.window.ui.keyed_table import KeyedTable

ROWS = [("a", ["Ann", "1"]), ("b", ["<b>Bob</b>", "2"])]


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    window = QWidget()
    qtbot.addWidget(window)
    return window


@pytest.fixture
def table(window: QWidget) -> KeyedTable:
    table = KeyedTable(["Name", "Edits"], [0], window)
    table.show_rows(ROWS)
    return table


def test_the_selected_row_stays_selected(table: KeyedTable) -> None:
    assert table.key == "a"
    table.setCurrentItem(table.topLevelItem(1))
    table.show_rows(ROWS[::-1])
    assert table.key == "b"
    table.show_rows(ROWS[:1])
    assert table.key == "a"
    table.show_rows([])
    assert (table.key, table.topLevelItemCount()) == ("", 0)


def test_a_row_can_be_selected_by_its_key(table: KeyedTable) -> None:
    table.select("b")
    assert table.key == "b"
    table.select("nobody")
    assert table.key == "b"


def test_texts_are_plain(table: KeyedTable) -> None:
    item = table.topLevelItem(1)
    assert item is not None
    assert [item.text(column) for column in range(2)] == ["<b>Bob</b>", "2"]
    assert "<b>" not in item.toolTip(0)


def test_wide_columns_have_the_room_that_is_left(table: KeyedTable) -> None:
    header = table.header()
    assert header is not None
    assert not header.stretchLastSection()
    modes = [header.sectionResizeMode(column) for column in range(2)]
    assert modes == [QHeaderView.ResizeMode.Stretch, QHeaderView.ResizeMode.ResizeToContents]
