"""A span of a session's history is read, with a real room on a fake wire: HIST-6, HIST-7."""

from __future__ import annotations

from optiverse_collab.core.client.past_effects import (
    EntriesArrived,
    EntriesUnavailable,
    PastArrived,
    PastUnavailable,
    Span,
)
from optiverse_collab.core.client.past_reading import DROPPED, TOO_LARGE, PastReading
from optiverse_collab.core.protocol.past import PastEntry
from optiverse_collab.core.records import Record, Set
from tests.helpers.wire import Peer, Wire


def read(wire: Wire, peer: Peer, reading: PastReading) -> int:
    """Read all of it; returns in how many requests."""
    count = 0
    while reading.wanted is not None:
        heard = len(peer.heard)
        peer.session.past.ask(reading.wanted)
        wire.now_ms += 2000
        wire.settle()
        for effect in peer.heard[heard:]:
            if isinstance(effect, (PastArrived, PastUnavailable, EntriesArrived, EntriesUnavailable)):
                reading.take(effect)
        count += 1
    return count


def entry(clock: int) -> PastEntry:
    return PastEntry(clock, clock, "ann", [Set("lens", {"x": clock})])


def move(wire: Wire, peer: Peer, times: int) -> None:
    for number in range(times):
        peer.edit(Set("lens", {"x": number, "text": "x" * 100}))
        wire.now_ms += 100
        wire.settle()


def test_all_changes_and_the_bench_before(wire: Wire, ann: Peer, bob: Peer) -> None:
    start = wire.room.history.clock
    before = dict(ann.replica.view)
    move(wire, ann, 3)
    reading = PastReading(Span(start, start + 3))
    read(wire, bob, reading)
    assert [one.clock for one in reading.entries] == [start + 1, start + 2, start + 3]
    assert (reading.after, reading.last, reading.start, reading.failure) == (start, start + 3, before, "")
    assert reading.bytes > 300


def test_until_there_is_no_more() -> None:
    """A server tells as much as fits, and whoever reads asks again."""
    reading = PastReading(Span(0))
    assert reading.take(EntriesArrived(Span(0), 0, [entry(1), entry(2)]))
    assert reading.take(EntriesArrived(Span(2), 2, [entry(3)]))
    assert reading.take(EntriesArrived(Span(3), 3, []))
    assert reading.take(PastArrived(0, {"lens": Record("lens", "k", {})}))
    assert reading.wanted is None
    assert [one.clock for one in reading.entries] == [1, 2, 3]


def test_nothing_was_done(wire: Wire, ann: Peer) -> None:
    reading = PastReading(Span(wire.room.history.clock))
    assert read(wire, ann, reading) == 1
    assert (reading.entries, reading.start, reading.failure) == ([], None, "")


def test_answers_to_others_are_ignored() -> None:
    reading = PastReading(Span(5))
    assert not reading.take(EntriesArrived(Span(6), 6, [entry(7)]))
    assert not reading.take(PastArrived(5, {}))
    assert not reading.take(PastUnavailable(5, "No."))
    assert not reading.take(EntriesUnavailable(Span(6), "No."))
    assert (reading.wanted, reading.entries, reading.failure) == (Span(5), [], "")


def test_what_can_not_be_had_is_told(wire: Wire, ann: Peer) -> None:
    reading = PastReading(Span(10, 5))
    read(wire, ann, reading)
    assert reading.failure
    reading = PastReading(Span(0))
    reading.take(EntriesArrived(Span(0), 0, [entry(1)]))
    reading.take(EntriesArrived(Span(1), 1, []))
    reading.take(PastUnavailable(0, "It is gone."))
    assert (reading.wanted, reading.start, reading.failure) == (None, None, "It is gone.")


def test_history_dropped_in_between() -> None:
    reading = PastReading(Span(0))
    reading.take(EntriesArrived(Span(0), 0, [entry(1)]))
    reading.take(EntriesArrived(Span(1), 5, [entry(6)]))
    assert (reading.wanted, reading.failure) == (None, DROPPED)


def test_more_than_one_wants_to_hold() -> None:
    reading = PastReading(Span(0), most_bytes=100)
    reading.take(EntriesArrived(Span(0), 0, [entry(number) for number in range(1, 20)]))
    assert (reading.wanted, reading.failure) == (None, TOO_LARGE)
