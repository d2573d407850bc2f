"""Menu entries: what they do, and when they can be chosen."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
from PyQt6.QtCore import QSettings

from optiverse_collab.manifest import ActionId, ActionTable, EnabledWhen, load
from optiverse_collab.window.menu_entries import MenuEntries, always
from optiverse_collab.window.settings import Choice, Settings
from optiverse_collab.window.toggles import Toggle


def table(id: ActionId, when: EnabledWhen = EnabledWhen.ALWAYS) -> ActionTable:
    return ActionTable(id, ["&Collaboration"], "Text", "Ctrl+T", "icon", when)


class Menu:
    """Three entries."""

    def __init__(self, settings: Settings) -> None:
        self.done: list[ActionId] = []
        self.online = False
        self.toggle = Toggle(settings, Choice.QUIET)
        self.entries = MenuEntries(
            {id: partial(self.done.append, id) for id in (ActionId.CONNECT, ActionId.DISCONNECT)},
            {ActionId.QUIET: self.toggle},
            {ActionId.CONNECT: lambda check: check(True)},
            {EnabledWhen.ALWAYS: always, EnabledWhen.ONLINE: lambda: self.online},
            {ActionId.DISCONNECT: "Ctrl+D"}.get,
        )


@pytest.fixture
def menu(tmp_path: Path, qapp: object) -> Menu:
    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(tmp_path))
    return Menu(Settings(load().settings))


def test_an_entry_is_that_of_the_manifest(menu: Menu) -> None:
    action = menu.entries.action(table(ActionId.CONNECT))
    assert (action.menu, action.text, action.icon) == (("&Collaboration",), "Text", "icon")
    action.run()
    assert menu.done == [ActionId.CONNECT]
    checked: list[bool] = []
    assert action.checked_when is not None
    action.checked_when(checked.append)
    assert checked == [True]


def test_the_shortcut_of_the_user_comes_first(menu: Menu) -> None:
    assert menu.entries.action(table(ActionId.CONNECT)).shortcut == "Ctrl+T"
    assert menu.entries.action(table(ActionId.DISCONNECT)).shortcut == "Ctrl+D"


def test_entries_follow_what_happens(menu: Menu) -> None:
    enabled: list[bool] = []
    menu.entries.action(table(ActionId.DISCONNECT, EnabledWhen.ONLINE)).enabled_when(enabled.append)
    menu.online = True
    menu.entries.refresh()
    assert enabled == [False, True]


def test_a_setting_is_a_toggle(menu: Menu) -> None:
    action = menu.entries.action(table(ActionId.QUIET))
    checked: list[bool] = []
    assert action.checked_when is not None
    action.checked_when(checked.append)
    action.run()
    assert checked == [False, True]
