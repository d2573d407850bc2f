"""A replica gets the room's document: pages, gaps, other histories (SYNC, HASH and CLK rules)."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
import pytest

from optiverse_collab.core.client.confirmed import LANES
from optiverse_collab.core.client.effects import (
    Diverged,
    EpochChanged,
    NoticesOmitted,
    ReplicaEffect,
    ReplicaForgotten,
    ShowChange,
    Synced,
    SyncProgress,
    Transmit,
)
from optiverse_collab.core.client.replica import Replica
from optiverse_collab.core.limits import Limits
from optiverse_collab.core.protocol.changes import Change
from optiverse_collab.core.protocol.messages import Delta, FullState, OtherHistory, Patch, SyncRequest
from optiverse_collab.core.protocol.outcomes import Ack, AckResult
from optiverse_collab.core.records import Lane, Put, Remove, Set
from optiverse_collab.core.server import delivery
from optiverse_collab.core.server.answers import answer_of
from optiverse_collab.core.server.effects import Send
from tests.helpers.wire import LENS, Peer, Wire, equal


def nothing_new(wire: Wire, replica: Replica) -> FullState | Delta:
    """The page for a replica that lacks nothing."""
    request = SyncRequest(replica.client_id, replica.epoch, replica.clock, replica.head)
    answer = answer_of(wire.room.history, request)
    assert not isinstance(answer, OtherHistory)
    return next(answer)


def receive(replica: Replica, pages: Iterable[FullState | Delta]) -> list[ReplicaEffect]:
    """Give a replica the pages of an answer."""
    effects = []
    for page in pages:
        effects += replica.receive(page)
    return effects


def test_another_history_is_never_merged(wire: Wire, ann: Peer) -> None:
    """CLK-3: the view and the pending edits stay, and the owner gets a report."""
    wire.lose(ann)
    ann.edit(Set("lens", {"name": "mine"}))
    wire.replace_data("epoch 2")
    wire.room.join("c99", "ann", wire.now_ms)
    [request] = ann.replica.connected()
    assert isinstance(request, Transmit)
    assert isinstance(request.message, SyncRequest)
    [answer] = wire.room.receive("c99", request.message, wire.now_ms)
    assert isinstance(answer, Send)
    assert isinstance(answer.message, OtherHistory)
    assert ann.replica.receive(answer.message) == [EpochChanged("epoch 2")]
    assert ann.replica.view["lens"].props["name"] == "mine"
    assert len(ann.replica.pending) == 1
    assert not ann.replica.poll(1e9)


def test_any_history_will_do_where_there_was_none(wire: Wire) -> None:
    """CLK-3: a session without changes has no history to protect."""
    ann = Peer("ann")
    wire.connect(ann)
    wire.lose(ann)
    ann.edit(LENS)
    wire.replace_data("epoch 2")
    wire.connect(ann)
    assert ann.replica.epoch == "epoch 2"
    assert equal(wire, ann)
    assert "lens" in wire.room.history.document.records


def test_missing_change_is_noticed_and_fetched(wire: Wire, ann: Peer, bob: Peer) -> None:
    """HASH-4: a gap in the clocks is reported, and the missing changes are requested from its start."""
    clock = bob.replica.clock
    heard = bob.replica.receive(Patch([Change(clock + 2, "ann", [Set("lens", {"a": 1})])]))
    assert isinstance(heard[0], Diverged)
    heads = bob.replica.save().heads
    request = SyncRequest(
        "client of bob", "epoch 1", clock, bob.replica.head, lanes=[*LANES], term=1, heads=heads
    )
    assert heard[1:] == [Transmit(request)]
    assert "a" not in bob.replica.view["lens"].props


def test_nothing_of_a_frame_with_a_gap_is_taken(wire: Wire, ann: Peer, bob: Peer) -> None:
    """HASH-4, REP-4: the answer to the request has all of it."""
    clock = bob.replica.clock
    first, third = (Change(clock + n, "ann", [Set("lens", {"name": "not yet"})]) for n in (1, 3))
    patch = Patch([first, third])
    assert isinstance(bob.replica.receive(patch)[0], Diverged)
    assert bob.replica.clock == clock
    assert bob.replica.view["lens"].props["name"] == "Lens"


def test_what_was_on_its_way_is_sent_after_the_pages(wire: Wire, ann: Peer, bob: Peer) -> None:
    """HASH-4, SYNC-5: in order, and it yields."""
    bob.edit(Set("lens", {"pos": [1.0, 1.0]}))
    wire.poll(bob)
    bob.up.clear()
    bob.do(bob.replica.receive(Patch([Change(bob.replica.clock + 2, "ann", [])])))
    assert bob.replica.wait_ms(wire.now_ms + 1000) is None
    assert bob.replica.poll(wire.now_ms + 1000) == []
    wire.settle()
    assert [entry.yields for entry in wire.journal] == [False, True]
    assert equal(wire, ann, bob)


def test_position_that_the_server_never_had_is_another_history(wire: Wire, ann: Peer) -> None:
    """CLK-3, CLK-5: the server went back to an older state, and continued from there."""
    for name in ("kept", "lost with the disk"):
        ann.edit(Set("lens", {"name": name}))
        wire.settle()
    wire.lose(ann)
    wire._kept.pop()
    wire.room = wire.open_room()
    bob = Peer("bob")
    wire.connect(bob)
    assert bob.screen["lens"].props["name"] == "kept"
    bob.edit(Set("lens", {"name": "since"}))
    wire.settle()
    ann.heard.clear()
    wire.connect(ann)
    assert bob.replica.clock == ann.replica.clock
    assert ann.told(EpochChanged) == [EpochChanged("epoch 1")]
    assert not ann.told(ShowChange)


def test_differing_copy_is_noticed_and_replaced(
    wire: Wire, ann: Peer, bob: Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """HASH-1, HASH-3."""
    bob.replica._confirmed.document.apply(Set("lens", {"name": "flipped by a cosmic ray"}))
    monkeypatch.setattr(delivery, "HASH_EVERY", 1)
    wire.room._delivery._hash_due = 0
    ann.edit(Set("lens", {"pos": [1.0, 1.0]}))
    wire.settle()
    assert len(bob.told(Diverged)) == 1
    assert not ann.told(Diverged)
    assert equal(wire, ann, bob)


def test_pages_that_nobody_asked_for_are_ignored(ann: Peer, wire: Wire) -> None:
    """SYNC-5: an answer belongs to a request."""
    answer = answer_of(wire.room.history, SyncRequest("x"))
    assert not isinstance(answer, OtherHistory)
    pages = list(answer)
    assert len(pages) == 1
    assert receive(ann.replica, pages) == []


def test_other_history_that_nobody_asked_for_is_ignored(wire: Wire, ann: Peer, bob: Peer) -> None:
    """CLK-3: an answer belongs to a request; later messages are accepted as before."""
    assert ann.replica.receive(OtherHistory("epoch 2")) == []
    bob.edit(Set("lens", {"name": "next"}))
    wire.settle()
    assert equal(wire, ann, bob)


def test_edits_while_pages_arrive_survive_them(wire: Wire, ann: Peer) -> None:
    """SYNC-5, REP-1: an edit during a resynchronisation stays visible."""
    ann.do(ann.replica._request_sync(everything=True))
    ann.edit(Set("lens", {"name": "meanwhile"}))
    wire.settle()
    assert equal(wire, ann)
    assert ann.screen["lens"].props["name"] == "meanwhile"


def test_a_large_bench_arrives_in_pages() -> None:
    """SYNC-3, LIM-1: progress is reported, no message exceeds the limit, and the view changes at once."""
    wire, ann, bob = Wire(Limits(page_bytes=2000)), Peer("ann"), Peer("bob")
    wire.connect(ann)
    for n in range(100):
        ann.edit(Put(f"r{n}", "component", {"text": "x" * 100}))
    wire.settle()
    wire.connect(bob)
    assert len(bob.told(SyncProgress)) > 5
    assert bob.told(SyncProgress)[-1].total == 100
    assert len(bob.told(ShowChange)) == 1
    assert max(len(text) for text in bob.texts if "sync:full_state" in text) < 3000
    assert equal(wire, ann, bob)


def test_history_that_was_pruned_is_told_in_full(wire: Wire) -> None:
    """CLK-4: the position is older than the start of the history, so only a full state is right."""
    wire = Wire(tombstones=4)
    ann, bob = Peer("ann"), Peer("bob")
    wire.connect(ann, bob)
    for n in range(20):
        ann.edit(Put(f"r{n}", "component", {}))
    wire.settle()
    wire.lose(bob)
    for n in range(10):
        ann.edit(Remove(f"r{n}"))
        wire.settle()
    bob.heard.clear()
    wire.connect(bob)
    assert bob.told(Synced) == [Synced(full=True, records=10)]
    assert equal(wire, ann, bob)


def test_after_another_history_nothing_is_taken(wire: Wire, ann: Peer) -> None:
    """CLK-3: later messages on this connection belong to the other history."""
    wire.lose(ann)
    ann.replica.connected()
    page = FullState("epoch 2", 1, 0, "", 0, 0, done=True)
    assert ann.replica.receive(page) == [EpochChanged("epoch 2")]
    assert ann.replica.receive(page) == []
    assert ann.replica.receive(Patch([Change(2, "bob", [Remove("lens")])])) == []
    assert set(ann.replica.view) == {"lens"}


def test_frames_before_the_pages_raise_no_question(wire: Wire, ann: Peer) -> None:
    """SYNC-4, PUSH-7, HASH-3: the pages will bring the answer, and the document of the hash."""
    ann.edit(Set("lens", {"name": "sent"}))
    wire.poll(ann)
    ann.do(ann.replica._request_sync(everything=False))
    acks = [Ack(ann.replica.pending[0].client_clock, AckResult.DUPLICATE)]
    assert ann.replica.receive(Patch([], acks=acks)) == []
    assert ann.replica.receive(Patch([], hash={Lane.BENCH: "0" * 16})) == []


def test_pages_that_come_after_the_connection_are_ignored(wire: Wire, ann: Peer) -> None:
    """SYNC-5, REP-7: nothing is sent either."""
    ann.edit(Set("lens", {"name": "later"}))
    ann.replica.connected()
    ann.replica.disconnected()
    page = FullState("epoch 1", 1, 9, "", 0, 0, done=True)
    assert ann.replica.receive(page) == []
    assert not ann.replica.synced
    ann.replica.connected()
    ann.replica.receive(page)
    later_ms = wire.now_ms + 1000
    assert ann.replica.wait_ms(later_ms) == 0
    ann.replica.disconnected()
    assert ann.replica.wait_ms(later_ms) is None
    assert ann.replica.poll(later_ms) == []


def test_values_that_are_not_told_one_by_one_are_counted(wire: Wire, ann: Peer) -> None:
    """SYNC-9."""
    ann.replica.disconnected()
    ann.replica.connected()
    page = msgspec.structs.replace(nothing_new(wire, ann.replica), more=12)
    assert receive(ann.replica, [page]) == [Synced(False, 0), NoticesOmitted(12)]


def test_replica_that_the_server_has_forgotten_is_told_once(wire: Wire, ann: Peer) -> None:
    """SYNC-10: no pending change was dropped, and all of them yield; the replica may be a restored one."""
    ann.edit(Set("lens", {"name": "pending"}))
    restored = Replica.restore(ann.replica.save(), "ann 2")
    for replica in (ann.replica, restored):
        replica.disconnected()
        for forgotten in (True, False):
            replica.connected()
            page = msgspec.structs.replace(nothing_new(wire, replica), known=False, client_clock=0)
            assert (ReplicaForgotten() in receive(replica, [page])) is forgotten
        [pending] = replica.pending
        assert pending.yields


def test_one_who_never_had_a_change_accepted_is_not_forgotten(wire: Wire, bob: Peer) -> None:
    """SYNC-10: the server can't know a replica that only watches, or whose first push was lost."""
    bob.edit(Set("lens", {"name": "lost"}))
    bob.session.poll(wire.now_ms)
    wire.lose(bob)
    wire.connect(bob)
    wire.lose(bob)
    wire.connect(bob)
    assert len(bob.told(Synced)) == 3
    assert bob.told(ReplicaForgotten) == []


@pytest.mark.parametrize("is_restored", [False, True])
def test_one_whom_the_server_knows_is_not_forgotten(wire: Wire, ann: Peer, is_restored: bool) -> None:
    """SYNC-10, SYNC-8: by the present id or a former one."""
    wire.lose(ann)
    again = Peer("ann", replica=Replica.restore(ann.replica.save(), "ann 2")) if is_restored else ann
    wire.connect(again)
    assert again.told(Synced)
    assert again.told(ReplicaForgotten) == []


def test_former_numbers_are_settled_once(wire: Wire, ann: Peer) -> None:
    """SYNC-8: acceptance under a former id after the pages does not concern this replica's changes."""
    ann.edit(Set("lens", {"name": "pending"}))
    restored = Replica.restore(ann.replica.save(), "ann 2")
    [pending] = restored.pending
    [(former, number)] = pending.former
    for last in (number - 1, number):
        restored.connected()
        receive(restored, [msgspec.structs.replace(nothing_new(wire, restored), settled={former: last})])
    assert restored.pending == [pending]
