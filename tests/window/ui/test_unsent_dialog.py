"""The table of unsent edits, and the signals that its buttons send."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from optiverse_collab.window.ui.unsent_dialog import UnsentDialog, UnsentRow
from tests.helpers.user_input import click, press_key

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

NOW = datetime(2026, 5, 4, 14, 30, tzinfo=timezone.utc)
ANN = UnsentRow("a", "lab", "Ann", "ws://localhost:8765", 3, NOW)
ANA = UnsentRow("b", "lab", "Ana", "ws://localhost:8765", 1, NOW)


@pytest.fixture
def dialog(qtbot: QtBot) -> UnsentDialog:
    made = UnsentDialog()
    qtbot.addWidget(made)
    made.show_rows([ANN, ANA], NOW)
    made.show()
    return made


def buttons(dialog: UnsentDialog) -> list[QPushButton]:
    return [dialog.rejoin, dialog.send, dialog.save, dialog.discard]


def test_each_button_is_about_the_selected_row(dialog: UnsentDialog) -> None:
    wanted: list[tuple[str, str]] = []
    for name in ("rejoin", "send", "save", "discard"):
        getattr(dialog, f"{name}_requested").connect(lambda key, name=name: wanted.append((name, key)))
    dialog.table.setCurrentItem(dialog.table.topLevelItem(1))
    for button in buttons(dialog):
        click(button)
    assert wanted == [("rejoin", "b"), ("send", "b"), ("save", "b"), ("discard", "b")]


def test_the_selected_row_stays_selected(dialog: UnsentDialog) -> None:
    dialog.table.setCurrentItem(dialog.table.topLevelItem(1))
    dialog.show_rows([ANA._replace(edits=2), ANN], NOW)
    assert dialog.selected == "b"
    dialog.show_rows([ANN], NOW)
    assert dialog.selected == "a"


def test_what_is_of_a_history_that_is_gone_can_not_be_sent(dialog: UnsentDialog) -> None:
    dialog.show_rows([ANN, ANA._replace(can_send=False)], NOW)
    assert all(button.isEnabled() for button in buttons(dialog))
    dialog.table.setCurrentItem(dialog.table.topLevelItem(1))
    assert [button.isEnabled() for button in buttons(dialog)] == [True, False, True, True]
    dialog.show_rows([ANA._replace(can_send=False)], NOW)
    assert not dialog.send.isEnabled()


def test_without_rows_there_is_nothing_to_do(dialog: UnsentDialog) -> None:
    dialog.show_rows([], NOW)
    assert dialog.selected == ""
    assert not any(button.isEnabled() for button in buttons(dialog))


def test_the_keyboard_alone_rejoins(dialog: UnsentDialog) -> None:
    wanted: list[str] = []
    dialog.rejoin_requested.connect(wanted.append)
    dialog.table.setFocus()
    press_key(dialog.table, Qt.Key.Key_Down)
    press_key(dialog, Qt.Key.Key_Return)
    assert wanted == ["b"]
