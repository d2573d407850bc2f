"""A replica on a line that is slower than the session (SYNC-11 to SYNC-13)."""

from __future__ import annotations

from itertools import pairwise

import pytest

from optiverse_collab.core.client.effects import (
    Conflict,
    ConflictKind,
    Diverged,
    Lost,
    ShowChange,
    Synced,
    Transmit,
)
from optiverse_collab.core.client.past_effects import BenchReplaced
from optiverse_collab.core.client.receipts import HAVE_BYTES
from optiverse_collab.core.protocol.messages import Delta, Have, Pong
from optiverse_collab.core.protocol.page_records import PageRecord, PageSet
from optiverse_collab.core.records import Put, Remove, Set
from optiverse_collab.core.server.subscribers import Bounds
from tests.helpers.wire import LENS, Peer, Wire, equal


@pytest.fixture
def wire() -> Wire:
    """A wire on which a receiver may leave 100 ms unconfirmed."""
    return Wire(bounds=Bounds(ms=100))


def drag(wire: Wire, ann: Peer, moves: int, start: int = 0) -> None:
    """Let Ann drag the lens, 40 ms per move; others do not receive it yet."""
    for number in range(start, start + moves):
        ann.edit(Set("lens", {"pos": [float(number), 0.0]}))
        wire.poll(ann)
        wire.send_up(ann)
        wire.commit()
        wire.send_down(ann)


def confirm(wire: Wire, peer: Peer, after_ms: int = 500) -> None:
    """Let a peer read its messages and confirm them."""
    wire.send_down(peer)
    wire.now_ms += after_ms
    wire.poll(peer)
    wire.send_up(peer)
    wire.commit()


def catch_up(wire: Wire, ann: Peer, bob: Peer) -> None:
    """Bring Bob, who is behind, up to date."""
    for _ in range(4):
        confirm(wire, ann)
        confirm(wire, bob)
    wire.settle()


def test_replica_confirms_twice_a_second_at_most() -> None:
    """SYNC-11: it sends no confirmation while nothing arrives."""
    wire, ann, bob = Wire(), Peer("ann"), Peer("bob")
    wire.connect(ann, bob)
    ann.edit(LENS)
    wire.settle()
    clocks = []
    for number in range(40):
        drag(wire, ann, 1, number)
        wire.send_down(bob)
        for effect in bob.replica.poll(wire.now_ms):
            assert isinstance(effect, Transmit)
            assert effect.message == Have(bob.replica.clock)
            clocks.append(wire.now_ms)
            wire.room.receive(bob.connection_id, effect.message, wire.now_ms)
    assert 3 <= len(clocks) <= 5
    assert all(later - earlier >= 500 for earlier, later in pairwise(clocks))
    wire.settle()
    bob.replica.poll(wire.now_ms + 500)
    assert bob.replica.wait_ms(wire.now_ms + 500) is None


def test_much_is_confirmed_at_once(wire: Wire, ann: Peer, bob: Peer) -> None:
    """SYNC-11: heavy traffic is confirmed more often."""
    ann.edit(Set("lens", {"image": "x" * HAVE_BYTES}))
    wire.poll(ann)
    wire.send_up(ann)
    wire.commit()
    bob.replica.poll(wire.now_ms)
    drag(wire, ann, 2)
    wire.send_down(bob)
    assert bob.replica.poll(wire.now_ms) == [Transmit(Have(bob.replica.clock))]


def test_slow_receiver_gets_the_latest_and_no_queue(wire: Wire, ann: Peer, bob: Peer) -> None:
    """SYNC-12: a hundred moves become a few frames and one delta."""
    drag(wire, ann, 100)
    assert len(bob.down) < 10
    catch_up(wire, ann, bob)
    pages = [text for text in bob.texts if '"unasked":true' in text]
    assert pages
    assert sum(text.count('"pos":') for text in bob.texts) < 12
    assert equal(wire, ann, bob)
    assert len(bob.told(Synced)) == 1
    heard = len(bob.texts)
    ann.edit(Set("lens", {"name": "again"}))
    wire.settle()
    assert [text for text in bob.texts[heard:] if text.startswith('{"type":"patch"')]


def test_what_is_on_its_way_goes_on_insisting(wire: Wire, ann: Peer, bob: Peer) -> None:
    """SYNC-13: an edit made while connected is answered by the pages, or later by a patch."""
    drag(wire, ann, 10)
    bob.edit(Set("lens", {"name": "Bob's"}))
    wire.poll(bob)
    wire.send_up(bob)
    drag(wire, ann, 10)
    bob.edit(Set("lens", {"pos": [99.0, 0.0]}))
    confirm(wire, bob)
    wire.send_down(bob)
    assert [change.yields for change in bob.replica.pending] in ([], [False])
    catch_up(wire, ann, bob)
    assert not bob.replica.pending
    assert wire.room.history.document.records["lens"].props == {"pos": [99.0, 0.0], "name": "Bob's"}
    assert [conflict.kind for conflict in bob.told(Conflict)] == [ConflictKind.REPLACED_THEIRS]
    assert equal(wire, ann, bob)


def test_refusal_comes_at_once(wire: Wire, ann: Peer, bob: Peer) -> None:
    """SYNC-12, REP-8: no delta contains it."""
    drag(wire, ann, 10)
    wire.send_down(bob)
    wire.room.history.limits = bob.replica.limits = type(wire.limits)(records=1)
    bob.edit(Put("mirror", "component"))
    wire.poll(bob)
    wire.send_up(bob)
    wire.commit()
    wire.send_down(bob)
    [lost] = bob.told(Lost)
    assert lost.ops == (Put("mirror", "component"),)


def test_unasked_pages_come_in_parts(wire: Wire, ann: Peer, bob: Peer) -> None:
    """SYNC-13: they show when the last one has arrived, and the replica does not count as synchronising."""
    replica, before = bob.replica, bob.replica.clock
    common = ("epoch 1", 1, before + 2, "head", 0, 2)
    first = Delta(*common, unasked=True, records=[PageRecord("a", "component", {})])
    assert replica.receive(first) == []
    assert (replica.clock, "a" in replica.view) == (before, False)
    [shown] = replica.receive(Delta(*common, unasked=True, done=True))
    assert isinstance(shown, ShowChange)
    assert (replica.clock, "a" in replica.view) == (before + 2, True)


def test_unasked_pages_are_no_answer(wire: Wire, ann: Peer, bob: Peer) -> None:
    """SYNC-13: a replica that asked waits for its answer; an unconnected one ignores the pages."""
    page = Delta("epoch 1", 1, 9, "head", 0, 0, unasked=True, done=True)
    bob.replica.connected()
    assert bob.replica.receive(page) == []
    bob.replica.disconnected()
    assert bob.replica.receive(page) == []
    assert bob.replica.clock == 1


def test_answer_that_nobody_asked_for_is_ignored(wire: Wire, ann: Peer, bob: Peer) -> None:
    """SYNC-5: a synchronised replica accepts only unasked pages."""
    assert bob.replica.receive(Delta("epoch 1", 1, 9, "head", 0, 0, done=True)) == []
    assert bob.replica.clock == 1


def test_receiver_that_is_behind_hears_who_replaced_the_bench(wire: Wire, ann: Peer, bob: Peer) -> None:
    """SYNC-12, SYNC-14: including the part that it missed."""
    drag(wire, ann, 8)
    ann.replica.edit([Remove("lens")], step="sweep:1")
    ann.replica.edit([Put("new", "k")], step="sweep:1")
    for _ in range(3):
        wire.poll(ann)
        wire.send_up(ann)
        wire.commit()
    catch_up(wire, ann, bob)
    assert '"unasked":true' in "".join(bob.texts)
    [told] = bob.told(BenchReplaced)
    assert (told.by, told.step) == ("ann", "sweep:1")
    assert ([one.id for one in told.removed], [one.id for one in told.added]) == (["lens"], ["new"])


def test_no_edit_joins_one_that_was_made_before_pages(wire: Wire, ann: Peer, bob: Peer) -> None:
    """PUSH-2: others changed the record meanwhile, so the next edit has seen more."""
    bob.edit(Set("lens", {"a": 1}))
    moved = [PageSet("lens", {"pos": [1.0, 1.0]})]
    bob.replica.receive(Delta("epoch 1", 1, 9, "head", 0, 0, unasked=True, done=True, ops=[*moved]))
    bob.edit(Set("lens", {"a": 2}))
    assert [change.seen for change in bob.replica.pending] == [1, 1]


def test_heartbeat_shows_what_was_lost(wire: Wire, ann: Peer, bob: Peer) -> None:
    """HASH-4: without waiting for the next patch."""
    ann.edit(Set("lens", {"name": "lost"}))
    wire.poll(ann)
    wire.send_up(ann)
    wire.commit()
    bob.down.clear()
    wire.now_ms += 31_000
    wire.settle()
    [lost] = bob.told(Diverged)
    assert lost.message == "What was sent up to change 2 did not arrive after 1; asking for it."
    assert equal(wire, ann, bob)


def test_heartbeat_asks_for_nothing_where_all_is_here(wire: Wire, ann: Peer, bob: Peer) -> None:
    """HASH-4: nor if it is on its way."""
    assert bob.replica.check_clock(Pong("t", 1)) == []
    bob.replica.connected()
    assert bob.replica.check_clock(Pong("t", 9)) == []
