"""The past, as every `Store` promises it: HIST rules."""

from __future__ import annotations

import asyncio

import msgspec
import pytest

from optiverse_collab.core.records import Record
from optiverse_collab_server.storage import Span, Store, TooLarge
from tests.helpers.storage import EPOCH, SIGNED, content, content_of, entries, entry, head, names, snapshot
from tests.server.storage.conftest import Run


def test_any_clock_that_is_kept_can_be_loaded(run: Run) -> None:
    """HIST-2: from the nearest snapshot and the entries up to the clock, even within an append."""

    async def scenario(store: Store) -> None:
        await store.begin_chunk("bench", snapshot(3, records=2))
        await store.append("bench", entries(4, 6), names())
        await store.append("bench", entries(7, 9))
        await store.begin_chunk("bench", snapshot(9, records=4))
        await store.append("bench", entries(10, 12))
        for clock in range(3, 13):
            start, records = (3, 2) if clock < 9 else (9, 4)
            stored = await store.load_at("bench", clock)
            assert stored is not None
            expected = [one.record for one in snapshot(start, records=records).records]
            assert [msgspec.json.decode(raw, type=Record) for raw in stored.records] == expected
            assert (stored.epoch, stored.clock, stored.head) == (EPOCH, start, head(start))
            assert stored.entries == [one.data for one in entries(start + 1, clock)]
        assert await content_of(store, "bench") == content(snapshot(9, records=4), entries(10, 12), names())

    run(scenario)


@pytest.mark.parametrize("clock", [-(2**63), -1, 0, 2, 6, 2**62])
def test_a_clock_that_is_not_kept_is_none(run: Run, clock: int) -> None:
    """HIST-3"""

    async def scenario(store: Store) -> None:
        assert await store.load_at("bench", clock) is None
        await store.begin_chunk("bench", snapshot(3))
        await store.append("bench", entries(4, 5))
        assert await store.load_at("bench", clock) is None
        assert await store.load_at("bench", 5) is not None

    run(scenario)


def test_the_past_is_loaded_while_appends_go_on(run: Run) -> None:
    """HIST-4"""

    async def scenario(store: Store) -> None:
        await store.begin_chunk("bench", snapshot(1, records=3000))
        loading = asyncio.ensure_future(store.load_at("bench", 1))
        for clock in range(2, 12):
            await store.append("bench", [entry(clock)])
        stored = await loading
        assert stored is not None
        assert (len(stored.records), stored.entries) == (3000, [])

    run(scenario)


def test_no_more_is_loaded_than_there_is_memory_for(run: Run) -> None:
    """LIM-16: this limits both records and entries."""

    async def scenario(store: Store) -> None:
        await store.begin_chunk("few", snapshot(1))
        await store.append("few", entries(2, 200), names())
        await store.begin_chunk("many", snapshot(1, records=100))
        for session, clock in (("few", 200), ("many", 1)):
            with pytest.raises(TooLarge, match="too little memory"):
                await store.load_at(session, clock, 5_000)
            assert await store.load_at(session, clock, 10**6) is not None

    run(scenario)


def test_no_session_is_loaded_that_there_is_no_memory_for(run: Run) -> None:
    """LIM-16"""

    async def scenario(store: Store) -> None:
        await store.begin_chunk("bench", snapshot(1, records=100))
        with pytest.raises(TooLarge):
            await store.load("bench", 5_000)
        assert await store.load("bench", 10**6) == await store.load("bench")

    run(scenario)


def clocks(found: list[bytes]) -> list[int]:
    """The clocks of entries."""
    return [msgspec.json.decode(data)["clock"] for data in found]


def test_the_changes_of_any_span_can_be_loaded(run: Run) -> None:
    """HIST-7: across chunks, from within an append, and from the oldest stored change."""

    async def scenario(store: Store) -> None:
        assert await store.load_entries("bench", Span(0, 9)) is None
        await store.begin_chunk("bench", snapshot(3, records=2))
        await store.append("bench", entries(4, 6), names())
        await store.append("bench", entries(7, 9))
        await store.begin_chunk("bench", snapshot(9, records=4))
        await store.append("bench", entries(10, 12))
        for after in range(13):
            for until in range(after, 13):
                found = await store.load_entries("bench", Span(after, until))
                assert found is not None
                first = max(after, 3)
                assert found.entries == [one.data for one in entries(first + 1, until)]
                assert (found.epoch, found.after, found.names) == (EPOCH, first, [])
                assert found.before == head(first)

    run(scenario)


def test_changes_are_loaded_from_a_time_on(run: Run) -> None:
    """HIST-6: `after` is the clock before the first of them, even if there is none."""

    async def scenario(store: Store) -> None:
        await store.begin_chunk("bench", snapshot(1))
        await store.append("bench", entries(2, 6), names())
        await store.begin_chunk("bench", snapshot(6))
        await store.append("bench", entries(7, 9))
        for since in range(12):
            found = await store.load_entries("bench", Span(2, 9, 1_700_000_000_000 + since))
            assert found is not None
            assert clocks(found.entries) == [*range(max(3, since), 10)]
            assert found.after == min(max(2, since - 1), 9)

    run(scenario)


def test_no_more_changes_are_loaded_than_may_be(run: Run) -> None:
    """HIST-7, LIM-16: except that one change always comes, so that the reader makes progress."""

    async def scenario(store: Store) -> None:
        await store.begin_chunk("bench", snapshot(1))
        await store.append("bench", entries(2, 200), names())
        found = await store.load_entries("bench", Span(10, 200, most=5_000))
        assert found is not None
        assert 2 < len(found.entries) < 50
        assert clocks(found.entries) == [*range(11, 11 + len(found.entries))]
        found = await store.load_entries("bench", Span(10, 200, most=1))
        assert found is not None
        assert clocks(found.entries) == [11]

    run(scenario)


def test_changes_have_the_names_that_they_refer_to(run: Run) -> None:
    """HIST-7"""

    async def scenario(store: Store) -> None:
        await store.begin_chunk("bench", snapshot(0))
        await store.append("bench", entries(1, 2, SIGNED), names(2))
        found = await store.load_entries("bench", Span(0, 2))
        assert found is not None
        assert found.names == [name for name in names(2) if name.number == 2]

    run(scenario)
