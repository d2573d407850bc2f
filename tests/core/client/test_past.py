"""Requests for the past, with a real room on a fake wire: HIST-1 to HIST-5."""

from __future__ import annotations

import pytest

from optiverse_collab.core.client.effects import Transmit
from optiverse_collab.core.client.past import ASK_EVERY_MS, PastRequests
from optiverse_collab.core.client.past_effects import (
    EntriesArrived,
    EntriesUnavailable,
    PastArrived,
    PastUnavailable,
    Span,
)
from optiverse_collab.core.limits import Limits
from optiverse_collab.core.protocol.past import (
    EntriesPage,
    EntriesRequest,
    PastEntry,
    PastPage,
    PastRefused,
    PastRequest,
)
from optiverse_collab.core.records import Put, Record, Remove, Set
from tests.helpers.wire import Peer, Wire, equal


def test_everybody_can_see_what_was(wire: Wire, ann: Peer, bob: Peer) -> None:
    """HIST-2, HIST-5: the live bench is unchanged."""
    before = dict(wire.room.history.document.records)
    clock = wire.room.history.clock
    ann.edit(Remove("lens"), Put("mirror", "component", {"x": 1}))
    ann.edit(Set("mirror", {"x": 2}))
    wire.settle()
    bob.edit(Put("unsent", "component"))
    bob.session.past.ask(clock)
    wire.settle()
    [arrived] = bob.told(PastArrived)
    assert (arrived.clock, arrived.records) == (clock, before)
    assert "lens" not in bob.replica.view
    assert wire.room.history.clock == clock + 2  # Ann's, and Bob's
    assert equal(wire, ann, bob)


def test_an_answer_in_many_pages_is_one_answer() -> None:
    """HIST-2"""
    wire, ann = Wire(Limits(page_bytes=500)), Peer("ann")
    wire.connect(ann)
    ann.edit(*(Put(f"r{number}", "k", {"text": "x" * 100}) for number in range(40)))
    wire.settle()
    ann.session.past.ask(1)
    wire.settle()
    assert sum('"past:page"' in text for text in ann.texts) > 5
    [arrived] = ann.told(PastArrived)
    assert list(arrived.records.values()) == list(ann.replica.view.values())


def test_a_clock_that_is_not_there_is_told(wire: Wire, ann: Peer) -> None:
    """HIST-3"""
    ann.session.past.ask(99)
    wire.settle()
    assert ann.told(PastUnavailable) == [PastUnavailable(99, "The session has no such change.")]
    assert ann.told(PastArrived) == []


def test_a_question_waits_for_the_next_connection(wire: Wire, ann: Peer) -> None:
    """HIST-5: made while away, or interrupted in the middle of the answer."""
    wire.lose(ann)
    ann.session.past.ask(1)
    assert ann.session.wait_ms(wire.now_ms) is None
    wire.connect(ann)
    [arrived] = ann.told(PastArrived)
    assert list(arrived.records) == ["lens"]
    wire.now_ms += 2000
    ann.session.past.ask(0)
    wire.poll(ann)
    wire.lose(ann)
    wire.connect(ann)
    assert [one.clock for one in ann.told(PastArrived)] == [1, 0]


def test_nothing_is_asked_before_the_replica_synchronised(wire: Wire, ann: Peer) -> None:
    """HIST-1"""
    ann.session.past.ask(0)
    ann.replica.synced = False
    assert [effect for effect in ann.session.poll(wire.now_ms + 40) if isinstance(effect, Transmit)] == []


@pytest.fixture
def requests() -> PastRequests:
    """Requests for the clocks 5 and 3."""
    requests = PastRequests()
    for clock in (5, 3, 5):
        requests.ask(clock)
    return requests


def page(request: int, id: str, done: bool = False) -> PastPage:
    """A page with one record."""
    return PastPage(request, "e", 5, "", 2, [Record(id, "k", {})], done)


def test_one_question_at_a_time_and_not_too_fast(requests: PastRequests) -> None:
    """HIST-4"""
    assert requests.poll(0) == [Transmit(PastRequest(1, 5))]
    assert requests.wait_ms(9999) is None
    assert requests.poll(9999) == []
    requests.receive(page(1, "a", done=True))
    assert requests.waiting == [3]
    assert requests.wait_ms(400) == ASK_EVERY_MS - 400
    assert requests.poll(400) == []
    assert requests.poll(ASK_EVERY_MS) == [Transmit(PastRequest(2, 3))]


def test_an_answer_to_another_question_is_ignored(requests: PastRequests) -> None:
    assert requests.receive(page(0, "early", done=True)) == []
    requests.poll(0)
    assert requests.receive(page(1, "a")) == []
    requests.disconnected()
    assert requests.receive(page(1, "late", done=True)) == []
    requests.poll(ASK_EVERY_MS)
    assert requests.receive(PastRefused(1, "busy", "Late.")) == []
    [arrived] = requests.receive(page(2, "b", done=True))
    assert isinstance(arrived, PastArrived)
    assert list(arrived.records) == ["b"]
    assert requests.waiting == [3]


def test_everybody_can_see_what_was_done(wire: Wire, ann: Peer, bob: Peer) -> None:
    """HIST-6, HIST-7: a limited number of changes per request, with their authors' names."""
    clock = wire.room.history.clock
    for number in range(3):
        ann.edit(Put(f"r{number}", "component"))
        wire.settle()
    bob.session.past.ask(Span(clock))
    bob.session.past.ask(Span(clock + 2, clock + 3))
    wire.settle()
    first, second = bob.told(EntriesArrived)
    assert (first.span, first.after) == (Span(clock), clock)
    told = [(entry.clock, entry.author) for entry in first.entries]
    assert told == [(clock + 1, "ann"), (clock + 2, "ann")]
    assert [entry.ops for entry in second.entries] == [[Put("r2", "component")]]


def test_a_span_that_is_not_there_is_told(wire: Wire, ann: Peer) -> None:
    """HIST-3"""
    ann.session.past.ask(Span(99))
    wire.settle()
    assert ann.told(EntriesUnavailable) == [EntriesUnavailable(Span(99), "The session has no such change.")]


def test_changes_come_in_many_pages_and_again_after_a_loss() -> None:
    """HIST-5, HIST-7"""
    requests = PastRequests()
    requests.ask(Span(3, 9, 5))
    assert requests.poll(0) == [Transmit(EntriesRequest(1, 3, 9, 5))]
    one, two = PastEntry(4, 5, "ann", []), PastEntry(5, 6, "bob", [])
    assert requests.receive(EntriesPage(1, "e", 3, [one])) == []
    requests.disconnected()
    requests.poll(ASK_EVERY_MS)
    assert requests.receive(EntriesPage(2, "e", 3, [one])) == []
    assert requests.receive(EntriesPage(2, "e", 3, [two], done=True)) == [
        EntriesArrived(Span(3, 9, 5), 3, [one, two])
    ]
    assert requests.waiting == []


def test_an_answer_of_another_kind_is_ignored(requests: PastRequests) -> None:
    requests.poll(0)
    assert requests.receive(EntriesPage(1, "e", 0, [], done=True)) == []
    assert isinstance(requests.receive(page(1, "a", done=True))[0], PastArrived)
    requests.ask(Span())
    requests.waiting.remove(3)
    requests.poll(ASK_EVERY_MS)
    assert requests.receive(page(2, "a", done=True)) == []
    assert isinstance(requests.receive(EntriesPage(2, "e", 0, [], done=True))[0], EntriesArrived)
