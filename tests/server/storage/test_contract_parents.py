"""What every `Store` promises about histories that end later than their snapshot says (BACK-9)."""

from __future__ import annotations

import msgspec
import pytest

from optiverse_collab.core.server.journal import Parent, Snapshot
from optiverse_collab.errors import StorageError
from optiverse_collab_server.storage import Store
from tests.helpers.storage import clock_of, entries, names, snapshot
from tests.server.storage.conftest import Run

FIRST, SECOND = Parent("backup", 5, 50), Parent("backup", 6, 60)


async def start_of(store: Store) -> Snapshot:
    stored = await store.load("bench")
    assert stored is not None
    return stored.snapshot


def test_parents_are_added_with_their_entries(run: Run) -> None:
    """In order, and with the names."""

    async def scenario(store: Store) -> None:
        await store.begin_chunk("bench", snapshot(3))
        there = (await start_of(store)).parents
        await store.append("bench", entries(4, 5), names(2), [FIRST])
        await store.append("bench", entries(6, 6), (), [SECOND])
        await store.append("bench", entries(7, 7))
        start = await start_of(store)
        assert start.parents == [*there, FIRST, SECOND]
        assert msgspec.structs.replace(start, parents=there) == snapshot(3)
        assert await clock_of(store, "bench") == 7

    run(scenario)


def test_an_append_that_is_refused_moves_nothing(run: Run) -> None:
    async def scenario(store: Store) -> None:
        await store.begin_chunk("bench", snapshot(3))
        there = (await start_of(store)).parents
        with pytest.raises(StorageError, match="comes next"):
            await store.append("bench", entries(9, 9), (), [FIRST])
        assert (await start_of(store)).parents == there

    run(scenario)


def test_the_next_chunk_has_its_own_parents(run: Run) -> None:
    """DUR-5: those of its snapshot."""

    async def scenario(store: Store) -> None:
        await store.begin_chunk("bench", snapshot(3))
        await store.append("bench", entries(4, 5), (), [FIRST])
        await store.begin_chunk("bench", snapshot(5))
        assert await start_of(store) == snapshot(5)

    run(scenario)
