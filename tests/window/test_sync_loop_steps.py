"""A bench that is replaced, and one that is restored, each in one step: PUSH-9, SEEN-1, SEEN-5."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import QObject
from pytestqt.qtbot import QtBot

from optiverse_collab.core.client.effects import Conflict, ConflictKind, ShowChange
from optiverse_collab.core.client.restoring import Restoration
from optiverse_collab.core.limits import Limits
from optiverse_collab.core.records import Put, Record, Remove, Set
from optiverse_collab.window.sync_loop import LiveBench
from tests.helpers.dict_host import DictHost
from tests.helpers.wire import LENS, Peer, Wire


class Pair:
    """Ann's window, and Ben; both have a lens."""

    def __init__(self, qtbot: QtBot, parent: QObject) -> None:
        self.wire, self.ann, self.ben = Wire(Limits(page_bytes=1000)), Peer("ann"), Peer("ben")
        self.host = DictHost()
        self.wire.connect(self.ann, self.ben)
        self.ben.edit(LENS)
        self.wire.settle()
        self.live = LiveBench(self.host, self.ann.session, parent)
        with qtbot.waitSignal(self.live.loaded):
            self.live.begin(())
        self.ann.heard.clear()

    @property
    def steps(self) -> set[str]:
        """The steps of the edits that Ann has not sent yet."""
        return {change.step for change in self.ann.replica.pending}


@pytest.fixture
def pair(qtbot: QtBot, parent: QObject) -> Pair:
    return Pair(qtbot, parent)


def test_a_replacement_is_one_step_however_long(pair: Pair) -> None:
    """PUSH-9"""
    pair.live.suspend()
    pair.host.user_opens(*(Record(f"r{n}", "component", {"text": "x" * 200}) for n in range(20)))
    pair.live.publish_window()
    [step] = pair.steps
    assert step.startswith("sweep:")
    assert len(pair.ann.replica.pending) > 3
    pair.wire.settle()
    assert pair.ben.replica.view == pair.host.bench
    pair.live.suspend()
    pair.host.user_opens()
    pair.live.publish_window()
    assert pair.steps != {step}


def test_what_can_not_be_shared_is_told_and_the_rest_is_replaced(pair: Pair) -> None:
    pair.live.suspend()
    long = Record("long", "component", {"text": "x" * (pair.ann.replica.limits.record_bytes + 1)})
    pair.host.user_opens(long, Record("fine", "component", {}))
    pair.live.publish_window()
    pair.wire.settle()
    assert set(pair.ben.replica.view) == {"fine"}
    assert [level for level, _ in pair.host.lines] == ["ERROR"]


def test_what_came_while_another_bench_was_shown_is_unseen(pair: Pair) -> None:
    """SEEN-1, SEEN-10: it is replaced with the rest, and its author gets a report."""
    pair.live.suspend()
    pair.host.user_opens(Record("new", "component", {}))
    pair.ben.edit(Set("lens", {"pos": [7.0, 8.0]}))
    pair.wire.settle()
    pair.live.publish_window()
    pair.wire.settle()
    assert set(pair.ben.replica.view) == {"new"}
    [told] = pair.ben.told(Conflict)
    assert (told.kind, told.by, told.theirs) == (ConflictKind.REPLACED_MINE, "ann", Remove("lens"))


def test_an_old_bench_comes_back_as_a_step_of_the_users(pair: Pair) -> None:
    """PUSH-9, SEEN-5: it yields, and in the window it is an edit that can be undone."""
    old = dict(pair.host.bench)
    pair.host.user_does(Remove("lens"), Put("new", "component"))
    pair.live.push_edits()
    pair.wire.settle()
    step = pair.live.restore("Bring the bench back", Restoration(old), pair.ann.replica.clock)
    assert step is not None
    assert pair.host.bench == pair.ann.replica.view == old
    assert pair.host.steps == ["Bring the bench back"]
    assert pair.steps == {step.id}
    assert all(change.yields for change in pair.ann.replica.pending)
    pair.live.push_edits()
    pair.wire.settle()
    assert pair.ben.replica.view == old
    assert pair.live.restore("Bring the bench back", Restoration(old), pair.ann.replica.clock) is None


def test_undo_of_an_old_bench_goes_back_to_theirs(pair: Pair) -> None:
    """SEEN-5: what others did before the step counts as older than it."""
    old = dict(pair.host.bench)
    pair.ben.edit(Set("lens", {"name": "Theirs"}))
    pair.wire.settle()
    [change] = pair.ann.told(ShowChange)
    pair.live.show(change)
    pair.live.tick()
    now = dict(pair.host.bench)
    for _ in range(2):
        assert pair.live.restore("Bring the bench back", Restoration(old), pair.ann.replica.clock) is not None
        assert pair.host.bench == old
        pair.host.user_undoes()
        pair.wire.settle()
        assert pair.host.bench == pair.ben.replica.view == now
    pair.host.user_redoes()
    pair.wire.settle()
    assert pair.host.bench == pair.ben.replica.view == old
    assert pair.host.lines == []


def test_nothing_comes_back_over_another_bench(pair: Pair) -> None:
    old = {"old": Record("old", "component", {})}
    pair.live.suspend()
    pair.host.user_opens(Record("opened", "component", {}))
    assert pair.live.restore("Bring the bench back", Restoration(old), pair.ann.replica.clock) is None
    assert set(pair.host.bench) == {"opened"}


def test_what_is_held_back_stays_in_the_users_hand(pair: Pair) -> None:
    """REP-3: later the rest is shown like others' changes."""
    pair.host.in_hand.add("lens")
    pair.ben.edit(Set("lens", {"name": "Theirs"}))
    pair.wire.settle()
    [change] = pair.ann.told(ShowChange)
    pair.live.show(change)
    pair.live.tick()
    assert pair.host.bench["lens"].props["name"] == "Lens"
    old = {"lens": Record("lens", "component", {"pos": [1.0, 1.0], "name": "Old"})}
    assert pair.live.restore("Bring the bench back", Restoration(old), pair.ann.replica.clock) is not None
    assert pair.host.steps == []
    assert pair.host.bench["lens"].props["name"] == "Lens"
    pair.host.in_hand.clear()
    pair.live.tick()
    pair.wire.settle()
    assert pair.host.bench == pair.ann.replica.view == pair.ben.replica.view == old
