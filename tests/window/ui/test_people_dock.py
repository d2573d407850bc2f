"""The *People* dock: what it lists, what its buttons do, and what a screen reader reads."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QLabel, QMainWindow
from pytestqt.qtbot import QtBot

from optiverse_collab.core.access import Role
from optiverse_collab.window.roster import Person
from optiverse_collab.window.ui.docks import add_dock, remove_dock
from optiverse_collab.window.ui.people_dock import PeopleDock
from optiverse_collab.wording import following as texts
from tests.helpers.accessible import accessible
from tests.helpers.user_input import click, double_click, press_key
from tests.helpers.windows import names_in

ANN = Person("ann", "Ann", 3, Role.OWNER, "", ("c1",), True)
BEN = Person("ben", "Ben", 14, Role.EDITOR, 'moving "Lens 3"', ("c2", "c3"), False)


@pytest.fixture
def dock(qtbot: QtBot) -> Iterator[PeopleDock]:
    window = QMainWindow()
    qtbot.addWidget(window)
    dock = PeopleDock(window)
    add_dock(window, dock)
    window.resize(500, 500)
    window.show()
    dock.show()
    dock.show_people([ANN, BEN])
    yield dock
    remove_dock(window, dock)


def test_people_and_what_they_do(dock: PeopleDock) -> None:
    assert names_in(dock) == ["Ann (you), owner", "Ben, editor, 2 windows"]
    [_, ben] = dock.people.findItems("*", Qt.MatchFlag.MatchWildcard)
    assert ben.text() == 'Ben, editor, 2 windows\nmoving "Lens 3"'
    before = ben.icon().cacheKey()
    dock.show_people([ANN, BEN._replace(does="idle")])
    assert ben.text().endswith("idle")
    dock.show_people([ANN, BEN._replace(colour=5)])
    assert ben.icon().cacheKey() != before


def test_names_of_others_are_no_markup(dock: PeopleDock) -> None:
    dock.show_people([BEN._replace(name="<b>Ben</b>\n\u202eAnn " + "x" * 300)])
    [name] = names_in(dock)
    assert name.startswith("<b>Ben</b>\\n\\u202eAnn xxx")
    [row] = dock.people.findItems("*", Qt.MatchFlag.MatchWildcard)
    assert row.toolTip().startswith("<qt>&lt;b&gt;")


def test_selection_stays_with_the_person(dock: PeopleDock) -> None:
    dock.people.setCurrentRow(1)
    assert dock.selected == BEN
    dock.show_people([BEN._replace(does="idle"), ANN])
    assert dock.selected is not None
    assert dock.selected.key == "ben"
    dock.show_people([ANN])
    assert dock.selected is None


def test_ways_to_where_somebody_is(qtbot: QtBot, dock: PeopleDock) -> None:
    found: list[str] = []
    dock.visited.connect(found.append)
    dock.people.setCurrentRow(0)
    assert not dock.go.isEnabled()
    press_key(dock.people, Qt.Key.Key_Return)
    assert found == []
    dock.people.setFocus()
    press_key(dock.people, Qt.Key.Key_Down)
    press_key(dock.people, Qt.Key.Key_Return)
    click(dock.go)
    viewport, row = dock.people.viewport(), dock.people.item(1)
    assert viewport is not None
    click(viewport, dock.people.visualItemRect(row).center())
    double_click(viewport, dock.people.visualItemRect(row).center())
    assert found == ["ben"] * 3


def test_what_a_screen_reader_says(dock: PeopleDock) -> None:
    people = accessible(dock.people)
    assert people.name == "People in the session"
    assert people.children[1].name == 'Ben, editor, 2 windows, moving "Lens 3"'
    buttons = [dock.go, dock.back, dock.follow, dock.more]
    assert [accessible(button).name for button in buttons] == ["Go there", "Back", "Follow", "More"]
    menu = dock.more.menu()
    assert menu is not None
    said = [entry.name for entry in accessible(menu).children]
    assert said == [
        "Decline following",
        "Remove from the session",
        "Bring everyone here",
        "Copy invite link",
        "People and links…",
    ]
    assert [action.text() for action in dock.people.actions()] == [one.text() for one in menu.actions()]
    assert all(button.focusPolicy() & Qt.FocusPolicy.TabFocus for button in buttons)


def test_without_a_session_it_says_so(dock: PeopleDock) -> None:
    def says_so() -> bool:
        return any(
            "not in a session" in label.text() for label in dock.findChildren(QLabel) if label.isVisible()
        )

    assert not says_so()
    dock.show_people([], in_session=True)
    assert not says_so()
    dock.show_people([])
    assert says_so()
    assert names_in(dock) == []


def test_following_and_declining(dock: PeopleDock) -> None:
    followed: list[str] = []
    declined: list[str] = []
    dock.follow_wanted.connect(followed.append)
    dock.decline_wanted.connect(declined.append)
    assert not dock.follow.isEnabled()
    dock.people.setCurrentRow(1)
    press_key(dock.follow, Qt.Key.Key_Space)
    dock.decline.trigger()
    assert (followed, declined) == (["ben"], ["ben"])
    dock.show_following("c3", ["ben"])
    assert accessible(dock.follow).name == "Unfollow"
    assert dock.decline.text() == texts.ALLOW
    dock.show_following("", [])
    assert accessible(dock.follow).name == "Follow"


def test_owners_remove_whom_they_may(qtbot: QtBot, dock: PeopleDock) -> None:
    dock.people.setCurrentRow(1)
    assert not dock.remove.isEnabled()
    dock.show_removable(["ben"])
    with qtbot.waitSignal(dock.remove_wanted) as removed:
        dock.remove.trigger()
    assert removed.args == ["ben"]
    dock.people.setCurrentRow(0)
    assert not dock.remove.isEnabled()


def test_menu_opens_by_key_and_its_entries_do_their_work(qtbot: QtBot, dock: PeopleDock) -> None:
    dock.people.setCurrentRow(1)
    menu = dock.more.menu()
    assert menu is not None
    menu.popup(dock.more.mapToGlobal(dock.more.rect().bottomLeft()))
    with qtbot.waitSignal(dock.decline_wanted) as declined:
        press_key(menu, Qt.Key.Key_Down)
        press_key(menu, Qt.Key.Key_Return)
    assert declined.args == ["ben"]
    assert menu.isHidden()
