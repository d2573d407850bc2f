"""How conflicts are reported to a user: in notices, in the log, in the dock; on a real server."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PyQt6.QtCore import QPointF, Qt
from pytestqt.qtbot import QtBot

from optiverse_collab.core.client.connector import ConnectionState
from optiverse_collab.core.records import Op, Put, Remove, Set
from optiverse_collab.host.menus import menu_titled
from optiverse_collab.scripting import Bench
from optiverse_collab.window import notices
from optiverse_collab.window.reporting import ConflictReports
from optiverse_collab.window.ui.changes_dock import ChangesDock
from tests.helpers.demo_window import add
from tests.helpers.lost_connection import break_off
from tests.helpers.server_process import ServerProcess
from tests.helpers.user_input import click, press_key
from tests.helpers.windows import SOON, Desk, desks

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

LENS = Put("lens", "component", {"pos": [0.0, 0.0], "name": "Lens 3"})
MINE, THEIRS = Set("lens", {"pos": [10.0, 10.0]}), Set("lens", {"pos": [50.0, 50.0]})


class Desks:
    """A window of mine, and Ben, who edits in the same session.

    Attributes:
        me: the window.
    """

    def __init__(self, qtbot: QtBot, me: Desk, ben: Bench) -> None:
        self.me, self._ben, self._qtbot = me, ben, qtbot

    @property
    def reports(self) -> ConflictReports:
        return self.me.controller.reports

    @property
    def dock(self) -> ChangesDock:
        assert self.reports.dock is not None
        return self.reports.dock

    @property
    def pos(self) -> object:
        """The position of the lens on my screen."""
        item = self.me.window.bench.items.get("lens")
        return None if item is None else item.props["pos"]

    def ben_edits(self, *ops: Op) -> None:
        """Let Ben edit: the server has all of it, and my window none, since its events wait."""
        self._ben.edit(ops)
        self._ben.flush()

    def ben_has(self, id: str) -> object:
        self._ben.flush()
        record = self._ben.records.get(id)
        return None if record is None else record.props["pos"]

    def cut(self) -> None:
        """Break my connection; it returns when events are handled for half a second."""
        break_off(self.me.manager)
        self._qtbot.waitUntil(lambda: self.me.manager.status is ConnectionState.RECONNECTING, timeout=SOON)

    def i_edit(self, op: Op) -> None:
        if isinstance(op, Remove):
            self.me.window.editor.remove([op.id])
        else:
            self.me.window.editor.change("Edit", {op.id: op.props})

    def until(self, count: int) -> None:
        """Wait until `count` changes are listed."""
        self._qtbot.waitUntil(lambda: self.reports.count == count, timeout=SOON)

    def until_synced(self) -> None:
        """Wait until none of my edits is on its way."""
        session = self.me.manager.service.session
        assert session is not None
        self._qtbot.waitUntil(lambda: session.replica.synced and not session.replica.pending, timeout=SOON)

    def until_shown(self) -> None:
        """Wait until my window shows what the session has."""

        def session() -> dict[str, tuple[str, dict[str, object]]]:
            return {id: (record.kind, record.props) for id, record in self.me.session_records().items()}

        self._qtbot.waitUntil(lambda: self.me.content() == session(), timeout=SOON)

    def until_at(self, x: float) -> None:
        self._qtbot.waitUntil(lambda: self.pos == [x, x], timeout=SOON)


@pytest.fixture
def both(qtbot: QtBot, server: ServerProcess, session_id: str) -> Iterator[Desks]:
    with desks(qtbot, 1) as [me], Bench(server.url, session=session_id, user="Ben") as ben:
        ben.edit([LENS])
        ben.flush()
        me.join(server.url, session_id, "me")
        yield Desks(qtbot, me, ben)


def away(both: Desks, mine: Op = MINE, theirs: Op = THEIRS) -> None:
    """We both edit while my connection is down; it is back, and the changes are listed."""
    both.cut()
    both.i_edit(mine)
    both.ben_edits(theirs)
    both.until(1)
    both.until_shown()


def test_nothing_shows_until_there_is_something(both: Desks) -> None:
    assert both.reports.dock is None
    assert not both.reports.hint.isVisible()
    assert not both.me.menu["Changes while you were away"].isEnabled()
    both.reports.open_changes()
    assert both.reports.dock is None


def test_what_was_held_is_listed_logged_and_hinted_at(both: Desks) -> None:
    away(both)
    assert both.me.log("WARNING")[-1] == (
        '✗ Ben (script) moved "Lens 3" to (50.0, 50.0) mm while you were away; '
        "your (10.0, 10.0) mm was not applied."
    )
    assert (both.reports.hint.isVisible(), both.reports.hint.text()) == (True, "1 change to look at")
    assert not both.dock.isVisible()
    click(both.reports.hint)
    assert both.dock.isVisible()
    assert both.dock.tree.hasFocus()
    assert both.reports.toasts.shown == []


def test_menus_open_the_list(both: Desks) -> None:
    away(both)
    both.me.menu["Changes while you were away"].trigger()
    assert both.dock.isVisible()
    both.dock.close()
    view = menu_titled(both.me.window.menuBar(), "View")
    assert view is not None
    assert both.dock.toggleViewAction() in view.actions()


def test_mine_is_used_as_one_step_that_can_be_undone(both: Desks) -> None:
    away(both)
    both.reports.open_changes()
    press_key(both.dock.use, Qt.Key.Key_Space)
    both.until(0)
    assert both.pos == [10.0, 10.0]
    assert both.me.window.editor.undo_stack.undoText() == 'Use my change of "Lens 3"'
    both.until_synced()
    assert both.ben_has("lens") == [10.0, 10.0]
    assert not both.dock.isVisible()
    assert not both.reports.hint.isVisible()
    assert not both.me.menu["Changes while you were away"].isEnabled()
    both.me.window.editor.undo()
    assert both.pos == [50.0, 50.0]


def test_theirs_is_kept(both: Desks) -> None:
    away(both)
    both.reports.open_changes()
    press_key(both.dock.keep, Qt.Key.Key_Space)
    both.until(0)
    assert both.pos == [50.0, 50.0]


def test_value_that_changed_again_is_shown_before_it_is_used(both: Desks) -> None:
    away(both)
    both.reports.open_changes()
    both.ben_edits(Set("lens", {"pos": [70.0, 70.0]}))
    both.until_at(70.0)
    press_key(both.dock.use, Qt.Key.Key_Space)
    both.until_synced()
    assert both.pos == [70.0, 70.0]
    row = both.dock.tree.topLevelItem(0)
    entry = None if row is None else row.child(0)
    assert entry is not None
    assert entry.text(0).replace("\u200b", "").splitlines() == [
        "Yours: position (10.0, 10.0) mm",
        "Now: position (70.0, 70.0) mm",
        "This changed again. Look before you use yours.",
    ]
    press_key(both.dock.use, Qt.Key.Key_Space)
    both.until_at(10.0)


def test_list_is_brought_up_to_date_when_it_opens(both: Desks) -> None:
    away(both)
    both.ben_edits(Set("lens", {"pos": [70.0, 70.0]}))
    both.until_at(70.0)
    both.reports.open_changes()
    press_key(both.dock.use, Qt.Key.Key_Space)
    both.until_at(10.0)


def test_what_was_removed_is_brought_back(both: Desks) -> None:
    away(both, theirs=Remove("lens"))
    both.reports.open_changes()
    assert both.pos is None
    assert both.dock.use.text() == "Bring it &back"
    press_key(both.dock.use, Qt.Key.Key_Space)
    both.until_at(10.0)
    both.until_synced()
    assert both.ben_has("lens") == [10.0, 10.0]
    both.me.window.editor.undo()
    assert both.pos is None


def test_item_of_an_entry_comes_into_sight(both: Desks, qtbot: QtBot) -> None:
    away(both, theirs=Set("lens", {"pos": [900.0, 700.0]}))
    both.reports.open_changes()
    view = both.me.window.view
    press_key(both.dock.tree, Qt.Key.Key_Return)
    viewport = view.viewport()
    assert viewport is not None
    seen = view.mapToScene(viewport.rect()).boundingRect()
    assert seen.contains(QPointF(900.0, 700.0))


def test_live_conflict_is_one_notice_when_it_is_quiet(
    both: Desks, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notices, "QUIET_MS", 300)
    for number in (1.0, 2.0):
        both.ben_edits(Set("lens", {"pos": [number + 50.0] * 2}))
        both.i_edit(Set("lens", {"pos": [number] * 2}))
        both.until_synced()
    qtbot.waitUntil(lambda: len(both.reports.toasts.shown) == 1, timeout=SOON)
    [toast] = both.reports.toasts.shown
    assert toast.text == (
        'You moved "Lens 3" to (2.0, 2.0) mm, which replaced '
        "Ben (script)'s (52.0, 52.0) mm that you had not seen."
    )
    assert [line for line in both.me.log() if "replaced" in line] == [toast.text]
    assert both.reports.count == 0


def test_what_is_not_told_yet_is_told_at_the_end(both: Desks) -> None:
    """REP-8: a user who leaves within the two quiet seconds still reads it."""
    both.ben_edits(Remove("lens"))
    both.i_edit(MINE)
    both.until(1)
    assert both.me.log("WARNING") == []
    both.me.manager.leave()
    text = 'Ben (script) removed "Lens 3"; your move to (10.0, 10.0) mm was not applied.'
    assert both.me.log("WARNING") == [f"✗ {text}"]
    assert [toast.text for toast in both.reports.toasts.shown] == [text]
    assert both.reports.count == 0


def test_list_is_empty_after_the_session(both: Desks) -> None:
    away(both)
    both.reports.open_changes()
    both.me.manager.leave()
    assert both.reports.count == 0
    assert not both.dock.isVisible()


def test_window_that_closes_loses_the_dock(both: Desks) -> None:
    away(both)
    dock = both.dock
    both.me.controller.close()
    assert both.reports.dock is None
    assert both.me.window.dockWidgetArea(dock) == Qt.DockWidgetArea.NoDockWidgetArea


def test_two_who_move_one_item_at_once_are_both_told_once(
    qtbot: QtBot,
    pair: tuple[Desk, Desk],
    server: ServerProcess,
    session_id: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """SEEN-10: the one whose value stands, and the other; both notices have the final values."""
    monkeypatch.setattr(notices, "QUIET_MS", 1500)
    ann, bob = pair
    ann.join(server.url, session_id, "Ann")
    bob.join(server.url, session_id, "Bob")
    lens = add(ann.window, "lens")
    ann.until_same(bob)
    for number in range(10):
        for desk, x in ((ann, 1.0), (bob, 2.0)):
            desk.window.editor.change("Move", {lens: {"pos": [x, float(number)]}})
        ann.until_same(bob)
    told = [desk.controller.reports.toasts for desk in pair]
    qtbot.waitUntil(lambda: all(toasts.shown for toasts in told), timeout=SOON)
    texts = sorted(toast.text for toasts in told for toast in toasts.shown)
    [x, _] = ann.window.bench.items[lens].props["pos"]
    winner, loser, lost = ("Ann", "Bob", 2.0) if x == 1.0 else ("Bob", "Ann", 1.0)
    now, before = f"({x}, 9.0) mm", f"({lost}, 9.0) mm"
    name = f'"{ann.window.bench.items[lens].name}"'
    assert texts == [
        f"{winner} moved {name} to {now} at the same time, which replaced your {before}.",
        f"You moved {name} to {now}, which replaced {loser}'s {before} that you had not seen.",
    ]
    for desk in pair:
        assert len([line for line in desk.log() if "replaced" in line]) == 1
