"""How a replica gets the room's document: pages, gaps, other histories (SYNC, HASH and CLK rules)."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from optiverse_collab.core.client.effects import (
    Diverged,
    EpochChanged,
    ReplicaEffect,
    ShowChange,
    Synced,
    SyncProgress,
    Transmit,
)
from optiverse_collab.core.client.replica import Replica
from optiverse_collab.core.limits import Limits
from optiverse_collab.core.protocol.messages import Change, Delta, FullState, Message, Patch, SyncRequest
from optiverse_collab.core.records import Put, Remove, Set
from optiverse_collab.core.server import delivery
from optiverse_collab.core.server.effects import SendPages
from optiverse_collab.core.server.history import History
from tests.helpers.wire import LENS, Peer, Wire, equal


def receive(replica: Replica, pages: Iterable[Message]) -> list[ReplicaEffect]:
    """Give a replica the pages of an answer."""
    effects = []
    for page in pages:
        assert isinstance(page, FullState | Delta)
        effects += replica.receive(page)
    return effects


def test_another_history_is_never_merged(wire: Wire, ann: Peer) -> None:
    """CLK-3: the view stays, what is pending stays, and the owner is told."""
    wire.lose(ann)
    ann.edit(Set("lens", {"name": "mine"}))
    wire.start, wire.journal = History.empty("epoch 2"), []
    wire.room = wire.open_room()
    wire.room.join("c99", "ann", wire.now_ms)
    [request] = ann.replica.connected()
    assert isinstance(request, Transmit)
    assert isinstance(request.message, SyncRequest)
    assert wire.room.receive("c99", request.message, wire.now_ms) == []
    [answer] = wire.room.flush()
    assert isinstance(answer, SendPages)
    assert receive(ann.replica, answer.pages) == [EpochChanged("epoch 2")]
    assert ann.replica.view["lens"].props["name"] == "mine"
    assert len(ann.replica.pending) == 1
    assert not ann.replica.poll(1e9)


def test_any_history_will_do_where_there_was_none(wire: Wire) -> None:
    """CLK-3: a session without changes has no history to protect."""
    ann = Peer("ann")
    wire.connect(ann)
    wire.lose(ann)
    ann.edit(LENS)
    wire.start = History.empty("epoch 2")
    wire.room = wire.open_room()
    wire.connect(ann)
    assert ann.replica.epoch == "epoch 2"
    assert equal(wire, ann)
    assert "lens" in wire.room.history.document.records


def test_missing_change_is_noticed_and_fetched(wire: Wire, ann: Peer, bob: Peer) -> None:
    """HASH-4: a gap in the clocks is told, and what is missing is asked for from where it starts."""
    clock = bob.replica.clock
    heard = bob.replica.receive(Patch([Change(clock + 2, "ann", [Set("lens", {"a": 1})])]))
    assert isinstance(heard[0], Diverged)
    assert heard[1:] == [Transmit(SyncRequest(bob.replica.client_id, bob.replica.epoch, clock))]
    assert "a" not in bob.replica.view["lens"].props


def test_what_comes_before_a_gap_is_shown(wire: Wire, ann: Peer, bob: Peer) -> None:
    """HASH-4, REP-4: the answer to the question won't hold it."""
    clock = bob.replica.clock
    patch = Patch(
        [
            Change(clock + 1, "ann", [Set("lens", {"name": "shown"})]),
            Change(clock + 3, "ann", [Set("lens", {"name": "not yet"})]),
        ]
    )
    bob.do(bob.replica.receive(patch))
    assert bob.replica.view["lens"].props["name"] == "shown"
    assert bob.screen == bob.replica.view


def test_differing_copy_is_noticed_and_replaced(
    wire: Wire, ann: Peer, bob: Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """HASH-1, HASH-3."""
    bob.replica._base.apply(Set("lens", {"name": "flipped by a cosmic ray"}))
    monkeypatch.setattr(delivery, "HASH_EVERY", 1)
    wire.room._delivery._hash_due = 0
    ann.edit(Set("lens", {"pos": [1.0, 1.0]}))
    wire.settle()
    assert len(bob.told(Diverged)) == 1
    assert not ann.told(Diverged)
    assert equal(wire, ann, bob)


def test_pages_that_nobody_asked_for_are_ignored(ann: Peer, wire: Wire) -> None:
    """SYNC-5: an answer belongs to a request."""
    pages = list(delivery.answer_pages(wire.room.history, SyncRequest("x")))
    assert len(pages) == 1
    assert receive(ann.replica, pages) == []


def test_edits_while_pages_arrive_survive_them(wire: Wire, ann: Peer) -> None:
    """SYNC-5, REP-1: an edit in the middle of a resynchronisation stays on the screen."""
    ann.do(ann.replica._request_sync(everything=True))
    ann.edit(Set("lens", {"name": "meanwhile"}))
    wire.settle()
    assert equal(wire, ann)
    assert ann.screen["lens"].props["name"] == "meanwhile"


def test_a_large_bench_arrives_in_pages() -> None:
    """SYNC-3, LIM-1: progress is told, no message is longer than the limit, the view changes at once."""
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
    """CLK-4: from before the start of the history only a full state is right."""
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
    """CLK-3: whatever still arrives on this connection is of that history."""
    wire.lose(ann)
    ann.replica.connected()
    page = FullState("epoch 2", 1, 0, 0, [], True)
    assert ann.replica.receive(page) == [EpochChanged("epoch 2")]
    assert ann.replica.receive(page) == []
    assert ann.replica.receive(Patch([Change(2, "bob", [Remove("lens")])])) == []
    assert set(ann.replica.view) == {"lens"}
