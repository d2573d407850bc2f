"""What every `Store` promises (DUR-1 to DUR-5)."""

from __future__ import annotations

import asyncio

import msgspec
import pytest

from optiverse_collab.core.server.chain import next_head
from optiverse_collab.core.server.journal import Kept, Snapshot
from optiverse_collab.core.server.names import Name, NameKind
from optiverse_collab.errors import StorageError
from optiverse_collab_server.storage import Store
from tests.helpers.storage import clock_of, content, content_of, entries, entry, head, names, snapshot
from tests.server.storage.conftest import Run


def test_a_session_that_was_never_created_is_none(run: Run) -> None:
    async def scenario(store: Store) -> None:
        assert await store.load("bench") is None
        assert await store.sessions() == []
        assert await store.elsewhere("bench") == ""

    run(scenario)


def test_entries_without_a_chunk_are_refused(run: Run) -> None:
    async def scenario(store: Store) -> None:
        with pytest.raises(StorageError, match="'bench' is not stored yet"):
            await store.append("bench", [entry(1)])
        assert await store.load("bench") is None
        assert await store.sessions() == []

    run(scenario)


@pytest.mark.parametrize("clocks", [[3], [5], [7], [6, 8], [6, 6], [7, 6]])
def test_clock_that_is_not_the_next_is_refused(run: Run, clocks: list[int]) -> None:
    async def scenario(store: Store) -> None:
        await store.begin_chunk("bench", snapshot(3))
        await store.append("bench", entries(4, 5))
        with pytest.raises(StorageError, match="comes next"):
            await store.append("bench", [entry(clock) for clock in clocks], names())
        assert await content_of(store, "bench") == content(snapshot(3), entries(4, 5))
        await store.append("bench", [entry(6)])
        assert await clock_of(store, "bench") == 6

    run(scenario)


def test_names_come_back_in_the_order_of_their_numbers(run: Run) -> None:
    odd = [
        Name(NameKind.AUTHOR, number, text) for number, text in enumerate(["Zoë\n\x00☃", "", "x" * 128], 4)
    ]

    async def scenario(store: Store) -> None:
        await store.begin_chunk("bench", snapshot())
        await store.append("bench", [entry(1)], names(2))
        await store.append("bench", [entry(2)])
        await store.append("bench", [entry(3)], [name for name in names(3) if name.number == 3])
        await store.append("bench", [entry(4)], odd)
        known = [*names(3)[:3], *odd, *names(3)[3:]]
        assert await content_of(store, "bench") == content(snapshot(), entries(1, 4), known)
        await store.begin_chunk("bench", snapshot(4))
        assert await content_of(store, "bench") == content(snapshot(4), [], known)

    run(scenario)


@pytest.mark.parametrize("numbers", [[2], [1, 1], [1, 3], [0]])
def test_a_number_that_is_not_the_next_is_refused(run: Run, numbers: list[int]) -> None:
    async def scenario(store: Store) -> None:
        await store.begin_chunk("bench", snapshot())
        for kind in NameKind:
            wrong = [Name(kind, number, f"name {number}") for number in numbers]
            with pytest.raises(StorageError, match=f"store {kind.value} {numbers[-1]} where . comes next"):
                await store.append("bench", [entry(1)], wrong)
        assert await content_of(store, "bench") == content(snapshot())

    run(scenario)


@pytest.mark.parametrize(
    ("start", "why"),
    [
        (snapshot(4), "and the newest chunk begins at 5"),
        (snapshot(5, records=3), "and the newest chunk begins at 5"),
        (snapshot(6), "where no append ended"),
        (snapshot(8), "where no append ended"),
        (msgspec.structs.replace(snapshot(7), head=head(6)), "which has another head there"),
        (snapshot(7, epoch="epoch-2"), "which is of another history"),
    ],
    ids=["older", "the same", "within an append", "ahead", "another head", "another epoch"],
)
def test_a_chunk_begins_where_an_append_ended(run: Run, start: Snapshot, why: str) -> None:
    """CLK-5: no entry of another history gets in, and the chain has no gap."""

    async def scenario(store: Store) -> None:
        await store.begin_chunk("bench", snapshot(5, records=3))
        await store.append("bench", entries(6, 7))
        with pytest.raises(StorageError, match=f"{start.clock}, {why}; nothing was stored"):
            await store.begin_chunk("bench", start)
        assert await content_of(store, "bench") == content(snapshot(5, records=3), entries(6, 7))
        await store.append("bench", [entry(8)])
        await store.begin_chunk("bench", snapshot(8))
        assert await content_of(store, "bench") == content(snapshot(8))

    run(scenario)


def test_after_close_every_call_is_refused(run: Run) -> None:
    async def scenario(store: Store) -> None:
        await store.begin_chunk("bench", snapshot())
        await store.close()
        for call in (
            store.load("bench"),
            store.load_at("bench", 0),
            store.append("bench", [entry(1)]),
            store.append("bench", []),
            store.begin_chunk("bench", snapshot(1)),
            store.sessions(),
        ):
            with pytest.raises(StorageError, match="closed"):
                await call
        await store.close()

    run(scenario)


def test_close_finishes_what_was_asked_for(run: Run) -> None:
    async def scenario(store: Store) -> None:
        await store.begin_chunk("bench", snapshot())
        pending = [
            asyncio.ensure_future(store.append("bench", entries(1, 3))),
            asyncio.ensure_future(store.begin_chunk("bench", snapshot(3, records=2000))),
            asyncio.ensure_future(store.append("bench", [entry(4)])),
        ]
        await asyncio.sleep(0)  # both have begun
        await store.close()
        appended, size, appended_too = await asyncio.gather(*pending)
        assert (appended, appended_too) == (None, None)
        assert isinstance(size, int)

    run(scenario)


def test_everything_comes_back_byte_for_byte(run: Run) -> None:
    """DUR-4, CLK-5: the chain is computed over the bytes."""
    odd = (
        b'{"clock":8,"origin":0, "author":0,"ops":[{"id":"\xe2\x88\x9a\\u0000","a":-0.0,"b":1e300,"c":1.00}]}'
    )
    full = Kept(8, odd, next_head(head(7), odd))

    async def scenario(store: Store) -> None:
        await store.begin_chunk("bench", snapshot(7, records=5))
        await store.append("bench", [full])
        assert await content_of(store, "bench") == content(snapshot(7, records=5), [full])

    run(scenario)


def test_a_snapshot_of_ten_thousand_records_comes_back(run: Run) -> None:
    large = snapshot(10, records=10_000)

    async def scenario(store: Store) -> None:
        size = await store.begin_chunk("bench", large)
        stored = await store.load("bench")
        assert stored is not None
        assert stored.snapshot == large
        assert stored.snapshot_bytes == size
        assert 5_000_000 < size < 20_000_000

    run(scenario)


def test_appending_nothing_does_nothing(run: Run) -> None:
    async def scenario(store: Store) -> None:
        await store.append("bench", [])
        assert await store.sessions() == []

    run(scenario)


@pytest.mark.parametrize("clock", [1, 2, 5])
def test_a_session_goes_on_from_its_newest_chunk(run: Run, clock: int) -> None:
    """DUR-5"""

    async def scenario(store: Store) -> None:
        await store.begin_chunk("bench", snapshot())
        await store.append("bench", entries(1, 1))
        await store.append("bench", entries(2, 2))
        await store.append("bench", entries(3, 5))
        await store.begin_chunk("bench", snapshot(clock, records=4))
        assert await content_of(store, "bench") == content(snapshot(clock, records=4), entries(clock + 1, 5))
        await store.append("bench", [entry(6)])
        await store.begin_chunk("bench", snapshot(6, records=1))
        assert await content_of(store, "bench") == content(snapshot(6, records=1))

    run(scenario)


def test_session_ids_are_told_apart_exactly(run: Run) -> None:
    ids = ["bench", "Bench", "bench ", "", "a/b", "..", "x' OR 1=1 --", "%", "l" * 500]
    ids += ["é", "e\u0301", "🔭", "a\0b", "a\0c"]

    async def scenario(store: Store) -> None:
        for number, id in enumerate(ids):
            await store.begin_chunk(id, snapshot(number))
            await store.append(id, entries(number + 1, number + 2), names(number))
        assert await store.sessions() == sorted(ids)
        for number, id in enumerate(ids):
            follow = entries(number + 1, number + 2)
            assert await content_of(store, id) == content(snapshot(number), follow, names(number))

    run(scenario)


def test_refused_append_harms_none_that_waits_with_it(run: Run) -> None:
    """DUR-2"""

    async def scenario(store: Store) -> None:
        ids = [f"bench-{number}" for number in range(200)]
        for id in ids:
            await store.begin_chunk(id, snapshot())
        wrong = {"bench-0", "bench-77", "bench-199"}
        outcomes = await asyncio.gather(
            *(
                store.append(id, [entry(9 if id in wrong else 1)], names(number % 2))
                for number, id in enumerate(ids)
            ),
            store.append("nobody", [entry(1)]),
            return_exceptions=True,
        )
        refused = [id for id, outcome in zip([*ids, "nobody"], outcomes, strict=True) if outcome]
        assert refused == ["bench-0", "bench-77", "bench-199", "nobody"]
        assert all(isinstance(outcome, (StorageError, type(None))) for outcome in outcomes)
        for number, id in enumerate(ids):
            kept = () if id in wrong else (entries(1, 1), names(number % 2))
            assert await content_of(store, id) == content(snapshot(), *kept)

    run(scenario)


def test_appends_of_a_session_take_effect_in_order(run: Run) -> None:
    async def scenario(store: Store) -> None:
        await store.begin_chunk("bench", snapshot())
        await asyncio.gather(*(store.append("bench", [entry(clock)]) for clock in range(1, 301)))
        assert await content_of(store, "bench") == content(snapshot(), entries(1, 300))

    run(scenario)


def test_appends_go_on_while_a_chunk_is_begun(run: Run) -> None:
    """DUR-5"""

    async def scenario(store: Store) -> None:
        await store.begin_chunk("bench", snapshot())
        await store.append("bench", entries(1, 10))
        beginning = asyncio.ensure_future(store.begin_chunk("bench", snapshot(10, records=3000)))
        for clock in range(11, 31):
            await store.append("bench", [entry(clock)], names() if clock == 20 else ())
        await beginning
        expected = content(snapshot(10, records=3000), entries(11, 30), names())
        assert await content_of(store, "bench") == expected

    run(scenario)


def test_whoever_is_cancelled_does_no_harm(run: Run) -> None:
    async def scenario(store: Store) -> None:
        await store.begin_chunk("bench", snapshot())
        waiting = [asyncio.ensure_future(store.append("bench", [entry(clock)])) for clock in range(1, 6)]
        await asyncio.sleep(0)
        waiting[1].cancel()
        results = await asyncio.gather(*waiting, return_exceptions=True)
        assert [result for number, result in enumerate(results) if number != 1] == [None] * 4
        assert await clock_of(store, "bench") == 5

    run(scenario)


def test_size_of_a_session_is_that_of_its_data(run: Run) -> None:
    async def scenario(store: Store) -> None:
        assert await store.size("bench") == 0
        snapshot_bytes = await store.begin_chunk("bench", snapshot(records=5))
        before = await store.size("bench")
        assert snapshot_bytes // 2 < before <= snapshot_bytes * 2
        await store.append("bench", entries(1, 20))
        data = sum(len(one.data) for one in entries(1, 20))
        assert data <= await store.size("bench") - before < data + 100
        await store.begin_chunk("other", snapshot(records=5))
        assert data <= await store.size("bench") - before < data + 100

    run(scenario)
