"""Long edits become several changes of one step: PUSH-8, SEEN-5, SEEN-7."""

from __future__ import annotations

from optiverse_collab.core.client.effects import Conflict, ConflictKind
from optiverse_collab.core.client.replica import Replica
from optiverse_collab.core.client.steps import edit_in_step
from optiverse_collab.core.limits import Limits
from optiverse_collab.core.records import Op, Put, Record, Remove, Set, apply
from tests.helpers.wire import Peer, Wire, equal


def replica_with(*records: Record, page_bytes: int = 1000) -> Replica:
    """A replica that has these records and no pending change."""
    wire, peer = Wire(Limits(page_bytes=page_bytes)), Peer("ann")
    wire.connect(peer)
    peer.edit(*(Put(one.id, one.kind, one.props) for one in records))
    wire.settle()
    return peer.replica


def test_what_is_long_is_several_changes_of_one_step() -> None:
    """PUSH-8"""
    replica = replica_with(Record("old", "k", {}), page_bytes=1000)
    ops: list[Op] = [Remove("old"), *(Put(f"r{n}", "k", {"text": "x" * 200}) for n in range(20))]
    edit_in_step(replica, ops, "sweep:1", seen=1)
    assert {change.step for change in replica.pending} == {"sweep:1"}
    assert len(replica.pending) == 7
    assert max(change.bytes for change in replica.pending) < 1100
    assert [op for change in replica.pending for op in change.operations] == ops
    assert set(replica.view) == {f"r{n}" for n in range(20)}


def test_what_is_refused_is_left_out_and_the_rest_is_done() -> None:
    replica = replica_with(Record("a", "k", {}))
    long = Put("long", "k", {"text": "x" * (replica.limits.record_bytes + 1)})
    ops: list[Op] = [Put("b", "k"), Set("nobody", {"x": 1}), Set("a", {"x": 1}), long]
    assert edit_in_step(replica, ops, "s", seen=1) == [ops[1], long]
    assert set(replica.view) == {"a", "b"}
    assert replica.view["a"].props == {"x": 1}


def test_what_was_done_away_is_marked_and_nothing_else() -> None:
    """SYNC-5"""
    replica = replica_with(Record("a", "k", {}), Record("b", "k", {}))
    replica.edit([Set("a", {"x": 1})], step="before")
    assert edit_in_step(replica, [Set("b", {"x": 2})], "merge", seen=1, yields=True, away=True) == []
    assert [(change.step, change.away) for change in replica.pending] == [("before", False), ("merge", True)]


def test_yielding_removals_are_held_one_by_one(wire: Wire, ann: Peer, bob: Peer) -> None:
    """SEEN-7: a record that somebody edited meanwhile does not keep the others."""
    ann.edit(*(Put(f"r{n}", "k", {"x": 0}) for n in range(4)))
    wire.settle()
    seen = wire.room.history.clock
    ann.edit(Set("r1", {"x": 7}))
    wire.settle()
    ops: list[Op] = [*(Remove(f"r{n}") for n in range(4)), Put("back", "k")]
    edit_in_step(bob.replica, ops, "restore:1", seen, yields=True)
    for op in ops:
        apply(bob.screen, op)
    wire.settle()
    assert set(ann.replica.view) == {"lens", "r1", "back"}
    assert equal(wire, ann, bob)
    [held] = [one for one in bob.told(Conflict) if one.kind is ConflictKind.HELD]
    assert (held.mine, held.by) == (Remove("r1"), "ann")
    assert set(bob.replica.held) == {"r1"}
