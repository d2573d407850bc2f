"""The past, replayed: HIST-1 to HIST-3 of docs/protocol.md."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import pytest
from msgspec.structs import replace

from optiverse_collab.core.limits import Limits
from optiverse_collab.core.protocol.codec import decode_server, encode
from optiverse_collab.core.protocol.past import (
    EntriesPage,
    EntriesRequest,
    PastPage,
    PastRefused,
    PastRequest,
)
from optiverse_collab.core.records import Lane, Op, Put, Record, Remove, Set
from optiverse_collab.core.server import past
from optiverse_collab.core.server.effects import ReadEntries, ReadPast, Send
from optiverse_collab.core.server.history import History
from optiverse_collab.core.server.journal import Snapshot
from optiverse_collab.core.server.past import Past, PastEntries
from tests.core.server.histories import do, make

CHANGES: list[Op] = [
    Put("a", "k", {"x": 0}),
    Put("b", "k", {"x": 0}),
    Set("a", {"x": 1}),
    Set("b", {"y": 2}, ["x"]),
    Remove("a"),
    Put("c", "k", {}),
    Put("a", "k", {"x": 7}),
]


def past_of(history: History, entries: Sequence[bytes], at: Snapshot | None = None) -> Past:
    """A past that begins with a snapshot, or with nothing."""
    start = at or History.empty(history.epoch)
    records = [msgspec.Raw(msgspec.json.encode(one.record)) for one in start.records]
    return Past(start.epoch, start.clock, start.head, records, entries)


def told(past: Past, page_bytes: int = 10**6) -> list[PastPage]:
    """The pages of the answer to request 5, as they arrive."""
    texts = [encode(page) for page in past.pages(5, page_bytes)]
    found = [decode_server(text, Limits()) for text in texts]
    assert all(isinstance(page, PastPage) for page in found)
    return [page for page in found if isinstance(page, PastPage)]


def records_of(past: Past) -> list[Record]:
    """The records in the answer."""
    return [record for page in told(past) for record in page.records]


def test_replay_gives_what_the_history_had_at_each_clock() -> None:
    """HIST-2: with the same order and head."""
    history = make()
    expected, kept = [], []
    for op in CHANGES:
        kept.append(do(history, op).kept.data)
        expected.append((dict(history.document.records), history.chain.head))
    for clock, (records, head) in enumerate(expected, 1):
        found = past_of(history, kept[:clock])
        assert list(found.replay()) == []
        assert records_of(found) == list(records.values())
        assert (found.clock, found.head) == (clock, head)


def test_replay_goes_on_from_a_snapshot() -> None:
    history = make()
    for op in CHANGES[:4]:
        do(history, op)
    snapshot = history.snapshot()
    kept = [do(history, op).kept.data for op in CHANGES[4:]]
    found = past_of(history, kept, snapshot)
    list(found.replay())
    assert records_of(found) == list(history.document.records.values())
    assert found.head == history.chain.head


def test_replay_is_done_in_short_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """HIST-4"""
    history = make()
    kept = [do(history, op).kept.data for op in CHANGES]
    monkeypatch.setattr(past, "REPLAY_BYTES", 2 * max(map(len, kept)))
    found = past_of(history, kept)
    assert 1 < len(list(found.replay())) <= len(kept) // 2
    assert records_of(found) == list(history.document.records.values())


def test_pages_are_of_the_bench_alone_and_bounded() -> None:
    """HIST-2"""
    records = [Record(f"r{number}", "k", {"text": "x" * 300}) for number in range(10)]
    history = make()
    for one in [*records, Record("talk", "k", {}, Lane.TALK)]:
        do(history, Put(one.id, one.kind, one.props, one.lane))
    found = past_of(history, [], history.snapshot())
    list(found.replay())
    pages = told(found, page_bytes=1000)
    assert [record for page in pages for record in page.records] == records
    assert {(page.request, page.clock, page.total) for page in pages} == {(5, 11, 10)}
    assert {page.head for page in pages} == {history.chain.head.hex()}
    assert max(len(page.records) for page in pages) == 2
    assert [page.done for page in pages] == [False] * 4 + [True]


def test_the_bench_can_be_kept_as_it_is_answered() -> None:
    """HIST-15: the same records, in the same order."""
    history = make()
    entries = [do(history, op).kept.data for op in [*CHANGES, Put("note", "k", {}, Lane.META)]]
    past = past_of(history, entries)
    for _ in past.replay():
        pass
    assert [msgspec.json.decode(record, type=Record) for record in past.bench()] == records_of(past)


def test_an_empty_bench_is_one_empty_page() -> None:
    """HIST-2"""
    [page] = told(past_of(make(), []))
    assert (page.records, page.clock, page.total, page.done) == ([], 0, 0, True)


@pytest.mark.parametrize("clock", [0, 1, 2])
def test_a_clock_that_people_know_is_read(clock: int) -> None:
    """HIST-1"""
    assert past.answer("c1", PastRequest(9, clock), known=2) == ReadPast("c1", 9, clock)


@pytest.mark.parametrize("clock", [-1, 3, 4, 2**63, -(2**70), 10**400])
def test_a_clock_that_nobody_knows_is_refused(clock: int) -> None:
    """HIST-3"""
    effect = past.answer("c1", PastRequest(9, clock), known=2)
    assert isinstance(effect, Send)
    assert isinstance(effect.message, PastRefused)
    assert (effect.to, effect.message.request, effect.message.reason) == (("c1",), 9, "no_such_clock")


def test_records_of_other_lanes_stay_where_they_are() -> None:
    """DOC-8, HIST-2: a later put does not name the lane."""
    history = make()
    do(history, Put("note", "k", {"x": 1}, Lane.TALK))
    do(history, Put("lens", "k", {"x": 1}))
    snapshot = history.snapshot()
    kept = [do(history, op).kept.data for op in (Put("note", "k", {"x": 2}), Set("note", {"x": 3}))]
    found = past_of(history, kept, snapshot)
    list(found.replay())
    assert [record.id for record in records_of(found)] == ["lens"]


def test_memory_is_counted_while_it_is_replayed() -> None:
    """LIM-16: all values stay JSON; changed records take a little more."""
    history = make()
    do(history, Put("a", "k", {"x": [0] * 1000}), Put("b", "k", {"x": [0] * 1000}))
    do(history, Put("t", "k", {"x": [0] * 1000}, Lane.TALK))
    start, counted = history.snapshot(), []
    for records in ([0], [0, 1], [0, 1, 2]):
        past = past_of(history, (), replace(start, records=[start.records[number] for number in records]))
        assert past.memory == 0
        list(past.replay())
        counted.append(past.memory)
    one, two, three = counted
    assert 2000 < one < 3000
    assert two == 2 * one
    assert two + one < three < two + 2 * one
    kept = [do(history, Set("a", {"y": [number] * 1000})).kept.data for number in range(9)]
    past = past_of(history, kept, start)
    list(past.replay())
    bytes_of_entries = sum(map(len, kept))
    assert three + bytes_of_entries < past.memory < three + bytes_of_entries + 9 * 1000


def test_changes_are_told_with_their_authors() -> None:
    """HIST-7: in order, in pages; an erased author's name is empty."""
    history = make()
    kept = [do(history, op).kept.data for op in CHANGES]
    texts = [encode(page) for page in PastEntries("e", 3, kept, {1: "Ann"}).pages(5, 300)]
    pages = [decode_server(text, Limits()) for text in texts]
    told = [page for page in pages if isinstance(page, EntriesPage)]
    assert len(told) == len(pages) > 1
    assert {(page.request, page.epoch, page.after) for page in told} == {(5, "e", 3)}
    assert [page.done for page in told] == [False] * (len(told) - 1) + [True]
    entries = [entry for page in told for entry in page.entries]
    assert [entry.clock for entry in entries] == [*range(1, len(CHANGES) + 1)]
    assert [op for entry in entries for op in entry.ops] == CHANGES
    assert {entry.author for entry in entries} == {"Ann"}
    [page] = [*PastEntries("e", 3, kept[:1], {}).pages(5, 300)]
    assert page.entries[0].author == ""


def test_no_changes_are_one_empty_page() -> None:
    """HIST-7"""
    [page] = [*PastEntries("e", 3, [], {}).pages(5, 300)]
    assert (page.entries, page.after, page.done) == ([], 3, True)


@pytest.mark.parametrize(
    ("span", "read"),
    [((0, None), (0, 2)), ((1, 2), (1, 2)), ((2, None), (2, 2)), ((0, 0), (0, 0))],
)
def test_a_span_that_people_know_is_read(span: tuple[int, int | None], read: tuple[int, int]) -> None:
    """HIST-6: an open end means the last known change."""
    assert past.answer("c1", EntriesRequest(9, *span, 7), known=2) == ReadEntries("c1", 9, *read, 7)


@pytest.mark.parametrize("span", [(-1, None), (3, None), (0, 3), (2, 1), (0, -1), (0, 10**400)])
def test_a_span_that_nobody_knows_is_refused(span: tuple[int, int | None]) -> None:
    """HIST-3, HIST-6"""
    effect = past.answer("c1", EntriesRequest(9, *span), known=2)
    assert isinstance(effect, Send)
    assert isinstance(effect.message, PastRefused)
    assert (effect.message.request, effect.message.reason) == (9, "no_such_clock")
