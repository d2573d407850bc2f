"""Notices about what others did to my edits, and Quiet; on a real server."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from optiverse_collab.core.client.connector import ConnectionState
from optiverse_collab.core.records import Put, Remove, Set
from optiverse_collab.scripting import Bench
from optiverse_collab.window.settings import Choice
from tests.helpers.lost_connection import break_off
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
    """The notices after Ben removed the item that I hold."""
    me.window.editor.dragging = frozenset({"lens"})
    ben.edit([Remove("lens")])
    ben.flush()
    said = '← Ben (script) removed "Lens 3", which you held.'
    qtbot.waitUntil(lambda: said in me.log("INFO"), timeout=SOON)
    me.window.editor.dragging = frozenset()
    return [toast.text for toast in me.controller.reports.toasts.shown]


def test_who_removed_what_i_hold_is_said_at_once(qtbot: QtBot, both: tuple[Desk, Bench]) -> None:
    me, ben = both
    assert GO not in me.enabled
    assert removed_under_my_hand(qtbot, me, ben) == ['Ben (script) removed "Lens 3", which you held.']
    assert GO in me.enabled
    me.menu[GO].trigger()
    assert me.window.focusWidget() is me.controller.reports.toasts.shown[0].dismiss


MINE, THEIRS = Set("lens", {"pos": [10.0, 10.0]}), Set("lens", {"pos": [50.0, 50.0]})


@pytest.mark.parametrize(
    ("mine", "theirs", "says"),
    [
        (MINE, THEIRS, "Ben (script)'s: position (50.0, 50.0) mm"),
        (MINE, Remove("lens"), "Ben (script) removed it"),
        (Remove("lens"), THEIRS, "Ben (script) changed it"),
    ],
)
def test_the_list_says_that_it_was_a_script(
    qtbot: QtBot, both: tuple[Desk, Bench], mine: Set | Remove, theirs: Set | Remove, says: str
) -> None:
    """PRES-18: for its edits while I was away."""
    me, ben = both
    break_off(me.manager)
    qtbot.waitUntil(lambda: me.manager.status is ConnectionState.RECONNECTING, timeout=SOON)
    if isinstance(mine, Remove):
        me.window.editor.remove(["lens"])
    else:
        me.window.editor.change("Edit", {"lens": mine.props})
    ben.edit([theirs])
    ben.flush()
    reports = me.controller.reports
    qtbot.waitUntil(lambda: reports.count == 1, timeout=SOON)
    [entry] = reports._changes.entries
    assert entry.sides.theirs == says


def test_an_undo_says_that_a_scripts_change_stands(qtbot: QtBot, both: tuple[Desk, Bench]) -> None:
    """PRES-18"""
    me, ben = both
    session = me.manager.service.session
    assert session is not None
    me.window.editor.change("Edit", {"lens": MINE.props})
    qtbot.waitUntil(lambda: not session.replica.pending, timeout=SOON)
    ben.edit([THEIRS])
    ben.flush()
    qtbot.waitUntil(lambda: me.window.bench.items["lens"].props["pos"] == [50.0, 50.0], timeout=SOON)
    me.window.editor.undo()
    [toast] = me.controller.reports.toasts.shown
    assert toast.text == 'Ben (script) moved "Lens 3" to (50.0, 50.0) mm since; your undo left it there.'


def test_quiet_leaves_it_to_the_log_and_is_remembered(qtbot: QtBot, both: tuple[Desk, Bench]) -> None:
    me, ben = both
    entry = me.menu[QUIET]
    assert entry.isCheckable()
    assert not entry.isChecked()
    entry.trigger()
    assert entry.isChecked()
    assert me.controller.connecting.settings.has_chosen(Choice.QUIET)
    assert removed_under_my_hand(qtbot, me, ben) == []
    entry.trigger()
    assert not entry.isChecked()
    assert not me.controller.connecting.settings.has_chosen(Choice.QUIET)
