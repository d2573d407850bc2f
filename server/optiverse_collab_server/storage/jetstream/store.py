"""Storage in a stream of NATS JetStream that several servers share."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import secrets
from collections.abc import Callable, Sequence
from typing import Any
from weakref import WeakValueDictionary

import msgspec
from nats.aio.client import Client

from optiverse_collab.core.server.journal import Kept, Parent, Snapshot
from optiverse_collab.core.server.names import Name
from optiverse_collab.core.server.references import Header, References
from optiverse_collab.core.server.repair import Place
from optiverse_collab.errors import StorageError
from optiverse_collab_server.storage.api import (
    ANY_SIZE,
    Elsewhere,
    Span,
    Stored,
    StoredEntries,
    StoredPast,
    Tail,
    no_such_session,
)
from optiverse_collab_server.storage.jetstream.log import Node, SessionLog
from optiverse_collab_server.storage.jetstream.opening import find_stream, open_stream
from optiverse_collab_server.storage.jetstream.past import read_at, read_span, read_start
from optiverse_collab_server.storage.jetstream.reading import LogReader
from optiverse_collab_server.storage.jetstream.records import LogRecord, State, decode_record
from optiverse_collab_server.storage.jetstream.signs import BEAT_SECONDS, Signs
from optiverse_collab_server.storage.jetstream.stream import ALIVE_SECONDS, Stream, Unanswered
from optiverse_collab_server.storage.jetstream.tasks import Tasks

CLOSE_SECONDS = 3.0
"""How long a server waits until NATS knows that it has given sessions up."""

_headers = msgspec.json.Decoder(Header)


class JetStreamStore:
    """A `CopiedStore` in NATS; made by `open_store`.

    Args:
        stream: where the logs are.
        name: of this server, for others; unlike theirs.
        replicas: how many NATS servers keep each message.

    Attributes:
        age_s: how long ago the stream was made when this server found it, if clocks are right.
        on_replaced: called when the stream was deleted, and this server uses another one.
    """

    def __init__(self, stream: Stream, name: str, replicas: int) -> None:
        self.age_s = stream.age_s
        self.on_replaced: Callable[[], None] = lambda: None
        self._stream, self._replicas = stream, replicas
        self._node = Node(name, secrets.token_hex(8), itertools.count(1).__next__)
        self._signs = Signs(stream, self._node)
        self._logs: dict[str, SessionLog] = {}
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._tasks = Tasks()
        self._beating = asyncio.create_task(self._keep_beating())
        self._last_beat_s = asyncio.get_running_loop().time()

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
            await self._tasks.do(self._append(session_id, entries, names, parents))

    async def begin_chunk(self, session_id: str, snapshot: Snapshot) -> int:
        """See `Store.begin_chunk`.

        Raises:
            Elsewhere: another server has taken the session.
        """
        return await self._tasks.do(self._begin_chunk(session_id, snapshot))

    async def begin_copy(self, session_id: str, snapshot: Snapshot, names: Sequence[Name]) -> int:
        """See `CopiedStore.begin_copy`."""
        return await self._tasks.do(self._begin_chunk(session_id, snapshot, names))

    async def size(self, session_id: str) -> int:
        """See `Store.size`."""
        self._tasks.check_open()
        if (log := self._logs.get(session_id)) is not None:
            return log.state.size
        newest = await self._newest(session_id)
        return 0 if newest is None else newest[1].state.size

    async def sessions(self) -> list[str]:
        """See `Store.sessions`."""
        self._tasks.check_open()
        return await self._stream.sessions()

    async def elsewhere(self, session_id: str) -> str:
        """See `Store.elsewhere`; waits until the owner gives another sign of life, or the last one ends."""
        self._tasks.check_open()
        newest = None if session_id in self._logs else await self._newest(session_id)
        return newest[1].node if newest is not None and await self._signs.owner_lives(newest[1]) else ""

    async def release(self, session_id: str) -> None:
        """See `Store.release`."""
        log = self._logs.pop(session_id, None)
        if log is not None and not log.is_lost and not self._tasks.is_closed:
            freeing = self._tasks.start(self._free(session_id, log))
            await asyncio.wait([freeing], timeout=CLOSE_SECONDS)  # it goes on when NATS answers

    def has_lost(self, session_id: str) -> bool:
        """See `Store.has_lost`."""
        log = self._logs.get(session_id)
        return log is not None and log.is_lost

    async def beat(self) -> None:
        """Give a sign of life; after a silence, look for sessions that others have taken (OWN-4).

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
        if now_s - self._last_beat_s > ALIVE_SECONDS - BEAT_SECONDS:
            for log in list(self._logs.values()):
                await log.check()
        self._last_beat_s = now_s

    async def place(self, session_id: str) -> Place | None:
        """Where the log of a session ends; None if there is none."""
        newest = await self._newest(session_id)
        return None if newest is None else Place(*msgspec.structs.astuple(newest[1].state)[:3])

    async def seize(self, session_id: str) -> None:
        """Own a session that has a log, even if its owner lives: that one is deposed (OWN-4).

        Raises:
            Elsewhere: another server was quicker.
        """
        await self._tasks.do(self._seize(session_id))

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
        logs = [log for log in self._logs.values() if not log.is_lost]
        await asyncio.gather(*(log.free() for log in logs), return_exceptions=True)

    # The work

    async def _load(self, session_id: str, most: int) -> Stored | None:
        async with self._lock(session_id):
            log = self._logs.get(session_id)
            if log is None or log.is_lost:
                log = await self._take(session_id)
            if log is None:
                return None
            opened = await (await self._reader(session_id, log.last)).open(most)
            log.names, log.start, log.places = opened.names, opened.start, opened.places
        used = References()
        used.add_snapshot(opened.snapshot)
        for entry in opened.entries:
            used.add_entry(_headers.decode(entry))
        names = used.pick(opened.names)
        return Stored(opened.snapshot, opened.start.bytes, names, opened.entries, log.state.term)

    async def _seize(self, session_id: str) -> None:
        async with self._lock(session_id):
            await self._take(session_id, by_force=True)

    async def _take(self, session_id: str, by_force: bool = False) -> SessionLog | None:
        """Own a session; None if it has no log."""
        self._logs.pop(session_id, None)
        newest = await self._newest(session_id)
        if newest is None:
            return None
        last, record = newest
        if not by_force and await self._signs.of_owner(record):
            raise Elsewhere(session_id, record.node)
        state = record.state if record.state.chunk else record.state.with_chunk(last)
        log = SessionLog(self._stream, self._node, session_id, last, state, [])
        await log.take()
        self._logs[session_id] = log
        return log

    async def _free(self, session_id: str, log: SessionLog) -> None:
        async with self._lock(session_id):
            with contextlib.suppress(StorageError):
                await log.free()

    async def _append(self, session_id: str, *new: Any) -> None:
        log = self._logs.get(session_id)
        if log is None:
            raise no_such_session(session_id)
        await log.append(*new)

    async def _begin_chunk(self, session_id: str, snapshot: Snapshot, names: Sequence[Name] = ()) -> int:
        log = self._logs.get(session_id)
        if log is None:
            tail = Tail.of(snapshot.clock, names)
            end = snapshot.epoch, tail.clock, snapshot.head, tail.origins, tail.authors
            state = State(*end, size=0, chunk=0, term=snapshot.term)
            log = SessionLog(self._stream, self._node, session_id, 0, state, list(names))
            self._logs[session_id] = log  # before it exists: it is given up with the others
        return await log.begin_chunk(snapshot)

    # Help

    async def _newest(self, session_id: str) -> tuple[int, LogRecord] | None:
        """The last record of a log; None if there is none."""
        found = await self._stream.end(session_id)
        return None if found is None else (found.sequence, decode_record(found.data))

    async def _reader(self, session_id: str, last: int) -> LogReader:
        return LogReader(self._stream, session_id, last, decode_record(await self._stream.get(last)))

    async def _replace_stream(self) -> None:
        """Use another stream, since this one was deleted: nothing of it is acknowledged any more."""
        self._stream = await find_stream(self._stream.client, self._replicas)
        self._signs = Signs(self._stream, self._node)
        for log in self._logs.values():
            log.give_up()
        self.on_replaced()
        await self._stream.beat(self._node.name, self._node.run)

    async def _keep_beating(self) -> None:
        while True:
            await asyncio.sleep(BEAT_SECONDS)
            with contextlib.suppress(StorageError):
                await self.beat()

    def _lock(self, session_id: str) -> asyncio.Lock:
        """A session is loaded once at a time."""
        return self._locks.setdefault(session_id, asyncio.Lock())


async def open_store(servers: Sequence[str], name: str, replicas: int) -> JetStreamStore:
    """Connect to NATS.

    Args:
        servers: addresses of NATS servers.
        name: of this server, for others; unlike theirs.
        replicas: how many NATS servers keep each message.

    Raises:
        StorageError: they don't answer, or can't keep the sessions so.
    """
    store = JetStreamStore(await open_stream(servers, replicas), name, replicas)
    await store.beat()  # before it takes a session
    return store
