"""A guest waits outside until the owner agrees: two windows of the real editor (ACC-12 to ACC-14)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PyQt6.QtCore import QSettings, Qt
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from optiverse_collab.core.access import Role
from optiverse_collab.core.client.connector import ConnectionState
from optiverse_collab.window.ui.toasts import Toast
from tests.helpers.guarded_server import Owner, guarded_server
from tests.helpers.optiverse_user import events, wait_until
from tests.helpers.user_input import click, press_key
from tests.host.optiverse.test_closing import Desk
from tests.host.optiverse.test_viewing import enter

pytestmark = [
    pytest.mark.optiverse,
    pytest.mark.qt_log_ignore("This plugin does not support", "QImageIOHandler: Rejecting image"),
]


Door = tuple[Desk, Desk, Owner]


@pytest.fixture
def door(qtbot: QtBot, tmp_path: Path) -> Iterator[Door]:
    """Ana, who owns the session ``lab``, and Ben, who waits outside."""
    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(tmp_path))
    desks = ana, ben = Desk(), Desk()
    with guarded_server(tmp_path / "guarded") as server:
        ana.window.show()
        ana.user.place("lens", 0.0, 0.0)
        enter(ana, server.owner_link("lab"), "Ana")
        owner = Owner(qtbot, ana.controller.manager.service, server.process.url, "lab")
        ben.controller.manager.join_session(owner.invite(Role.EDITOR, knock=True), "lab", "Ben")
        wait_until(lambda: ben.controller.manager.status is ConnectionState.OUTSIDE)
        yield ana, ben, owner
        for desk in desks:
            desk.window.file_controller.mark_clean()
            desk.controller.manager.leave()
            desk.window.close()
    events()


def asks(desk: Desk) -> list[Toast]:
    """The notices about people who knock."""
    return [one for one in desk.controller.reports.toasts.shown if "wants to come in" in one.text]


def test_a_guest_is_let_in_by_the_notice(door: Door) -> None:
    """ACC-12, ACC-14: the guest's bench stays until then, and the guest can return without asking."""
    ana, ben, owner = door
    assert ben.controller.standing.bar.text == "Waiting for an owner of 'lab' to let you in…"
    assert ben.ids() == []
    wait_until(lambda: len(asks(ana)) == 1)
    click(asks(ana)[0].buttons[0])
    wait_until(lambda: ben.controller.manager.status is ConnectionState.CONNECTED)
    wait_until(lambda: len(ben.ids()) == 1)
    ben.controller.manager.leave()
    wait_until(lambda: ben.controller.manager.status is ConnectionState.OFFLINE)
    enter(ben, owner.url, "Ben")
    assert asks(ana) == []


def test_a_guest_is_let_in_by_keyboard(door: Door) -> None:
    """ACC-14: in the dock; Space is a shortcut of the editor's."""
    ana, ben, _ = door
    people = ana.controller.people
    wait_until(lambda: people.knocking.waiting != [])
    ana.window.activateWindow()
    knocks = people.open().knocks
    knocks.people.setFocus()
    wait_until(lambda: knocks.let_in.isEnabled())
    press_key(knocks.people, Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is knocks.let_in
    press_key(knocks.let_in, Qt.Key.Key_Space)
    wait_until(lambda: ben.controller.manager.status is ConnectionState.CONNECTED)
    assert asks(ana) == []
