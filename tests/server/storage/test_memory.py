"""The store without a disk is independent of what its callers do with their copies."""

from __future__ import annotations

from optiverse_collab.core.records import Lane, Op, Put, Remove, Set
from optiverse_collab.core.server.history import History
from optiverse_collab.core.server.journal import Client
from optiverse_collab.core.server.names import Name, NameKind
from optiverse_collab_server.storage import MemoryStore
from optiverse_collab_server.storage.memory import MAX_CHUNKS
from optiverse_collab_server.storage.past import bench_of
from optiverse_collab_server.storage.steps import finished
from tests.core.server.histories import begin_chunk, do, make
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


def test_versions_outlive_their_chunks() -> None:
    """HIST-15: until they are removed."""

    async def scenario() -> None:
        store, history = MemoryStore(), make()
        await store.begin_chunk("bench", History.empty("e"))

        async def change(*ops: Op, is_last: bool) -> None:
            kept = do(history, *ops).kept
            await store.append("bench", [kept], history.names.take_new())
            if is_last:
                await store.begin_chunk("bench", begin_chunk(history))

        await change(Put("lens", "k"), is_last=False)
        await change(Put("v", "version", {"name": "good"}, Lane.META), is_last=True)
        for number in range(MAX_CHUNKS):
            await change(Set("lens", {"x": number}), is_last=True)
        past = await store.load_at("bench", 1)
        assert past is not None
        _, records = finished(bench_of(past))
        assert [bytes(record) for record in records] == [b'{"id":"lens","kind":"k","props":{}}']
        assert await store.load_at("bench", 2) is None
        await change(Set("lens", {"x": -1}), is_last=False)
        snapshot = begin_chunk(history)
        await change(Remove("v"), is_last=False)  # while the snapshot is being written
        await store.begin_chunk("bench", snapshot)
        assert await store.load_at("bench", 1) is None

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
