"""Notices of what others did to me, and Quiet; against a real server."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from optiverse_collab.core.records import Put, Remove
from optiverse_collab.scripting import Bench
from tests.helpers.server_process import ServerProcess
from tests.helpers.windows import SOON, Desk, desks

QUIET = "Quiet: only notices of conflicts"
GO = "Go to the newest notice"


@pytest.fixture
def both(qtbot: QtBot, server: ServerProcess, session_id: str) -> Iterator[tuple[Desk, Bench]]:
    with desks(qtbot, 1) as [me], Bench(server.url, session=session_id, user="Ben") as ben:
        ben.edit([Put("lens", "component", {"pos": [0.0, 0.0], "name": "Lens 3"})])
        ben.flush()
        me.join(server.url, session_id, "me")
        yield me, ben


def removed_under_my_hand(qtbot: QtBot, me: Desk, ben: Bench) -> list[str]:
    """The notices after Ben removed what I hold."""
    me.window.editor.dragging = frozenset({"lens"})
    ben.edit([Remove("lens")])
    ben.flush()
    said = '← Ben removed "Lens 3", which you held.'
    qtbot.waitUntil(lambda: said in me.log("INFO"), timeout=SOON)
    me.window.editor.dragging = frozenset()
    return [toast.text for toast in me.controller.reports.toasts.shown]


def test_who_removed_what_i_hold_is_said_at_once(qtbot: QtBot, both: tuple[Desk, Bench]) -> None:
    me, ben = both
    assert GO not in me.enabled
    assert removed_under_my_hand(qtbot, me, ben) == ['Ben removed "Lens 3", which you held.']
    assert GO in me.enabled
    me.menu[GO].trigger()
    assert me.window.focusWidget() is me.controller.reports.toasts.shown[0].dismiss


def test_quiet_leaves_it_to_the_log_and_is_remembered(qtbot: QtBot, both: tuple[Desk, Bench]) -> None:
    me, ben = both
    entry = me.menu[QUIET]
    assert entry.isCheckable()
    assert not entry.isChecked()
    entry.trigger()
    assert entry.isChecked()
    assert me.controller.connecting.settings.quiet
    assert removed_under_my_hand(qtbot, me, ben) == []
    entry.trigger()
    assert not entry.isChecked()
    assert not me.controller.connecting.settings.quiet
