"""Two people edit while one of them is offline: in a window of the real host, with a real server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PyQt6.QtCore import QSettings

from optiverse_collab.core.client.connector import ConnectionState
from optiverse_collab.core.records import Op, Remove, Set
from optiverse_collab.host.menus import menu_titled
from optiverse_collab.scripting import Bench
from optiverse_collab.window.ui.changes_dock import ChangesDock
from tests.helpers.lost_connection import break_off
from tests.helpers.optiverse_user import events, wait_until
from tests.helpers.server_process import ServerProcess
from tests.host.optiverse.test_closing import Desk

pytestmark = [
    pytest.mark.optiverse,
    pytest.mark.qt_log_ignore("This plugin does not support", "QImageIOHandler: Rejecting image"),
]


@pytest.fixture
def me(windows: list[Any], tmp_path: Path, server: ServerProcess, session_id: str) -> Iterator[Desk]:
    """My window in a session, with two lenses on the bench."""
    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(tmp_path))
    windows[0].log_service.clear()
    desk = Desk()
    desk.join(server, session_id, "me")
    for x in (0.0, 80.0):
        desk.user.place("lens", x, 0.0)
    wait_until(lambda: pending(desk) == 0)
    yield desk
    desk.window.file_controller.mark_clean()
    desk.window.close()
    events()


def pending(desk: Desk) -> int:
    """How many edits wait for the server."""
    session = desk.controller.manager.service.session
    assert session is not None
    return len(session.replica.pending) if session.replica.synced and session.replica.clock else 1


def places(desk: Desk) -> dict[str, tuple[float, float]]:
    """The positions of the items on the screen."""
    return {item.item_uuid: (item.pos().x(), item.pos().y()) for item in desk.user.items()}


def test_mine_is_used_and_brought_back_in_one_step(me: Desk, server: ServerProcess, session_id: str) -> None:
    """SEEN-9: with the dock, the menus, and the editor's own undo."""
    first, second = places(me)
    reports, manager = me.controller.reports, me.controller.manager
    break_off(manager)
    wait_until(lambda: manager.status is ConnectionState.RECONNECTING)
    for item in me.user.items():  # not with the mouse, which takes long enough for the connection to return
        item.setPos(item.pos().x() + 10.0, 10.0)
        item.edited.emit()
    mine = places(me)
    theirs: list[Op] = [Set(first, {"pos": [50.0, 50.0]}), Remove(second)]
    with Bench(server.url, session=session_id, user="Ben") as ben:
        ben.edit(theirs)
        ben.flush()
    wait_until(lambda: reports.count == 2)
    dock = reports.dock
    assert isinstance(dock, ChangesDock)
    view = menu_titled(me.window.menuBar(), "View")
    assert view is not None
    assert dock.toggleViewAction() in view.actions()
    wait_until(lambda: places(me) == {first: (50.0, 50.0)})
    reports.open_changes()
    dock.use_all.click()
    wait_until(lambda: reports.count == 0 and pending(me) == 0)
    wait_until(lambda: places(me) == mine)
    assert not dock.isVisible()
    me.window.undo_stack.undo()
    wait_until(lambda: places(me) == {first: (50.0, 50.0)} and pending(me) == 0)
    assert [
        text for text in me.troubles() if "was not applied" not in text and "Disconnected" not in text
    ] == []
