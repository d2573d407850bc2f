"""Old history is dropped from a session's log (OWN-13), and versions outlive it (HIST-15)."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import msgspec
import pytest

from optiverse_collab.core.records import Lane, Op, Put, Record, Remove, Set
from optiverse_collab.core.server.history import History
from optiverse_collab.core.versions import VERSION
from optiverse_collab_server.storage import Retention, Span
from optiverse_collab_server.storage.api import Elsewhere
from optiverse_collab_server.storage.housekeeping import KEEP_ALL
from optiverse_collab_server.storage.jetstream import retention
from optiverse_collab_server.storage.jetstream.store import JetStreamStore, open_store
from optiverse_collab_server.storage.jetstream.stream import Stream, Unanswered
from optiverse_collab_server.storage.past import bench_of
from optiverse_collab_server.storage.steps import finished
from tests.core.server.histories import begin_chunk, do, make
from tests.helpers import aio
from tests.helpers.nats_server import NatsServer, needs_nats

pytestmark = needs_nats

DROP_ALL = Retention(bytes=0)


@asynccontextmanager
async def opened(nats: NatsServer, name: str, keep: Retention = DROP_ALL) -> AsyncIterator[JetStreamStore]:
    """The store of a server that keeps so much history."""
    store = await open_store([nats.address], name, 1, keep)
    try:
        yield store
    finally:
        await store.close()


class Edited:
    """The session `bench`, whose changes are stored one by one.

    Attributes:
        benches: clock → the records of the bench.
    """

    def __init__(self, store: JetStreamStore) -> None:
        self._store, self._history = store, make()
        self.benches: dict[int, dict[str, Record]] = {}

    async def create(self) -> None:
        """Create it."""
        await self._store.begin_chunk("bench", History.empty(self._history.epoch))

    async def change(self, *ops: Op) -> None:
        """Make a change."""
        kept = do(self._history, *ops).kept
        await self._store.append("bench", [kept], self._history.names.take_new())
        records = self._history.document.records.items()
        self.benches[kept.clock] = {id: one for id, one in records if one.lane is Lane.BENCH}

    async def keep(self, name: str, clock: int) -> None:
        """Keep a version."""
        await self.change(Put(name, VERSION, {"name": name, "clock": clock}, Lane.META))

    async def begin_chunk(self) -> None:
        """Continue in another chunk."""
        await self._store.begin_chunk("bench", begin_chunk(self._history))

    async def fill(self) -> None:
        """Make three chunks, which begin at the clocks 0, 4 and 7, and three versions."""
        await self.create()
        await self.change(Put("lens", "k", {"x": 1}))
        await self.change(Put("mirror", "k", {"x": 2}))
        await self.change(Set("lens", {"x": 3}, []))
        await self.keep("old", 2)
        await self.begin_chunk()
        await self.change(Remove("mirror"))
        await self.keep("mid", 5)
        await self.keep("old too", 2)
        await self.begin_chunk()
        await self.change(Set("lens", {"x": 4}, []))


async def bench_at(store: JetStreamStore, clock: int) -> dict[str, Record] | None:
    """The stored bench of a clock; None if it is not kept."""
    stored = await store.load_at("bench", clock)
    if stored is None:
        return None
    _, records = finished(bench_of(stored))
    found = [msgspec.json.decode(record, type=Record) for record in records]
    return {record.id: record for record in found}


async def readable(store: JetStreamStore, edited: Edited) -> list[int]:
    """The clocks whose bench can be read; each must be right."""
    found = {clock: await bench_at(store, clock) for clock in edited.benches}
    assert all(bench is None or bench == edited.benches[clock] for clock, bench in found.items())
    return [clock for clock, bench in found.items() if bench is not None]


async def messages(store: JetStreamStore) -> int:
    """How many messages the stream has, without signs of life."""
    info = await store._stream._js.stream_info("optiverse-collab", subjects_filter=">")
    return sum(count for name, count in (info.state.subjects or {}).items() if ".node." not in name)


async def tidied(store: JetStreamStore) -> None:
    """Wait until nothing is left to do."""
    await store._tasks.finished()


@pytest.mark.parametrize("is_long", [False, True])
def test_history_goes_and_versions_stay(
    nats: NatsServer, is_long: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """OWN-13, HIST-15: bit for bit, also for another server, and after a restart."""
    if is_long:
        monkeypatch.setattr(retention, "PART_BYTES", 100)
        monkeypatch.setattr("optiverse_collab_server.storage.jetstream.stream.PART_BYTES", 100)
        monkeypatch.setattr("optiverse_collab_server.storage.jetstream.log.PART_BYTES", 100)

    async def scenario() -> None:
        async with opened(nats, "a", KEEP_ALL) as ann:
            edited = Edited(ann)
            await edited.fill()
            assert await readable(ann, edited) == [*range(1, 9)]
            before = await ann.size("bench"), await messages(ann)
        async with opened(nats, "b") as bob:
            stored = await bob.load("bench")
            await tidied(bob)
            assert await readable(bob, edited) == [2, 5, 7, 8]
            assert await bob.size("bench") < before[0]
            assert await messages(bob) < before[1]
            start = await bob.load_start("bench")
            assert stored is not None
            assert start is not None
            assert start.snapshot == stored.snapshot
            found = await bob.load_entries("bench", Span(0, 99))
            assert found is not None
            assert (found.after, found.entries) == (7, stored.entries)
            await bob.release("bench")
        async with opened(nats, "c") as eve:
            assert await eve.load("bench") == msgspec.structs.replace(stored, term=stored.term + 1)
            assert await readable(eve, edited) == [2, 5, 7, 8]

    aio.run(scenario())


def test_a_bench_goes_with_its_last_version(nats: NatsServer) -> None:
    """HIST-15"""

    async def scenario() -> None:
        async with opened(nats, "a") as ann:
            edited = Edited(ann)
            await edited.fill()
            await tidied(ann)
            await edited.change(Remove("old"))
            await edited.change(Remove("mid"))
            await ann.load("bench")
            await tidied(ann)
            assert await readable(ann, edited) == [2, 7, 8, 9, 10]
            await edited.change(Remove("old too"))
            await edited.begin_chunk()
            await tidied(ann)
            assert await readable(ann, edited) == [11]
            assert await ann._stream.benches("bench") == set()

    aio.run(scenario())


def test_only_the_owner_drops_history(nats: NatsServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """OWN-13, OWN-4: one that was deposed meanwhile deletes nothing."""

    async def scenario() -> None:
        async with opened(nats, "a", KEEP_ALL) as ann, opened(nats, "b", KEEP_ALL) as bob:
            edited = Edited(ann)
            await edited.fill()
            log = ann._owned.logs["bench"]
            await bob.seize("bench")
            count = await messages(bob)
            with pytest.raises(Elsewhere):
                await retention.Tidying(ann._stream, "bench", log, DROP_ALL).tidy()
            assert await messages(bob) == count + 2  # benches that it kept
            assert await readable(bob, edited) == [*range(1, 9)]

    aio.run(scenario())


def test_what_was_interrupted_is_finished(nats: NatsServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """OWN-13: by whoever opens the session next."""

    async def fails(*_: object) -> None:
        raise Unanswered

    async def scenario() -> None:
        async with opened(nats, "a", KEEP_ALL) as ann:
            edited = Edited(ann)
            await edited.fill()
        async with opened(nats, "b") as bob:
            with monkeypatch.context() as patch:
                patch.setattr(Stream, "drop", fails)
                await bob.load("bench")
                await tidied(bob)
            count = await messages(bob)
            assert await readable(bob, edited) == [2, 5, 7, 8]
        async with opened(nats, "c") as eve:
            await eve.load("bench")
            await tidied(eve)
            assert await messages(eve) < count
            assert await readable(eve, edited) == [2, 5, 7, 8]

    aio.run(scenario())


def test_a_version_that_comes_meanwhile_is_kept(nats: NatsServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """HIST-15: while the benches of other versions are being written."""
    put_bench = retention.put_bench

    async def scenario() -> None:
        async with opened(nats, "a", KEEP_ALL) as ann:
            edited = Edited(ann)
            await edited.fill()

            async def put(stream: Stream, id: str, clock: int, head: bytes, records: bytes) -> int:
                if clock == 2:
                    await edited.keep("late", 3)
                return await put_bench(stream, id, clock, head, records)

            monkeypatch.setattr(retention, "put_bench", put)
            log = ann._owned.logs["bench"]
            await retention.Tidying(ann._stream, "bench", log, DROP_ALL).tidy()
            assert await readable(ann, edited) == [2, 3, 5, 7, 8, 9]

    aio.run(scenario())


def test_versions_that_take_too_much_keep_the_history(
    nats: NatsServer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """HIST-15: and the log says what to do."""
    monkeypatch.setattr(retention, "MOST_BYTES", 1)

    async def scenario() -> None:
        async with opened(nats, "a", KEEP_ALL) as ann:
            edited = Edited(ann)
            await edited.fill()
            log = ann._owned.logs["bench"]
            with caplog.at_level(logging.WARNING):
                await retention.Tidying(ann._stream, "bench", log, DROP_ALL).tidy()
            assert await readable(ann, edited) == [*range(1, 9)]

    aio.run(scenario())
    assert "The history of session bench stays: its versions take more than 500 MB" in caplog.text


def test_readers_go_on_while_history_is_dropped(nats: NatsServer) -> None:
    """OWN-13: what they began to read is read again."""

    async def scenario() -> None:
        async with opened(nats, "a", KEEP_ALL) as ann:
            edited = Edited(ann)
            await edited.fill()

            async def read() -> None:
                while not is_over:
                    stored = await ann.load_entries("bench", Span(0, 99))
                    assert stored is not None
                    assert stored.after + len(stored.entries) == 8

            is_over = False
            reading = [asyncio.create_task(read()) for _ in range(3)]
            log = ann._owned.logs["bench"]
            await retention.Tidying(ann._stream, "bench", log, DROP_ALL).tidy()
            is_over = True
            await asyncio.gather(*reading)

    aio.run(scenario())


def test_old_history_goes_and_recent_stays(nats: NatsServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """OWN-13: by age, or by how much there is."""

    async def scenario() -> None:
        async with opened(nats, "a", KEEP_ALL) as ann:
            edited = Edited(ann)
            await edited.fill()
            log = ann._owned.logs["bench"]
            monkeypatch.setattr(retention, "now_ms", lambda: 0)
            for keep in (Retention(days=1), Retention(bytes=10**6)):
                await retention.Tidying(ann._stream, "bench", log, keep).tidy()
                assert await readable(ann, edited) == [*range(1, 9)]
            monkeypatch.setattr(retention, "now_ms", lambda: 10**15)
            await retention.Tidying(ann._stream, "bench", log, Retention(days=1)).tidy()
            assert await readable(ann, edited) == [2, 5, 7, 8]

    aio.run(scenario())
