"""Viewers can't change the bench: each way to do so is reverted, and so is its undo (RIGHT-1)."""

from __future__ import annotations

from pathlib import Path

import pytest
from PyQt6.QtCore import QSettings
from pytestqt.qtbot import QtBot

from optiverse_collab.core.access import Role
from optiverse_collab.core.client.connector import ConnectionState
from optiverse_collab.host.optiverse.upstream.window import has_groups
from optiverse_collab.wording.access import denied
from tests.helpers.guarded_server import Owner, guarded_server
from tests.helpers.optiverse_edit_methods import make
from tests.helpers.optiverse_session import differences, notice, rest
from tests.helpers.optiverse_user import events, wait_until
from tests.host.optiverse.test_closing import Desk
from tests.host.optiverse.test_edit_methods import CELLS, EDIT_METHODS, Session, bench, changed

pytestmark = [
    pytest.mark.optiverse,
    pytest.mark.qt_log_ignore("This plugin does not support", "QImageIOHandler: Rejecting image"),
]


@pytest.mark.parametrize(("name", "kind"), CELLS)
def test_nothing_that_a_viewer_does_stays(session: Session, name: str, kind: str) -> None:
    wire, ann, bob = session
    method, in_02 = EDIT_METHODS[name], has_groups(ann.window)
    if method.why_lacking(kind, in_02):
        pytest.skip("there is no such way")
    thing = make(ann, kind)
    rest(wire, ann, bob)
    before, old_steps = bench(wire, ann), len(ann.window.undo_stack._undo_stack)
    clock = wire.room.history.clock
    ann.replica.set_role(Role.VIEWER)

    method.do(ann, thing)
    notice(wire, ann, bob)
    rest(wire, ann, bob)
    assert changed(before, bench(wire, ann), in_02) == []
    assert differences(wire, ann, bob) == []

    for turn in (ann.user.undo, ann.user.redo):
        for _ in range(len(ann.window.undo_stack._undo_stack) - old_steps):
            turn()
            notice(wire, ann, bob)
    rest(wire, ann, bob)
    assert changed(before, bench(wire, ann), in_02) == []
    assert differences(wire, ann, bob) == []
    assert wire.room.history.clock == clock
    assert ann.replica.pending == []


def test_viewer_reads_why_and_may_edit_later(qtbot: QtBot, tmp_path: Path) -> None:
    """RIGHT-1, RIGHT-2: with the plugin in the editor, and a server that requires invites."""
    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(tmp_path))
    ana, ben = Desk(), Desk()
    with guarded_server(tmp_path / "guarded") as server:
        ana.user.place("lens", 0.0, 0.0)
        enter(ana, server.owner_link("lab"), "Ana")
        owner = Owner(qtbot, ana.controller.manager.service, server.process.url, "lab")
        enter(ben, owner.invite(Role.VIEWER), "Ben")
        toasts, bar = ben.controller.reports.toasts, ben.controller.standing.bar
        assert bar.text == "View only"
        before = {item.item_uuid: item.pos() for item in ben.user.items()}
        ben.user.drag(ben.user.items()[0], 40, 30)
        wait_until(lambda: [toast.text for toast in toasts.shown] == [denied(Role.VIEWER, ["Ana"])])
        wait_until(lambda: {item.item_uuid: item.pos() for item in ben.user.items()} == before)
        owner.give("Ben", Role.EDITOR)
        wait_until(lambda: bar.text == "")
        ben.user.drag(ben.user.items()[0], 40, 30)
        wait_until(lambda: {item.item_uuid: item.pos() for item in ana.user.items()} != before)
        owner.give("Ben", Role.NONE)
        wait_until(lambda: ben.controller.manager.status is ConnectionState.FAILED)
        assert len(ben.ids()) == 1
        for desk in (ana, ben):
            desk.window.file_controller.mark_clean()
            desk.window.close()
        events()


def enter(desk: Desk, link: str, name: str) -> None:
    """Join with a link."""
    desk.controller.manager.join_session(link, "lab", name)
    wait_until(lambda: desk.controller.manager.status is ConnectionState.CONNECTED)
