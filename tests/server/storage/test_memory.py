"""The store without a disk is independent of what its callers do with their copies."""

from __future__ import annotations

from optiverse_collab.core.server.journal import Client
from optiverse_collab.core.server.names import Name, NameKind
from optiverse_collab_server.storage import MemoryStore
from optiverse_collab_server.storage.memory import MAX_CHUNKS
from tests.helpers.aio import run
from tests.helpers.storage import content, content_of, entries, snapshot


def test_store_does_not_follow_later_changes_of_a_snapshot() -> None:
    async def scenario() -> None:
        store = MemoryStore()
        given = snapshot(3, records=4)
        await store.begin_chunk("bench", given)
        given.clients.append(Client(9, 1))
        given.records[0].record.props["name"] = "changed"
        given.records.clear()
        assert await content_of(store, "bench") == content(snapshot(3, records=4))

    run(scenario())


def test_what_is_loaded_is_the_callers_own() -> None:
    async def scenario() -> None:
        store = MemoryStore()
        await store.begin_chunk("bench", snapshot(3, records=4))
        await store.append("bench", entries(4, 5))
        loaded = await store.load("bench")
        assert loaded is not None
        loaded.snapshot.tombstones.clear()
        loaded.snapshot.records[0].record.props.clear()
        loaded.entries.clear()
        loaded.names.append(Name(NameKind.AUTHOR, 1, "mine"))
        assert await content_of(store, "bench") == content(snapshot(3, records=4), entries(4, 5))

    run(scenario())


def test_old_chunks_are_dropped() -> None:
    async def scenario() -> None:
        store = MemoryStore()
        await store.begin_chunk("bench", snapshot())
        for clock in range(1, MAX_CHUNKS + 1):
            await store.append("bench", entries(clock, clock))
            await store.begin_chunk("bench", snapshot(clock))
        assert await store.load_at("bench", 0) is None
        assert await store.load_at("bench", 1) is not None

    run(scenario())
