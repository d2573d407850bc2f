"""Storage in a stream of NATS JetStream that several servers share."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import secrets
from collections.abc import Coroutine, Sequence
from typing import Any, TypeVar
from weakref import WeakValueDictionary

import msgspec

from optiverse_collab.core.server.journal import Kept, Parent, Snapshot
from optiverse_collab.core.server.names import Name
from optiverse_collab.core.server.references import Header, References
from optiverse_collab.errors import StorageError
from optiverse_collab_server.storage.api import (
    ANY_SIZE,
    Elsewhere,
    Span,
    Stored,
    StoredEntries,
    StoredPast,
    Tail,
    closed,
    no_such_session,
)
from optiverse_collab_server.storage.jetstream.log import Node, SessionLog
from optiverse_collab_server.storage.jetstream.past import read_at, read_span, read_start
from optiverse_collab_server.storage.jetstream.reading import LogReader
from optiverse_collab_server.storage.jetstream.records import LogRecord, State, decode_record
from optiverse_collab_server.storage.jetstream.signs import BEAT_SECONDS, Signs
from optiverse_collab_server.storage.jetstream.stream import ALIVE_SECONDS, Stream, open_stream

CLOSE_SECONDS = 3.0
"""How long a server waits until NATS knows that it has given sessions up."""

_headers = msgspec.json.Decoder(Header)

_T = TypeVar("_T")


class JetStreamStore:
    """A `CopiedStore` in NATS; made by `open_store`.

    Args:
        stream: where the logs are.
        name: of this server, for others; unlike theirs.
    """

    def __init__(self, stream: Stream, name: str) -> None:
        self._stream = stream
        self._node = Node(name, secrets.token_hex(8), itertools.count(1).__next__)
        self._signs = Signs(stream, self._node)
        self._logs: dict[str, SessionLog] = {}
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._work: set[asyncio.Task[Any]] = set()
        self._is_closed = False
        self._beating = asyncio.create_task(self._keep_beating())
        self._last_beat_s = asyncio.get_running_loop().time()

    async def load(self, session_id: str, most: int = ANY_SIZE) -> Stored | None:
        """See `Store.load`; from now on, this server owns the session (OWN-2).

        Raises:
            Elsewhere: another server owns it, and is alive.
        """
        return await self._do(self._load(session_id, most))

    async def load_at(self, session_id: str, clock: int, most: int = ANY_SIZE) -> StoredPast | None:
        """See `Store.load_at`."""
        return await self._do(self._load_at(session_id, clock, most))

    async def load_entries(self, session_id: str, span: Span) -> StoredEntries | None:
        """See `Store.load_entries`."""
        return await self._do(self._load_entries(session_id, span))

    async def load_start(self, session_id: str, most: int = ANY_SIZE) -> Stored | None:
        """See `CopiedStore.load_start`."""
        return await self._do(self._load_start(session_id, most))

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
        self._check_open()
        if entries:
            await self._do(self._append(session_id, entries, names, parents))

    async def begin_chunk(self, session_id: str, snapshot: Snapshot) -> int:
        """See `Store.begin_chunk`.

        Raises:
            Elsewhere: another server has taken the session.
        """
        return await self._do(self._begin_chunk(session_id, snapshot))

    async def begin_copy(self, session_id: str, snapshot: Snapshot, names: Sequence[Name]) -> int:
        """See `CopiedStore.begin_copy`."""
        return await self._do(self._begin_chunk(session_id, snapshot, names))

    async def size(self, session_id: str) -> int:
        """See `Store.size`."""
        self._check_open()
        if (log := self._logs.get(session_id)) is not None:
            return log.state.size
        newest = await self._newest(session_id)
        return 0 if newest is None else newest[1].state.size

    async def sessions(self) -> list[str]:
        """See `Store.sessions`."""
        self._check_open()
        return await self._stream.sessions()

    async def elsewhere(self, session_id: str) -> str:
        """See `Store.elsewhere`; waits until the owner gives another sign of life, or the last one ends."""
        self._check_open()
        newest = None if session_id in self._logs else await self._newest(session_id)
        return newest[1].node if newest is not None and await self._signs.owner_lives(newest[1]) else ""

    async def release(self, session_id: str) -> None:
        """See `Store.release`."""
        log = self._logs.pop(session_id, None)
        if log is not None and not log.is_lost and not self._is_closed:
            freeing = self._start(self._free(session_id, log))
            await asyncio.wait([freeing], timeout=CLOSE_SECONDS)  # it goes on when NATS answers

    def has_lost(self, session_id: str) -> bool:
        """See `Store.has_lost`."""
        log = self._logs.get(session_id)
        return log is not None and log.is_lost

    async def beat(self) -> None:
        """Give a sign of life; after a silence, look for sessions that others have taken (OWN-4).

        Raises:
            StorageError: NATS does not answer.
        """
        await self._stream.beat(self._node.name, self._node.run)
        now_s = asyncio.get_running_loop().time()
        if now_s - self._last_beat_s > ALIVE_SECONDS - BEAT_SECONDS:
            for log in list(self._logs.values()):
                await log.check()
        self._last_beat_s = now_s

    async def close(self) -> None:
        """See `Store.close`."""
        if self._is_closed:
            return
        self._is_closed = True
        self._beating.cancel()
        last = asyncio.create_task(self._finish())
        await asyncio.wait([last], timeout=CLOSE_SECONDS)
        unfinished = pending = {*self._work, self._beating, last}
        while pending:  # again, since `wait_for` may swallow a cancellation before Python 3.12
            for task in pending:
                task.cancel()
            _, pending = await asyncio.wait(pending, timeout=0.2)
        await asyncio.gather(*unfinished, return_exceptions=True)
        await self._stream.close()

    async def _finish(self) -> None:
        """Finish the open work, and let others take the sessions."""
        if self._work:
            await asyncio.wait(self._work)
        logs = [log for log in self._logs.values() if not log.is_lost]
        await asyncio.gather(*(log.free() for log in logs), return_exceptions=True)

    # The work, each in a task of its own: a cancelled caller leaves no record half written

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
        return Stored(opened.snapshot, opened.start.bytes, used.pick(opened.names), opened.entries)

    async def _take(self, session_id: str) -> SessionLog | None:
        """Own a session; None if it has no log."""
        self._logs.pop(session_id, None)
        newest = await self._newest(session_id)
        if newest is None:
            return None
        last, record = newest
        if await self._signs.of_owner(record):
            raise Elsewhere(session_id, record.node)
        state = record.state if record.state.chunk else msgspec.structs.replace(record.state, chunk=last)
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
            state = State(snapshot.epoch, tail.clock, snapshot.head, tail.origins, tail.authors, 0, 0)
            log = SessionLog(self._stream, self._node, session_id, 0, state, list(names))
        size = await log.begin_chunk(snapshot)
        self._logs[session_id] = log
        return size

    async def _reader_of(self, session_id: str) -> LogReader | None:
        """A reader of the log up to now; None if there is no log."""
        newest = await self._newest(session_id)
        return None if newest is None else LogReader(self._stream, session_id, *newest)

    async def _load_at(self, session_id: str, clock: int, most: int) -> StoredPast | None:
        reader = await self._reader_of(session_id)
        return None if reader is None else await read_at(reader, clock, most)

    async def _load_entries(self, session_id: str, span: Span) -> StoredEntries | None:
        reader = await self._reader_of(session_id)
        return None if reader is None else await read_span(reader, span)

    async def _load_start(self, session_id: str, most: int) -> Stored | None:
        reader = await self._reader_of(session_id)
        return None if reader is None else await read_start(reader, most)

    # Help

    async def _newest(self, session_id: str) -> tuple[int, LogRecord] | None:
        """The last record of a log; None if there is none."""
        found = await self._stream.end(session_id)
        return None if found is None else (found.sequence, decode_record(found.data))

    async def _reader(self, session_id: str, last: int) -> LogReader:
        return LogReader(self._stream, session_id, last, decode_record(await self._stream.get(last)))

    async def _do(self, work: Coroutine[Any, Any, _T]) -> _T:
        if self._is_closed:
            work.close()
            raise closed()
        return await asyncio.shield(self._start(work))

    def _start(self, work: Coroutine[Any, Any, _T]) -> asyncio.Task[_T]:
        task = asyncio.create_task(work)
        self._work.add(task)
        task.add_done_callback(self._work.discard)
        return task

    async def _keep_beating(self) -> None:
        while True:
            await asyncio.sleep(BEAT_SECONDS)
            with contextlib.suppress(StorageError):
                await self.beat()

    def _lock(self, session_id: str) -> asyncio.Lock:
        """A session is loaded once at a time."""
        return self._locks.setdefault(session_id, asyncio.Lock())

    def _check_open(self) -> None:
        if self._is_closed:
            raise closed()


async def open_store(servers: Sequence[str], name: str, replicas: int) -> JetStreamStore:
    """Connect to NATS.

    Args:
        servers: addresses of NATS servers.
        name: of this server, for others; unlike theirs.
        replicas: how many NATS servers keep each message.

    Raises:
        StorageError: they don't answer, or can't keep the sessions so.
    """
    store = JetStreamStore(await open_stream(servers, replicas), name)
    await store.beat()  # before it takes a session
    return store
