"""Steps that replace the bench: PUSH-9 of docs/protocol.md."""

from __future__ import annotations

import pytest

from optiverse_collab.core.client.past_effects import BenchReplaced
from optiverse_collab.core.client.sweeps import of_change
from optiverse_collab.core.protocol.changes import Change
from optiverse_collab.core.records import Lane, Op, Put, Record, Remove, Set, apply
from tests.helpers.wire import Peer, Wire

BEFORE = {id: Record(id, "k", {"x": 0}) for id in ("a", "b", "c")}
NOTES = {id: Record(id, "note", {}, Lane.META) for id in ("m", "n")}


@pytest.mark.parametrize(
    ("ops", "removed", "added", "changed"),
    [
        ([Remove("a"), Remove("b"), Put("d", "k")], "ab", "d", ""),
        ([Set("a", {"x": 1}), Put("b", "other")], "", "", "ab"),
        ([Remove("a"), Put("a", "other")], "", "", "a"),
        ([Put("d", "k"), Set("d", {"x": 1}), Put("e", "k"), Remove("e")], "", "d", ""),
        ([], "", "", ""),
        ([Put("v", "version", {}, Lane.META), Put("w", "version", {}, Lane.META), Remove("v")], "", "", ""),
        ([Remove("m"), Set("n", {"x": 1})], "", "", ""),
    ],
)
def test_what_really_changed_is_counted(ops: list[Op], removed: str, added: str, changed: str) -> None:
    """PUSH-9: on the bench; versions don't count."""
    [told] = of_change(Change(7, "ann", ops, "sweep:1"), {**BEFORE, **NOTES}, mine=False)
    found = ["".join(one.id for one in records) for records in (told.removed, told.added, told.changed)]
    assert found == [removed, added, changed]
    assert (told.by, told.clock, told.step, told.restores) == ("ann", 7, "sweep:1", False)
    assert set(BEFORE) == {"a", "b", "c"}


@pytest.mark.parametrize("step", ["", "drag-1", "sweep", "Sweep:1", " sweep:1"])
def test_other_steps_are_no_news(step: str) -> None:
    assert of_change(Change(7, "ann", [Remove("a")], step), BEFORE, mine=False) == []


def test_everybody_hears_who_replaced_the_bench(wire: Wire, ann: Peer, bob: Peer) -> None:
    """PUSH-9: all changes of the step carry it, and no others do; its author gets the report, too."""
    ann.edit(Put("mirror", "k"))
    wire.settle()
    clock = wire.room.history.clock
    do(ann, "sweep:1", Remove("lens"), Remove("mirror"))
    do(ann, "sweep:1", Put("new", "k"))
    ann.edit(Put("later", "k"))
    wire.settle()
    for peer, mine in ((ann, True), (bob, False)):
        first, second = peer.told(BenchReplaced)
        assert {(one.by, one.mine, one.step) for one in (first, second)} == {("ann", mine, "sweep:1")}
        assert [one.id for one in first.removed] == ["lens", "mirror"]
        assert [one.id for one in second.added] == ["new"]
        assert (first.clock, second.clock) == (clock + 1, clock + 3)  # between them: a version (HIST-13)
    do(bob, "restore:1", Remove("new"))
    wire.settle()
    assert ann.told(BenchReplaced)[-1].restores


def do(peer: Peer, step: str, *ops: Op) -> None:
    """Edit as part of a step."""
    peer.replica.edit(ops, step=step)
    for op in ops:
        apply(peer.screen, op)


def test_who_was_away_hears_what_became_of_the_bench(wire: Wire, ann: Peer, bob: Peer) -> None:
    """SYNC-14: with the clock before the step, and once."""
    clock = wire.room.history.clock
    wire.lose(bob)
    do(ann, "sweep:1", Remove("lens"))
    do(ann, "sweep:1", Put("new", "k"), Put("newer", "k"))
    ann.edit(Set("new", {"x": 1}))
    wire.settle()
    wire.connect(bob)
    [told] = bob.told(BenchReplaced)
    assert (told.by, told.step, told.clock, told.mine) == ("ann", "sweep:1", clock + 1, False)
    found = [[one.id for one in some] for some in (told.removed, told.added, told.changed)]
    assert found == [["lens"], ["new", "newer"], []]
    wire.lose(bob)
    wire.connect(bob)
    assert len(bob.told(BenchReplaced)) == 1


def test_whose_replacement_it_was_is_known_after_a_lost_answer(wire: Wire, ann: Peer, bob: Peer) -> None:
    """SYNC-6, SYNC-14"""
    do(ann, "sweep:1", Remove("lens"))
    wire.poll(ann)
    wire.send_up(ann)
    wire.commit()
    wire.lose(ann)
    wire.connect(ann)
    [told] = ann.told(BenchReplaced)
    assert told.mine
    wire.send_down(bob)
    assert [one.mine for one in bob.told(BenchReplaced)] == [False]


def test_the_last_of_several_is_told(wire: Wire, ann: Peer, bob: Peer) -> None:
    """SYNC-14"""
    wire.lose(bob)
    do(ann, "sweep:1", Remove("lens"), Put("new", "k"))
    wire.settle()
    do(ann, "restore:2", Remove("new"), Put("lens", "component", {"pos": [0.0, 0.0], "name": "Lens"}))
    wire.settle()
    wire.connect(bob)
    [told] = bob.told(BenchReplaced)
    assert (told.step, told.restores) == ("restore:2", True)
    assert (told.removed, told.added, told.changed) == ((), (), ())
