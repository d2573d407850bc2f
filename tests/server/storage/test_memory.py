"""The store without a disk: nothing in it follows what its callers do with their copies."""

from __future__ import annotations

from optiverse_collab_server.storage import MemoryStore, Stored
from tests.helpers.aio import run
from tests.helpers.storage import snapshot


def test_store_does_not_follow_later_changes_of_a_snapshot() -> None:
    async def scenario() -> None:
        store = MemoryStore()
        given = snapshot(3, records=4)
        await store.save_snapshot("bench", given)
        given.clients["client-9"] = 1
        given.records[0][1].props["name"] = "changed"
        given.records.clear()
        assert await store.load("bench") == Stored(snapshot(3, records=4), [])

    run(scenario())


def test_what_is_loaded_is_the_callers_own() -> None:
    async def scenario() -> None:
        store = MemoryStore()
        await store.save_snapshot("bench", snapshot(3, records=4))
        loaded = await store.load("bench")
        assert loaded is not None
        loaded.snapshot.tombstones.clear()
        loaded.snapshot.records[0][1].props.clear()
        assert await store.load("bench") == Stored(snapshot(3, records=4), [])

    run(scenario())
