"""Two benches are merged in small parts, while the window and the session keep working."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from PyQt6.QtCore import QAbstractEventDispatcher

from optiverse_collab.convert import three_way
from optiverse_collab.core.client.replica import Replica
from optiverse_collab.core.records import Op, Put, Record, Remove, Set
from optiverse_collab.window import meeting, merge_job, pace
from tests.window.away import lines, saved
from tests.window.joining_lab import SOON, Lab, Window, fill

MANY = 3000


class Turns:
    """The most work of each kind that one turn of the event loop does."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch = monkeypatch
        self._number = 0
        self._work: Counter[tuple[str, int]] = Counter()
        dispatcher = QAbstractEventDispatcher.instance()
        assert dispatcher is not None
        dispatcher.awake.connect(self._on_awake)

    def _on_awake(self) -> None:
        self._number += 1

    def count(self, of: object, name: str) -> None:
        """Count the things that a function is called with."""
        call: Callable[..., Any] = getattr(of, name)

        def counted(*given: Any, **more: Any) -> Any:
            things = next((one for one in given if isinstance(one, Sequence)), range(MANY))  # no list: all
            self._work[name, self._number] += len(things)
            return call(*given, **more)

        self._monkeypatch.setattr(of, name, counted)

    def most(self, name: str) -> int:
        """The most in any one turn."""
        return max(count for (of, _), count in self._work.items() if of == name)

    def all(self, name: str) -> int:
        """The sum over all turns."""
        return sum(count for (of, _), count in self._work.items() if of == name)


class Comparison:
    """Pauses the comparison of two benches, in its thread, between `stop` and `go_on`."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.threads: list[threading.Thread] = []
        self._goes_on = threading.Event()
        self._goes_on.set()
        monkeypatch.setattr(meeting, "merge", self._merge)

    def stop(self) -> None:
        """Pause the next comparison."""
        self.threads.clear()
        self._goes_on.clear()

    def go_on(self) -> None:
        """Let the comparison finish."""
        self._goes_on.set()

    def _merge(self, *given: Any, **more: Any) -> three_way.Merge:
        self.threads.append(threading.current_thread())
        assert self._goes_on.wait(SOON / 1000)
        return three_way.merge(*given, **more)


@pytest.fixture
def comparison(monkeypatch: pytest.MonkeyPatch) -> Iterator[Comparison]:
    comparison = Comparison(monkeypatch)
    yield comparison
    comparison.go_on()


def meets(lab: Lab, comparison: Comparison, *edits: Op) -> tuple[Window, Window]:
    """Ann is in a session; Bob edited its file and joins. The two benches are being compared."""
    ann, file = saved(lab)
    bob = lab.open(*file)
    bob.host.user_does(*edits)
    comparison.stop()
    lab.begin_to_enter(bob)
    lab.until(lambda: bool(comparison.threads))
    return ann, bob


def test_large_benches_meet_bit_by_bit(
    lab: Lab, comparison: Comparison, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No turn of the event loop reads, sends or shows more than a small part; a thread compares."""
    monkeypatch.setattr(pace.Pace, "took", lambda *given: None)  # all steps are as small as the first
    file = [Record(f"r{n}", "component", {"n": n, "m": n}) for n in range(MANY)]
    ann, bob = fill(lab, *file), lab.join()
    bob.save()
    lab.leave(bob)
    bob.host.user_does(*(Set(one.id, {"n": -1}) for one in file))
    ann.does(*(Set(one.id, {"m": -1}) for one in file))
    lab.until(lambda: not ann.pending)
    turns = Turns(monkeypatch)
    turns.count(bob.host, "records")
    turns.count(bob.host, "apply")
    turns.count(Replica, "edit")
    comparison.threads.clear()
    lab.enter(bob)
    assert bob.host.bench == {one.id: Record(one.id, one.kind, {"n": -1, "m": -1}) for one in file}
    assert not bob.questions
    for name in ("records", "apply", "edit"):
        assert turns.all(name) >= MANY
        assert turns.most(name) <= MANY / 10
    assert comparison.threads
    assert threading.main_thread() not in comparison.threads


def test_edits_while_they_are_compared_count(lab: Lab, comparison: Comparison) -> None:
    ann, bob = meets(lab, comparison, Set("lens", {"name": "Mine"}))
    bob.host.user_does(
        Set("lens", {"pos": [4.0, 0.0]}),
        Set("mirror", {"name": "Later"}),
        Remove("wall"),
        Put("new", "component"),
    )
    comparison.go_on()
    lab.until(lambda: ann.host.bench == bob.host.bench and "new" in ann.host.bench)
    assert ann.host.bench["lens"].props == {"name": "Mine", "pos": [4.0, 0.0]}
    assert ann.host.bench["mirror"].props["name"] == "Later"
    assert "wall" not in ann.host.bench


def test_others_edits_while_they_are_compared_were_not_seen(lab: Lab, comparison: Comparison) -> None:
    """SEEN-1, SEEN-5: they are never replaced."""
    ann, bob = meets(lab, comparison, Set("lens", {"pos": [5.0, 0.0]}), Set("wall", {"name": "Mine"}))
    ann.does(Set("lens", {"pos": [9.0, 0.0]}), Remove("wall"))
    lab.until(lambda: bob.view == ann.view and not ann.pending)
    comparison.go_on()
    lab.until(lambda: ann.host.bench == bob.host.bench and len(bob.held) == 2)
    assert ann.host.bench["lens"].props["pos"] == [9.0, 0.0]
    assert bob.held["lens"].ops == [Set("lens", {"pos": [5.0, 0.0]})]
    assert bob.held["wall"].record is not None
    assert lines(bob, "ERROR") == []


def test_a_bench_opened_while_they_are_compared_is_asked_about(lab: Lab, comparison: Comparison) -> None:
    """And none of it is shared until its user decides."""
    ann, bob = meets(lab, comparison, Set("lens", {"name": "Mine"}))
    opened = Record("opened", "component", {})
    bob.coming_back.note_opened({"opened": opened})
    bob.host.user_opens(opened)
    comparison.go_on()
    lab.until(lambda: bool(bob.questions))
    assert bob.host.bench == {"opened": opened}
    assert ann.view == ann.host.bench == bob.view
    assert set(ann.view) == {"lens", "mirror", "wall"}


def test_who_leaves_while_edits_are_sent_sends_the_rest(
    lab: Lab, comparison: Comparison, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(merge_job, "AT_ONCE", 1)
    edits = [Set(id, {"name": "Mine"}) for id in ("lens", "mirror", "wall")]
    ann, bob = meets(lab, comparison, *edits)
    edit = Replica.edit

    def pausing(self: Replica, *given: Any) -> None:
        monkeypatch.setattr(merge_job, "PAUSE_MS", 10 * SOON)
        edit(self, *given)

    monkeypatch.setattr(Replica, "edit", pausing)
    comparison.go_on()
    lab.until(lambda: bob.pending)
    assert [record.props["name"] for record in bob.view.values()].count("Mine") == 1
    bob.participation.tick()
    assert {record.props["name"] for record in bob.view.values()} == {"Mine"}
    lab.until(lambda: ann.host.bench == bob.view)


def test_who_leaves_while_they_are_compared_joins_later(lab: Lab, comparison: Comparison) -> None:
    ann, bob = meets(lab, comparison, Set("lens", {"name": "Mine"}))
    lab.leave(bob)
    comparison.go_on()
    lab.enter(bob)
    lab.until(lambda: ann.host.bench == bob.host.bench)
    assert ann.host.bench["lens"].props["name"] == "Mine"
    assert not bob.questions
