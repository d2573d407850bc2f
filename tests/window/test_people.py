"""Two windows show each other in the dock and in the status bar; on a real server."""

from __future__ import annotations

from math import hypot

import pytest
from PyQt6.QtCore import QPointF
from PyQt6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from optiverse_collab.core.client.quality import Grade, Quality
from optiverse_collab.host.menus import menu_titled
from optiverse_collab.window.ui.avatars import Avatar
from optiverse_collab.window.viewpoint import centre_of
from optiverse_collab.wording import people as texts
from tests.helpers.accessible import accessible
from tests.helpers.demo_window import add
from tests.helpers.server_process import ServerProcess
from tests.helpers.user_input import click
from tests.helpers.windows import SOON, Desk, names_in


@pytest.fixture
def both(pair: tuple[Desk, Desk], server: ServerProcess, session_id: str) -> tuple[Desk, Desk]:
    """Ann and Ben, two different people."""
    ann, ben = pair
    ann.be("ann", 2)
    ben.be("ben", 7)
    ann.join(server.url, session_id, "Ann Lee")
    ben.join(server.url, session_id, "Ben")
    return ann, ben


def lines(desk: Desk) -> list[str]:
    rows = desk.controller.people.dock.people
    return [item.text() for place in range(rows.count()) if (item := rows.item(place)) is not None]


def test_what_others_do_shows_in_the_dock(qtbot: QtBot, both: tuple[Desk, Desk]) -> None:
    ann, ben = both
    lens = add(ann.window, "lens", (50.0, 0.0))
    dock = ann.controller.people.open()
    qtbot.waitUntil(lambda: names_in(dock) == ["Ann Lee (you)", "Ben"], timeout=SOON)
    qtbot.waitUntil(lambda: lens in ben.window.bench.items, timeout=SOON)
    ben.window.scene.select([lens])
    qtbot.waitUntil(lambda: lines(ann)[1].startswith("Ben\nhas selected"), timeout=SOON)
    ben.manager.leave()
    qtbot.waitUntil(lambda: lines(ann) == ["Ann Lee (you)"], timeout=SOON)


def test_status_bar_shows_people_and_their_number(qtbot: QtBot, both: tuple[Desk, Desk]) -> None:
    status = both[0].controller.status
    avatars = [Avatar("AL", 2), Avatar("B", 7)]
    qtbot.waitUntil(lambda: list(status.avatars) == avatars, timeout=SOON)
    assert status.text() == "2 users"
    assert accessible(status).description == "Ann Lee, Ben"
    both[0].manager.leave()
    assert list(status.avatars) == []


def test_without_a_connection_the_session_stays(pair: tuple[Desk, Desk]) -> None:
    ann, _ = pair
    dock = ann.controller.people.open()
    shown = [label.text() for label in dock.findChildren(QLabel) if label.isVisible()]
    assert texts.NOBODY in shown
    ann.manager.join_session("ws://127.0.0.1:1", "lab", "Ann")
    shown = [label.text() for label in dock.findChildren(QLabel) if label.isVisible()]
    assert texts.UNSEEN in shown
    assert texts.NOBODY not in shown
    ann.manager.leave()


def test_double_click_goes_to_their_cursor_and_back(qtbot: QtBot, both: tuple[Desk, Desk]) -> None:
    ann, ben = both
    people, view = ann.controller.people, ann.window.view
    ann.window.scene.setSceneRect(-5000, -5000, 10_000, 10_000)
    dock = people.open()
    qtbot.waitUntil(lambda: len(lines(ann)) == 2, timeout=SOON)
    dock.visited.emit("ben")
    assert [toast.text for toast in ann.controller.reports.toasts.shown] == [texts.no_cursor("Ben")]
    assert not dock.back.isEnabled()
    view.centerOn(0.0, 0.0)
    ben.window.view.cursor_moved.emit((700.0, 0.0))

    def arrived() -> bool:
        dock.visited.emit("ben")
        return hypot(*_between(centre_of(view), QPointF(700.0, 0.0))) < 5.0

    qtbot.waitUntil(arrived, timeout=SOON)
    assert dock.back.isEnabled()
    click(dock.back)
    assert hypot(*_between(centre_of(view), QPointF())) < 2.0
    assert not dock.back.isEnabled()
    dock.visited.emit("nobody")
    assert hypot(*_between(centre_of(view), QPointF())) < 2.0


def _between(one: QPointF, other: QPointF) -> tuple[float, float]:
    return one.x() - other.x(), one.y() - other.y()


def test_dock_is_in_both_menus_and_hidden_at_first(pair: tuple[Desk, Desk]) -> None:
    ann, _ = pair
    people, entry = ann.controller.people, ann.menu["People"]
    view_menu = menu_titled(ann.window.menuBar(), "View")
    assert view_menu is not None
    toggle = people.dock.toggleViewAction()
    assert toggle in view_menu.actions()
    assert (people.is_open, entry.isChecked()) == (False, False)
    entry.trigger()
    assert (people.is_open, entry.isChecked()) == (True, True)
    toggle.trigger()
    assert (people.is_open, entry.isChecked()) == (False, False)
    people.open()
    entry.trigger()
    assert (people.is_open, entry.isChecked()) == (False, False)


def test_owners_find_the_list_of_rights_there(qtbot: QtBot, both: tuple[Desk, Desk]) -> None:
    ann, _ = both
    dock = ann.controller.people.open()
    qtbot.waitUntil(dock.access.isEnabled, timeout=SOON)
    dock.access.trigger()
    assert ann.controller.access.dialog is not None
    ann.manager.leave()
    assert not dock.access.isEnabled()
    assert not dock.invite.isEnabled()
    assert lines(ann) == []


def test_others_see_that_a_connection_is_slow(qtbot: QtBot, both: tuple[Desk, Desk]) -> None:
    """PRES-19."""
    ann, ben = both
    ben.manager.service.quality_changed.emit(Quality(Grade.POOR, 700.0, 1430.0))
    qtbot.waitUntil(lambda: lines(ann)[1:] == ["Ben\nidle, slow connection (1400 ms)"], timeout=SOON)
    ben.manager.service.quality_changed.emit(Quality(Grade.GOOD, 20.0, 30.0))
    qtbot.waitUntil(lambda: lines(ann)[1:] == ["Ben\nidle"], timeout=SOON)
