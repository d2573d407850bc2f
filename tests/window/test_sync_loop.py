"""A shared bench ticks on its own, loads in small parts, and stops when asked."""

from __future__ import annotations

import dataclasses
import gc
from collections.abc import Callable

import pytest
from PyQt6.QtCore import QObject
from PyQt6.sip import isdeleted
from pytestqt.qtbot import QtBot

from optiverse_collab.core.client.effects import Conflict, ConflictKind, ShowChange
from optiverse_collab.core.client.push_pace import PUSH_EVERY_MS
from optiverse_collab.core.client.replica import Replica
from optiverse_collab.core.client.session import SessionClient
from optiverse_collab.core.records import Put, Record, Set
from optiverse_collab.window import garbage, pace, scan
from optiverse_collab.window import sync_loop as module
from optiverse_collab.window.sync_loop import LiveBench
from tests.helpers.dict_host import DictHost


class Bench:
    """A live bench with its host and session."""

    def __init__(self, parent: QObject, records: int = 0) -> None:
        self.host = DictHost()
        self.session = SessionClient("ann", Replica("client"))
        self.session.replica.edit([Put(f"r{n}", "component", {"n": n}) for n in range(records)])
        self.live = LiveBench(self.host, self.session, parent)


def test_loads_in_steps_that_grow_while_they_are_quick(qtbot: QtBot, parent: QObject) -> None:
    bench = Bench(parent, records=300)
    told: list[tuple[int, int]] = []
    bench.live.loading.connect(lambda done, total: told.append((done, total)))
    with qtbot.waitSignal(bench.live.loaded, timeout=5000):
        bench.live.begin(())
    assert bench.host.bench == bench.session.replica.view
    assert told[-1] == (300, 300)
    assert told[0][0] < 300
    assert told == sorted(told)
    sizes = list(map(len, bench.host.applied))
    assert sizes[1] > sizes[0]


def test_two_empty_benches_are_loaded_at_once(qtbot: QtBot, parent: QObject) -> None:
    bench = Bench(parent)
    with qtbot.waitSignal(bench.live.loaded, timeout=0, raising=True):
        bench.live.begin(())


def test_mine_is_added_and_theirs_is_shown(qtbot: QtBot, parent: QObject) -> None:
    bench = Bench(parent, records=2)
    bench.host.bench = {
        "mine": Record("mine", "component", {}),
        "r0": Record("r0", "component", {"n": "older"}),
        "gone": Record("gone", "component", {}),
    }
    with qtbot.waitSignal(bench.live.loaded, timeout=5000):
        bench.live.begin(["mine", "r0"])
    assert set(bench.host.bench) == {"mine", "r0", "r1"}
    assert bench.host.bench["r0"].props == {"n": 0}
    assert bench.host.bench == bench.session.replica.view


def test_an_edit_by_the_user_is_taken_in_without_being_asked(qtbot: QtBot, parent: QObject) -> None:
    bench = Bench(parent, records=1)
    bench.live.begin(())
    qtbot.waitUntil(lambda: "r0" in bench.host.bench)
    when_due: list[object] = []
    bench.live.ticked.connect(lambda: when_due.append(bench.session.replica.view["r0"].props))
    with qtbot.waitSignal(bench.live.edited, timeout=5000):
        bench.host.user_does(Set("r0", {"n": 7}))
    assert bench.session.replica.view["r0"].props == {"n": 7}
    qtbot.waitUntil(lambda: {"n": 7} in when_due)  # it leaves before the window is painted


def test_others_edits_of_a_held_item_show_on_release(qtbot: QtBot, parent: QObject) -> None:
    bench = Bench(parent, records=1)
    bench.live.begin(())
    qtbot.waitUntil(lambda: "r0" in bench.host.bench)
    bench.host.in_hand = {"r0"}
    before = bench.session.replica.view
    bench.session.replica.view = {"r0": Record("r0", "component", {"n": 9})}
    bench.live.show(ShowChange((Set("r0", {"n": 9}),), before=before))
    assert bench.host.bench["r0"].props == {"n": 0}
    bench.host.in_hand = set()
    qtbot.waitUntil(lambda: bench.host.bench["r0"].props == {"n": 9})


def test_what_others_do_between_two_ticks_is_shown_in_one_go(qtbot: QtBot, parent: QObject) -> None:
    bench = Bench(parent, records=3)
    bench.live.begin(())
    qtbot.waitUntil(lambda: len(bench.host.bench) == 3)
    qtbot.wait(PUSH_EVERY_MS + 10)
    bench.host.applied.clear()
    for number in range(1, 31):
        id = f"r{number % 3}"
        before = dict(bench.session.replica.view)
        bench.session.replica.view[id] = Record(id, "component", {"n": number})
        bench.live.show(ShowChange((Set(id, {"n": number}),), before=before))
    assert list(map(len, bench.host.applied)) == [1]  # the first one at once
    qtbot.waitUntil(lambda: bench.host.bench == bench.session.replica.view)
    assert len(bench.host.applied) < 30
    assert bench.host.bench["r0"].props == {"n": 30}


@pytest.mark.parametrize(("few", "times_ms"), [(False, (0, 33, 50, 99, 120)), (True, (0, 12, 18, 36, 43))])
def test_a_stream_of_others_edits_is_shown_without_delay(
    qtbot: QtBot, parent: QObject, monkeypatch: pytest.MonkeyPatch, few: bool, times_ms: tuple[int, ...]
) -> None:
    """Even if some of them come a little early: one that waits for the next tick is out of date by then."""
    bench = Bench(parent, records=1)
    with qtbot.waitSignal(bench.live.loaded, timeout=5000):
        bench.live.begin(())
    bench.session.replica.pace.few = few
    for number, at_ms in enumerate(times_ms):
        monkeypatch.setattr(module, "now_ms", lambda at_ms=at_ms: 1e9 + at_ms)
        bench.live.push_edits()  # the host reports what it was given, too
        before = dict(bench.session.replica.view)
        bench.session.replica.view["r0"] = Record("r0", "component", {"n": -number})
        bench.live.show(ShowChange((Set("r0", {"n": -number}),), before=before))
        assert bench.host.bench["r0"].props == {"n": -number}


def test_an_edit_is_read_when_it_can_be_sent(
    qtbot: QtBot, parent: QObject, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A dragged item moves on while it would wait for the next push."""
    bench = Bench(parent, records=1)
    with qtbot.waitSignal(bench.live.loaded, timeout=5000):
        bench.live.begin(())
    waits = [5.0, 5.0, 0.0]
    seen: list[object] = []

    def wait_ms(now_ms: float, is_answered: bool) -> float:
        seen.append(bench.session.replica.view["r0"].props["n"])
        bench.host.user_does(Set("r0", {"n": len(seen)}))
        return waits.pop(0) if waits else 0.0

    with qtbot.waitSignal(bench.live.edited, timeout=5000):
        monkeypatch.setattr(bench.session.replica.pace, "wait_ms", wait_ms)
        bench.host.user_does(Set("r0", {"n": -1}))
    assert seen == [0, 0, 0]
    assert bench.session.replica.view["r0"].props == {"n": 3}


def test_a_dragged_item_is_read_when_the_server_has_answered(
    qtbot: QtBot, parent: QObject, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PUSH-2: until then the next push waits, and any message may be the answer."""
    bench = Bench(parent, records=1)
    with qtbot.waitSignal(bench.live.loaded, timeout=5000):
        bench.live.begin(())
    bench.host.in_hand = {"r0"}
    bench.host.user_does(Set("r0", {"pos": [1.0, 0.0]}))
    qtbot.waitUntil(lambda: bench.session.replica.view["r0"].props.get("pos") == [1.0, 0.0])
    waits = [3_600_000.0]
    monkeypatch.setattr(bench.session.replica.pace, "wait_ms", lambda *about: waits[0])
    bench.host.user_does(Set("r0", {"pos": [2.0, 0.0]}))
    qtbot.waitUntil(lambda: bench.live._timer.remainingTime() > 3_000_000)
    bench.live.push_before_receiving()
    assert bench.session.replica.view["r0"].props.get("pos") == [1.0, 0.0]
    waits[0] = 0.0
    qtbot.waitUntil(lambda: bench.session.replica.view["r0"].props.get("pos") == [2.0, 0.0])


def test_many_changes_of_others_are_shown_in_steps(
    qtbot: QtBot, parent: QObject, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For example, after a long time offline; the session stays loaded meanwhile."""
    monkeypatch.setattr(pace.Pace, "took", lambda *given: None)  # all steps are as small as the first
    monkeypatch.setattr(module, "AT_ONCE", 30)
    count = 100
    bench = Bench(parent, records=count)
    loaded: list[None] = []
    bench.live.loaded.connect(lambda: loaded.append(None))
    bench.live.begin(())
    qtbot.waitUntil(lambda: len(loaded) == 1)
    qtbot.wait(PUSH_EVERY_MS + 10)
    bench.host.applied.clear()
    before = dict(bench.session.replica.view)
    ops = tuple(Set(f"r{n}", {"n": -1}) for n in range(count))
    for op in ops:
        bench.session.replica.view[op.id] = Record(op.id, "component", op.props)
    bench.live.show(ShowChange(ops, before=before))
    qtbot.waitUntil(lambda: bench.host.bench == bench.session.replica.view)
    assert sum(map(len, bench.host.applied)) == count
    assert max(map(len, bench.host.applied)) == 10
    assert len(loaded) == 1


def test_leaving_shows_what_others_did_up_to_then(qtbot: QtBot, parent: QObject) -> None:
    bench = Bench(parent, records=1)
    bench.live.begin(())
    qtbot.waitUntil(lambda: "r0" in bench.host.bench)
    for number in (8, 9):
        before = dict(bench.session.replica.view)
        bench.session.replica.view["r0"] = Record("r0", "component", {"n": number})
        bench.live.show(ShowChange((Set("r0", {"n": number}),), before=before))
    bench.live.tick()
    assert bench.host.bench["r0"].props == {"n": 9}


def test_what_gave_no_sign_is_found(qtbot: QtBot, parent: QObject, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scan, "SCAN_MS", 5)
    monkeypatch.setattr(scan, "SCAN_RECORDS", 3)
    bench = Bench(parent, records=10)
    bench.live.begin(())
    qtbot.waitUntil(lambda: len(bench.host.bench) == 10)
    bench.host.bench["r9"] = Record("r9", "component", {"n": "silent"})
    del bench.host.bench["r1"]
    view = bench.session.replica.view
    qtbot.waitUntil(lambda: "r1" not in view and view["r9"].props == {"n": "silent"})


def test_presence_goes_to_the_session(qtbot: QtBot, parent: QObject) -> None:
    """PRES-1, PRES-5: a selection of thousands is cut, and what can't be sent is only logged."""
    bench = Bench(parent)
    bench.live.begin(())
    with qtbot.waitSignal(bench.live.edited):
        bench.host.user_shows(cursor=[1.0, 2.0], selection=[f"id {n}" for n in range(3000)])
    mine = bench.session.mine.take()
    assert mine["cursor"] == [1.0, 2.0]
    assert len(mine["selection"]) == module.SELECTION_MOST
    with qtbot.assertNotEmitted(bench.live.edited):
        bench.host.user_shows(cursor=[float("nan"), 0.0])
    assert bench.host.lines[-1][0] == "DEBUG"
    assert not bench.session.mine.changed


@pytest.fixture
def frozen(monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:
    """How many objects the garbage collector ignores, for benches of this test."""
    monkeypatch.setattr(garbage, "_spared", garbage._Spared())
    gc.unfreeze()
    return gc.get_freeze_count


def test_shared_bench_is_frozen_for_the_garbage_collector(
    qtbot: QtBot, parent: QObject, frozen: Callable[[], int]
) -> None:
    """Each collection stops the window; the objects of a loaded bench stay alive anyway."""
    bench = Bench(parent, records=50)
    bench.live.begin(())
    before = frozen()
    with qtbot.waitSignal(bench.live.loaded, timeout=5000):
        pass
    assert 0 < before < frozen()
    bench.live.close()
    assert frozen() == 0


def test_closed_it_leaves_the_host_alone(qtbot: QtBot, parent: QObject) -> None:
    bench = Bench(parent, records=1)
    bench.live.begin(())
    qtbot.waitUntil(lambda: "r0" in bench.host.bench)
    bench.live.close()
    qtbot.waitUntil(lambda: isdeleted(bench.live))
    bench.host.user_does(Set("r0", {"n": 7}))
    bench.host.user_shows(cursor=[1.0, 2.0])
    assert bench.session.replica.view["r0"].props == {"n": 0}


def test_undo_is_pushed_at_once(qtbot: QtBot, parent: QObject) -> None:
    """And while another bench is in the window, undo belongs to the host alone."""
    bench = Bench(parent, records=1)
    with qtbot.waitSignal(bench.live.loaded, timeout=5000):
        bench.live.begin(())
    with qtbot.waitSignal(bench.live.edited, timeout=5000):
        bench.host.user_commands(Set("r0", {"n": 5}))
    with qtbot.waitSignal(bench.live.edited, timeout=5000):
        bench.host.user_undoes()
    assert [change.yields for change in bench.session.replica.pending] == [False, False, True]
    bench.live.suspend()
    bench.host.user_redoes()
    assert len(bench.session.replica.pending) == 3
    bench.live.publish_window()
    assert bench.session.replica.view == bench.host.bench


def test_undo_hears_of_conflicts(qtbot: QtBot, parent: QObject) -> None:
    """Except conflicts about a bench that is no longer in the window."""
    bench = Bench(parent, records=1)
    with qtbot.waitSignal(bench.live.loaded, timeout=5000):
        bench.live.begin(())
    bench.host.user_commands(Set("r0", {"n": 5}))
    mine, theirs = Set("r0", {"n": 5}), Set("r0", {"n": 9})
    step = bench.session.replica.pending[-1].step
    replaced = Conflict(ConflictKind.REPLACED_THEIRS, "bob", ("n",), mine, theirs, None, step=step)
    bench.live.settle(replaced)
    bench.host.user_undoes()
    assert bench.session.replica.view["r0"].props == bench.host.bench["r0"].props == {"n": 9}
    bench.host.user_redoes()
    bench.live.suspend()
    bench.live.settle(dataclasses.replace(replaced, theirs=Set("r0", {"n": 7})))
    bench.live.begin(())
    bench.host.user_undoes()
    assert bench.session.replica.view["r0"].props == {"n": 9}
    bench.live.close()
    bench.host.user_commands(Set("r0", {"n": 7}))
    assert bench.session.replica.view["r0"].props == {"n": 9}
