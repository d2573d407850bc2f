"""The dialog for owners: what it shows and what each button does; everything works by keyboard, too."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QTreeWidget
from pytestqt.qtbot import QtBot

from optiverse_collab.core.access import Role
from optiverse_collab.core.protocol.access import Grant, GrantKind
from optiverse_collab.window.ui.access_dialog import AccessDialog
from optiverse_collab.window.ui.new_link_dialog import NewLinkDialog
from tests.helpers.accessible import accessible
from tests.helpers.user_input import click, press_key

NOW = datetime(2026, 5, 3, 12, 0, tzinfo=timezone.utc)
MADE = "2026-05-01T12:00:00.000Z"
LONG = "Ein sehr langer Name, den niemand ganz lesen kann <b>名前</b> " * 3
GRANTS = [
    Grant("g3", GrantKind.DEVICE, Role.NONE, MADE, LONG, seen="2026-05-02T09:30:00.000Z"),
    Grant(
        "g2",
        GrantKind.DEVICE,
        Role.VIEWER,
        MADE,
        "Ben",
        connections=["c2"],
        expires="2026-05-03T14:05:00.000Z",
    ),
    Grant("g1", GrantKind.DEVICE, Role.OWNER, MADE, "Ana", connections=["c1"]),
    Grant("l1", GrantKind.INVITE, Role.EDITOR, MADE, "students", uses=3),
    Grant("l2", GrantKind.INVITE, Role.NONE, MADE),
]


@pytest.fixture
def dialog(qtbot: QtBot) -> AccessDialog:
    dialog = AccessDialog()
    qtbot.addWidget(dialog)
    dialog.show_grants(GRANTS, ["c1", "c2"], NOW)
    dialog.show()
    return dialog


def rows(table: QTreeWidget) -> list[list[str]]:
    found = (table.topLevelItem(number) for number in range(table.topLevelItemCount()))
    return [[item.text(column) for column in range(table.columnCount())] for item in found if item]


def test_people_who_are_here_stand_first(dialog: AccessDialog) -> None:
    local = datetime(2026, 5, 3, 14, 5, tzinfo=timezone.utc).astimezone()
    names = rows(dialog.people.table)
    assert names[0] == ["Ana", "Owner", "Here", "Never"]
    assert names[1] == ["Ben", "Viewer", "Here", f"{local:%H:%M}"]
    assert names[2][1] == "Removed"
    assert names[2][2].startswith("2026-05-02")
    item = dialog.people.table.topLevelItem(2)
    assert item is not None
    assert "<b>" not in item.toolTip(0)


def test_links_say_what_they_allow(dialog: AccessDialog) -> None:
    assert rows(dialog.links.table) == [
        ["students", "Editor", "3", "Never"],
        ["—", "Revoked", "Any number", "Never"],
    ]


def select(dialog: AccessDialog, row: int) -> None:
    item = dialog.people.table.topLevelItem(row)
    assert item is not None
    dialog.people.table.setCurrentItem(item)


def test_what_is_wanted_of_people(qtbot: QtBot, dialog: AccessDialog) -> None:
    """ACC-6."""
    select(dialog, 1)
    assert dialog.people.role.currentText() == "Viewer"
    with qtbot.waitSignal(dialog.changed) as wanted:
        dialog.people.role.setFocus()
        press_key(dialog.people.role, Qt.Key.Key_E)
    assert wanted.args == ["g2", Role.EDITOR, None]
    with qtbot.waitSignal(dialog.changed) as wanted:
        dialog.people.ends.activated.emit(dialog.people.ends.findText("in 1 hour"))
    assert wanted.args == ["g2", None, 3600]
    with qtbot.waitSignal(dialog.changed) as wanted:
        click(dialog.people.remove)
    assert wanted.args == ["g2", Role.NONE, None]
    select(dialog, 2)
    assert dialog.people.remove.text() == "Let back &in"
    with qtbot.waitSignal(dialog.changed) as wanted:
        click(dialog.people.remove)
    assert wanted.args == ["g3", Role.VIEWER, None]


def test_link_is_revoked(qtbot: QtBot, dialog: AccessDialog) -> None:
    dialog.tabs.setCurrentWidget(dialog.links)
    with qtbot.waitSignal(dialog.changed) as wanted:
        click(dialog.links.remove)
    assert wanted.args == ["l1", Role.NONE, None]


def test_selection_outlives_a_new_list(dialog: AccessDialog) -> None:
    select(dialog, 1)
    dialog.show_grants(GRANTS[::-1], ["c1", "c2"], NOW)
    selected = [dialog.people.selected]
    dialog.show_grants([], [], NOW)
    assert [*selected, dialog.people.selected] == [GRANTS[1], None]
    assert not dialog.people.role.isEnabled()
    assert not dialog.people.remove.isEnabled()
    dialog.people.role.activated.emit(0)
    dialog.people.ends.activated.emit(0)
    dialog.people.remove.clicked.emit()


def test_new_link_is_asked_for(qtbot: QtBot, dialog: AccessDialog) -> None:
    """ACC-5."""
    dialog.tabs.setCurrentWidget(dialog.links)
    click(dialog.new_link)
    [asking] = dialog.findChildren(NewLinkDialog)
    asking.role.setCurrentIndex(asking.role.findData(Role.VIEWER))
    asking.ends.setCurrentIndex(asking.ends.findText("in 1 week"))
    asking.uses.setValue(5)
    asking.label.setText(" students ")
    assert accessible(asking.knock).name == "Ask me before it lets anybody in"
    press_key(asking.knock, Qt.Key.Key_Space)
    with qtbot.waitSignal(dialog.link_wanted) as wanted:
        press_key(asking.label, Qt.Key.Key_Return)
    assert wanted.args == [Role.VIEWER, "students", 7 * 24 * 3600, 5, True]


def test_new_link_may_be_for_any_number(qtbot: QtBot, dialog: AccessDialog) -> None:
    dialog.ask_for_link()
    [asking] = dialog.findChildren(NewLinkDialog)
    assert asking.uses.text() == "Any number"
    with qtbot.waitSignal(dialog.link_wanted) as wanted:
        asking.buttons.accepted.emit()
    assert wanted.args == [Role.EDITOR, "", 0, None, False]


def test_it_closes_with_escape_and_enter_does_nothing(dialog: AccessDialog) -> None:
    """Enter in the table must not remove anybody."""
    dialog.people.table.setFocus()
    press_key(dialog.people.table, Qt.Key.Key_Return)
    assert not dialog.people.remove.isDefault()
    press_key(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()
