"""What every `Store` promises (DUR-1 to DUR-5)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import msgspec
import pytest

from optiverse_collab.core.server.journal import Entry
from optiverse_collab.errors import StorageError
from optiverse_collab_server.storage import MemoryStore, SqliteStore, Store, Stored
from tests.helpers import aio
from tests.helpers.storage import clock_of, entries, entry, snapshot

Scenario = Callable[[Store], Awaitable[None]]
Run = Callable[[Scenario], None]

STORES: dict[str, Callable[[Path], Store]] = {
    "memory": lambda folder: MemoryStore(),
    "sqlite": lambda folder: SqliteStore(folder),
}


@pytest.fixture(params=STORES)
def run(request: pytest.FixtureRequest, tmp_path: Path) -> Run:
    """Runs a scenario with a new store of each kind."""

    async def opened_and_closed(scenario: Scenario) -> None:
        store = STORES[request.param](tmp_path)
        try:
            await scenario(store)
        finally:
            await store.close()

    return lambda scenario: aio.run(opened_and_closed(scenario))


def test_a_session_that_was_never_saved_is_none(run: Run) -> None:
    async def scenario(store: Store) -> None:
        assert await store.load("bench") is None
        assert await store.sessions() == []

    run(scenario)


def test_entries_without_a_snapshot_are_refused(run: Run) -> None:
    async def scenario(store: Store) -> None:
        with pytest.raises(StorageError, match="'bench' is not stored yet"):
            await store.append("bench", [entry(1)])
        assert await store.load("bench") is None
        assert await store.sessions() == []

    run(scenario)


@pytest.mark.parametrize("clocks", [[3], [5], [7], [6, 8], [6, 6], [7, 6]])
def test_clock_that_is_not_the_next_is_refused(run: Run, clocks: list[int]) -> None:
    async def scenario(store: Store) -> None:
        await store.save_snapshot("bench", snapshot(3))
        await store.append("bench", entries(4, 5))
        with pytest.raises(StorageError, match="comes next"):
            await store.append("bench", [entry(clock) for clock in clocks])
        assert await store.load("bench") == Stored(snapshot(3), entries(4, 5))
        await store.append("bench", [entry(6)])
        assert await clock_of(store, "bench") == 6

    run(scenario)


def test_a_snapshot_never_turns_history_back(run: Run) -> None:
    async def scenario(store: Store) -> None:
        await store.save_snapshot("bench", snapshot(5, records=3))
        await store.append("bench", entries(6, 7))
        with pytest.raises(StorageError, match="older"):
            await store.save_snapshot("bench", snapshot(4))
        assert await store.load("bench") == Stored(snapshot(5, records=3), entries(6, 7))

    run(scenario)


def test_after_close_every_call_is_refused(run: Run) -> None:
    async def scenario(store: Store) -> None:
        await store.save_snapshot("bench", snapshot())
        await store.close()
        for call in (
            store.load("bench"),
            store.append("bench", [entry(1)]),
            store.append("bench", []),
            store.save_snapshot("bench", snapshot(1)),
            store.sessions(),
        ):
            with pytest.raises(StorageError, match="closed"):
                await call
        await store.close()

    run(scenario)


def test_close_finishes_what_was_asked_for(run: Run) -> None:
    async def scenario(store: Store) -> None:
        await store.save_snapshot("bench", snapshot())
        pending = [
            asyncio.ensure_future(store.append("bench", entries(1, 3))),
            asyncio.ensure_future(store.save_snapshot("bench", snapshot(3, records=2000))),
            asyncio.ensure_future(store.append("bench", [entry(4)])),
        ]
        await asyncio.sleep(0)  # they have begun
        await store.close()
        assert await asyncio.gather(*pending) == [None, None, None]

    run(scenario)


def test_everything_comes_back_as_it_was(run: Run) -> None:
    """DUR-4"""
    odd = msgspec.Raw(b'[{"op":"set","id":"\xe2\x88\x9a\\u0000","props":{"a":-0.0,"b":1e300,"c":1.0,"d":1}}]')
    full = Entry(8, "client \U0001f52d", 2**53, "Åsa\n\x00", 2**41, odd, lost=msgspec.Raw(b'[{"op":"x"}]'))

    async def scenario(store: Store) -> None:
        await store.save_snapshot("bench", snapshot(7, records=5))
        await store.append("bench", [full])
        stored = await store.load("bench")
        assert stored == Stored(snapshot(7, records=5), [full])
        assert bytes(stored.entries[0].ops) == bytes(odd)
        assert list(stored.snapshot.tombstones) == list(snapshot(7, records=5).tombstones)

    run(scenario)


def test_a_snapshot_of_ten_thousand_records_comes_back(run: Run) -> None:
    large = snapshot(10, records=10_000)

    async def scenario(store: Store) -> None:
        await store.save_snapshot("bench", large)
        assert await store.load("bench") == Stored(large, [])

    run(scenario)


def test_appending_nothing_does_nothing(run: Run) -> None:
    async def scenario(store: Store) -> None:
        await store.append("bench", [])
        assert await store.sessions() == []

    run(scenario)


@pytest.mark.parametrize("clock", [2, 3, 5])
def test_a_snapshot_replaces_the_entries_up_to_its_clock(run: Run, clock: int) -> None:
    """DUR-5; also where one append reaches over the clock of the snapshot."""

    async def scenario(store: Store) -> None:
        await store.save_snapshot("bench", snapshot())
        await store.append("bench", entries(1, 1))
        await store.append("bench", entries(2, 5))
        await store.save_snapshot("bench", snapshot(clock, records=4))
        assert await store.load("bench") == Stored(snapshot(clock, records=4), entries(clock + 1, 5))
        await store.append("bench", [entry(6)])
        await store.save_snapshot("bench", snapshot(6, records=1))
        assert await store.load("bench") == Stored(snapshot(6, records=1), [])

    run(scenario)


def test_a_snapshot_may_be_ahead_of_the_log(run: Run) -> None:
    async def scenario(store: Store) -> None:
        await store.save_snapshot("bench", snapshot())
        await store.append("bench", entries(1, 2))
        await store.save_snapshot("bench", snapshot(9))
        with pytest.raises(StorageError, match="comes next"):
            await store.append("bench", [entry(3)])
        await store.append("bench", [entry(10)])
        assert await store.load("bench") == Stored(snapshot(9), [entry(10)])

    run(scenario)


def test_another_epoch_begins_anew(run: Run) -> None:
    """CLK-3: nothing of one history gets into another."""

    async def scenario(store: Store) -> None:
        await store.save_snapshot("bench", snapshot(5, records=3))
        await store.append("bench", entries(6, 20))
        await store.save_snapshot("bench", snapshot(2, epoch="epoch-2"))
        assert await store.load("bench") == Stored(snapshot(2, epoch="epoch-2"), [])
        await store.append("bench", [entry(3)])
        assert await clock_of(store, "bench") == 3

    run(scenario)


def test_session_ids_are_told_apart_exactly(run: Run) -> None:
    names = [
        "bench",
        "Bench",
        "bench ",
        "",
        "a/b",
        "..",
        "x' OR 1=1 --",
        "é",
        "e\u0301",
        "🔭",
        "a\0b",
        "a\0c",
        "%",
        "l" * 500,
    ]

    async def scenario(store: Store) -> None:
        for number, name in enumerate(names):
            await store.save_snapshot(name, snapshot(number))
            await store.append(name, entries(number + 1, number + 2))
        assert await store.sessions() == sorted(names)
        for number, name in enumerate(names):
            assert await store.load(name) == Stored(snapshot(number), entries(number + 1, number + 2))

    run(scenario)


def test_refused_append_harms_none_that_waits_with_it(run: Run) -> None:
    """DUR-2"""

    async def scenario(store: Store) -> None:
        names = [f"bench-{number}" for number in range(200)]
        for name in names:
            await store.save_snapshot(name, snapshot())
        wrong = {"bench-0", "bench-77", "bench-199"}
        outcomes = await asyncio.gather(
            *(store.append(name, [entry(9 if name in wrong else 1)]) for name in names),
            store.append("nobody", [entry(1)]),
            return_exceptions=True,
        )
        refused = [name for name, outcome in zip([*names, "nobody"], outcomes, strict=True) if outcome]
        assert refused == ["bench-0", "bench-77", "bench-199", "nobody"]
        assert all(isinstance(outcome, (StorageError, type(None))) for outcome in outcomes)
        for name in names:
            assert await clock_of(store, name) == (0 if name in wrong else 1)

    run(scenario)


def test_appends_of_a_session_take_effect_in_order(run: Run) -> None:
    async def scenario(store: Store) -> None:
        await store.save_snapshot("bench", snapshot())
        await asyncio.gather(*(store.append("bench", [entry(clock)]) for clock in range(1, 301)))
        assert await store.load("bench") == Stored(snapshot(), entries(1, 300))

    run(scenario)


def test_appends_go_on_while_a_snapshot_is_saved(run: Run) -> None:
    """DUR-5"""

    async def scenario(store: Store) -> None:
        await store.save_snapshot("bench", snapshot())
        await store.append("bench", entries(1, 10))
        saving = asyncio.ensure_future(store.save_snapshot("bench", snapshot(10, records=3000)))
        for clock in range(11, 31):
            await store.append("bench", [entry(clock)])
        await saving
        assert await store.load("bench") == Stored(snapshot(10, records=3000), entries(11, 30))

    run(scenario)


def test_whoever_is_cancelled_does_no_harm(run: Run) -> None:
    async def scenario(store: Store) -> None:
        await store.save_snapshot("bench", snapshot())
        waiting = [asyncio.ensure_future(store.append("bench", [entry(clock)])) for clock in range(1, 6)]
        await asyncio.sleep(0)
        waiting[1].cancel()
        results = await asyncio.gather(*waiting, return_exceptions=True)
        assert [result for number, result in enumerate(results) if number != 1] == [None] * 4
        assert await clock_of(store, "bench") == 5

    run(scenario)
