"""Storage in a stream of NATS JetStream that several servers share."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import secrets
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager

import msgspec
from nats.aio.client import Client

from optiverse_collab.core.server.journal import Kept, Parent, Snapshot
from optiverse_collab.core.server.names import Name
from optiverse_collab.core.server.repair import Place
from optiverse_collab.errors import StorageError
from optiverse_collab_server.storage.apart import Apart
from optiverse_collab_server.storage.api import (
    ANY_SIZE,
    Span,
    Stored,
    StoredEntries,
    StoredPast,
)
from optiverse_collab_server.storage.housekeeping import KEEP_ALL, Retention
from optiverse_collab_server.storage.jetstream.log import Node
from optiverse_collab_server.storage.jetstream.opening import find_stream, open_stream, patiently
from optiverse_collab_server.storage.jetstream.owned import OwnedSessions
from optiverse_collab_server.storage.jetstream.past import (
    read_apart,
    read_at,
    read_log,
    read_span,
    read_start,
)
from optiverse_collab_server.storage.jetstream.reading import LogReader
from optiverse_collab_server.storage.jetstream.records import encode
from optiverse_collab_server.storage.jetstream.retention import put_bench
from optiverse_collab_server.storage.jetstream.signs import BEAT_SECONDS
from optiverse_collab_server.storage.jetstream.stream import ALIVE_SECONDS, Stream, Unanswered
from optiverse_collab_server.storage.jetstream.tasks import Tasks

CLOSE_SECONDS = 3.0
"""How long a server waits until NATS knows that it has given sessions up."""

CHECKED = 20
"""In how many sessions a server looks with each sign of life."""


class JetStreamStore:
    """A `StandbyStore` in NATS; made by `open_store`.

    Args:
        stream: where the logs are.
        name: of this server, for others; unlike theirs.
        replicas: how many NATS servers keep each message.
        retention: how much history is kept; all of it by default.

    Attributes:
        age_s: how long ago the stream was made when this server found it, if clocks are right.
        on_replaced: called when the stream was deleted, and this server uses another one.
    """

    def __init__(self, stream: Stream, name: str, replicas: int, retention: Retention = KEEP_ALL) -> None:
        self.age_s = stream.age_s
        self.on_replaced: Callable[[], None] = lambda: None
        self._replicas = replicas
        self._node = Node(name, secrets.token_hex(8), itertools.count(1).__next__)
        self._owned = OwnedSessions(stream, self._node, retention)
        self._tasks = Tasks()
        self._beating = asyncio.create_task(self._keep_beating())
        self._last_beat_s = asyncio.get_running_loop().time()

    @property
    def _stream(self) -> Stream:
        return self._owned.stream

    @property
    def client(self) -> Client:
        """The connection to NATS."""
        return self._stream.client

    async def load(self, session_id: str, most: int = ANY_SIZE) -> Stored | None:
        """See `Store.load`; from now on, this server owns the session (OWN-2).

        Raises:
            Elsewhere: another server owns it, and is alive.
        """
        return await self._tasks.do(self._load(session_id, most))

    async def load_at(self, session_id: str, clock: int, most: int = ANY_SIZE) -> StoredPast | None:
        """See `Store.load_at`."""
        return await self._tasks.do(read_at(self._stream, session_id, clock, most))

    async def load_entries(self, session_id: str, span: Span) -> StoredEntries | None:
        """See `Store.load_entries`."""
        return await self._tasks.do(read_span(self._stream, session_id, span))

    async def load_start(self, session_id: str, most: int = ANY_SIZE) -> Stored | None:
        """See `CopiedStore.load_start`."""
        return await self._tasks.do(read_start(self._stream, session_id, most))

    async def append(
        self,
        session_id: str,
        entries: Sequence[Kept],
        names: Sequence[Name] = (),
        parents: Sequence[Parent] = (),
    ) -> None:
        """See `Store.append`; it waits while NATS does not answer (OWN-3).

        Raises:
            Elsewhere: another server has taken the session.
        """
        self._tasks.check_open()
        if entries:
            await self._tasks.do(self._owned.append(session_id, entries, names, parents))

    async def begin_chunk(self, session_id: str, snapshot: Snapshot) -> int:
        """See `Store.begin_chunk`.

        Raises:
            Elsewhere: another server has taken the session.
        """
        return await self._tasks.do(self._begin_chunk(session_id, snapshot))

    async def begin_copy(self, session_id: str, snapshot: Snapshot, names: Sequence[Name]) -> int:
        """See `CopiedStore.begin_copy`."""
        return await self._tasks.do(self._owned.begin_chunk(session_id, snapshot, names))

    async def load_apart(self, session_id: str) -> Apart | None:
        """See `StandbyStore.load_apart`."""
        return await self._tasks.do(read_apart(self._stream, session_id))

    async def keep(self, session_id: str, clock: int, head: bytes, records: Sequence[msgspec.Raw]) -> None:
        """See `StandbyStore.keep`."""
        data = encode(records)
        await self._tasks.do(put_bench(self._stream, session_id, clock, head, data))

    async def head_of(self, session_id: str, clock: int) -> bytes | None:
        """The head at a place in dropped history at which a journal may end; None for others."""
        heads = await read_log(self._stream, session_id, LogReader.dropped)
        return (heads or {}).get(clock)

    async def size(self, session_id: str) -> int:
        """See `Store.size`."""
        self._tasks.check_open()
        if (log := self._owned.logs.get(session_id)) is not None:
            return log.state.stored
        newest = await self._owned.newest(session_id)
        return 0 if newest is None else newest[1].state.stored

    async def sessions(self) -> list[str]:
        """See `Store.sessions`."""
        self._tasks.check_open()
        return await self._stream.sessions()

    async def elsewhere(self, session_id: str) -> str:
        """See `Store.elsewhere`; waits until the owner gives another sign of life, or the last one ends."""
        self._tasks.check_open()
        newest = None if session_id in self._owned.logs else await self._owned.newest(session_id)
        return newest[1].node if newest is not None and await self._owned.signs.owner_lives(newest[1]) else ""

    async def release(self, session_id: str) -> None:
        """See `Store.release`."""
        log = self._owned.logs.pop(session_id, None)
        if log is not None and not log.is_lost and not self._tasks.is_closed:
            freeing = self._tasks.start(self._owned.free(session_id, log))
            await asyncio.wait([freeing], timeout=CLOSE_SECONDS)  # it goes on when NATS answers

    def has_lost(self, session_id: str) -> bool:
        """See `Store.has_lost`."""
        log = self._owned.logs.get(session_id)
        return log is not None and log.is_lost

    async def beat(self) -> None:
        """Give a sign of life, and look for sessions that others have taken; after a silence, in all (OWN-4).

        If the stream is gone, use another one (OWN-6).

        Raises:
            StorageError: NATS does not answer.
        """
        try:
            await self._stream.beat(self._node.name, self._node.run)
        except Unanswered:
            if await self._stream.is_there():
                raise
            await self._replace_stream()
        now_s = asyncio.get_running_loop().time()
        was_silent = now_s - self._last_beat_s > ALIVE_SECONDS - BEAT_SECONDS
        for log in self._owned.due(len(self._owned.logs) if was_silent else CHECKED):
            await log.check()
        self._last_beat_s = now_s

    async def place(self, session_id: str) -> Place | None:
        """Where the log of a session ends; None if there is none."""
        newest = await self._owned.newest(session_id)
        return None if newest is None else Place(*msgspec.structs.astuple(newest[1].state)[:3])

    async def seize(self, session_id: str) -> None:
        """Own a session that has a log, even if its owner lives: that one is deposed (OWN-4).

        Raises:
            Elsewhere: another server was quicker.
        """
        await self._tasks.do(self._owned.seize(session_id))

    async def leap(self, session_id: str, snapshot: Snapshot, names: Sequence[Name]) -> None:
        """Let a session that this server owns continue at a later place; what is before is deleted.

        Raises:
            Elsewhere: another server has taken it.
        """
        await self._tasks.do(self._owned.leap(session_id, snapshot, names))

    def undropped(self, session_id: str) -> AbstractAsyncContextManager[object]:
        """A context in which this server drops no history of a session."""
        log = self._owned.logs.get(session_id)
        return contextlib.nullcontext() if log is None else log.tidying

    async def close(self) -> None:
        """See `Store.close`."""
        if self._tasks.is_closed:
            return
        self._tasks.is_closed = True
        self._beating.cancel()
        last = asyncio.create_task(self._finish())
        await asyncio.wait([last], timeout=CLOSE_SECONDS)
        await self._tasks.cancel(self._beating, last)
        await self._stream.close()

    async def _finish(self) -> None:
        """Finish the open work, and let others take the sessions."""
        await self._tasks.finished()
        logs = [log for log in self._owned.logs.values() if not log.is_lost]
        await asyncio.gather(*(log.free() for log in logs), return_exceptions=True)

    async def _load(self, session_id: str, most: int) -> Stored | None:
        stored = await self._owned.load(session_id, most)
        if stored is not None:
            self._tasks.start(self._owned.tidy(session_id))
        return stored

    async def _begin_chunk(self, session_id: str, snapshot: Snapshot) -> int:
        size = await self._owned.begin_chunk(session_id, snapshot)
        self._tasks.start(self._owned.tidy(session_id))
        return size

    async def _replace_stream(self) -> None:
        """Use another stream, since this one was deleted: nothing of it is acknowledged any more."""
        self._owned.lose_all(await find_stream(self._stream.client, self._replicas))
        self.on_replaced()
        await self._stream.beat(self._node.name, self._node.run)

    async def _keep_beating(self) -> None:
        while True:
            await asyncio.sleep(BEAT_SECONDS)
            with contextlib.suppress(StorageError):
                await self.beat()


async def open_store(
    servers: Sequence[str], name: str, replicas: int, retention: Retention = KEEP_ALL
) -> JetStreamStore:
    """Connect to NATS.

    Args:
        servers: addresses of NATS servers.
        name: of this server, for others; unlike theirs.
        replicas: how many NATS servers keep each message.
        retention: how much history is kept.

    Raises:
        StorageError: they don't answer, or can't keep the sessions so.
    """
    stream = await open_stream(servers, replicas)
    store = JetStreamStore(stream, name, replicas, retention)
    await patiently(store.beat)  # before it takes a session
    return store
