"""The sessions that this server owns: it takes them, writes to their logs, and gives them up (OWN rules)."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Sequence
from typing import Any
from weakref import WeakSet, WeakValueDictionary

import msgspec

from optiverse_collab.core.server.journal import Snapshot
from optiverse_collab.core.server.names import Name
from optiverse_collab.core.server.references import Header, References
from optiverse_collab.errors import StorageError
from optiverse_collab_server.storage.api import Elsewhere, Stored, Tail, no_such_session
from optiverse_collab_server.storage.housekeeping import KEEP_ALL, Retention
from optiverse_collab_server.storage.jetstream.log import Node, SessionLog
from optiverse_collab_server.storage.jetstream.reading import LogReader
from optiverse_collab_server.storage.jetstream.records import LogRecord, State, decode_record
from optiverse_collab_server.storage.jetstream.retention import Tidying
from optiverse_collab_server.storage.jetstream.signs import Signs
from optiverse_collab_server.storage.jetstream.stream import Stream, Unanswered

log = logging.getLogger("optiverse_collab_server")

_headers = msgspec.json.Decoder(Header)


class OwnedSessions:
    """The logs of this server's sessions.

    Args:
        stream: where they are.
        node: this server.
        retention: how much history is kept.

    Attributes:
        stream: the same; another one if that was deleted.
        signs: of life of other servers.
        logs: by session.
    """

    def __init__(self, stream: Stream, node: Node, retention: Retention = KEEP_ALL) -> None:
        self.stream, self.signs = stream, Signs(stream, node)
        self.logs: dict[str, SessionLog] = {}
        self._node, self._retention = node, retention
        self._all: WeakSet[SessionLog] = WeakSet()  # also those that are being taken, or given up
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def lose_all(self, stream: Stream) -> None:
        """The stream was deleted, and another one is used (OWN-6)."""
        self.stream, self.signs = stream, Signs(stream, self._node)
        for one in self._all:
            one.give_up()

    def due(self, most: int) -> list[SessionLog]:
        """Some of the logs, so that each has its turn."""
        some = list(self.logs)[:most]
        for session_id in some:
            self.logs[session_id] = self.logs.pop(session_id)
        return [self.logs[session_id] for session_id in some]

    async def newest(self, session_id: str) -> tuple[int, LogRecord] | None:
        """The last record of a log; None if there is none.

        Raises:
            Unanswered: the stream was deleted, so what it had is not known (OWN-6).
        """
        found = await self.stream.end(session_id)
        if found is not None:
            return found.sequence, decode_record(found.data)
        if not await self.stream.is_there():
            raise Unanswered
        return None

    async def load(self, session_id: str, most: int) -> Stored | None:
        """See `Store.load`."""
        async with self._lock(session_id):
            one = self.logs.get(session_id)
            if one is None or one.is_lost:
                one = await self._take(session_id)
            if one is None:
                return None
            opened = await (await self._reader(session_id, one.last)).open(most)
            one.names, one.start, one.places = opened.names, opened.start, opened.places
        used = References()
        used.add_snapshot(opened.snapshot)
        for entry in opened.entries:
            used.add_entry(_headers.decode(entry))
        names = used.pick(opened.names)
        return Stored(opened.snapshot, opened.start.bytes, names, opened.entries, one.state.term)

    async def seize(self, session_id: str) -> None:
        """Own a session that has a log, even if its owner lives."""
        async with self._lock(session_id):
            await self._take(session_id, by_force=True)

    async def free(self, session_id: str, one: SessionLog) -> None:
        """Let others take a session; what is loaded next waits for that."""
        async with self._lock(session_id):
            with contextlib.suppress(StorageError):
                await one.free()

    async def append(self, session_id: str, *new: Any) -> None:
        """See `Store.append`."""
        one = self.logs.get(session_id)
        if one is None:
            raise no_such_session(session_id)
        await one.append(*new)

    async def begin_chunk(self, session_id: str, snapshot: Snapshot, names: Sequence[Name] = ()) -> int:
        """See `Store.begin_chunk`; with `names`, see `CopiedStore.begin_copy`."""
        one = self.logs.get(session_id)
        if one is None:
            tail = Tail.of(snapshot.clock, names)
            end = snapshot.epoch, tail.clock, snapshot.head, tail.origins, tail.authors
            state = State(*end, size=0, chunk=0, term=snapshot.term)
            one = self.logs[session_id] = self._log(session_id, 0, state, list(names))
        return await one.begin_chunk(snapshot)

    async def leap(self, session_id: str, snapshot: Snapshot, names: Sequence[Name]) -> None:
        """Let a session that this server owns continue at a later place; what is before is deleted."""
        one = self.logs[session_id]
        async with one.tidying:
            await one.leap(snapshot, list(names))

    async def tidy(self, session_id: str) -> None:
        """Drop what has expired of a session, if this server still owns it (OWN-13)."""
        one = self.logs.get(session_id)
        if one is None or one.is_lost or self._retention == KEEP_ALL:
            return
        try:
            async with one.tidying:
                await Tidying(self.stream, session_id, one, self._retention).tidy()
        except StorageError as error:  # tried again with the next chunk, or when it is next opened
            log.warning("The history of session %s stays unchanged: %s", session_id, error)

    async def _take(self, session_id: str, by_force: bool = False) -> SessionLog | None:
        """Own a session; None if it has no log."""
        self.logs.pop(session_id, None)
        stream = self.stream
        newest = await self.newest(session_id)
        if newest is None:
            return None
        last, record = newest
        if not by_force and await self.signs.of_owner(record):
            raise Elsewhere(session_id, record.node)
        if self.stream is not stream:
            raise Unanswered  # that record was in the stream before
        one = self._log(session_id, last, record.after(last), [])
        await one.take()
        self.logs[session_id] = one
        return one

    def _log(self, session_id: str, last: int, state: State, names: list[Name]) -> SessionLog:
        one = SessionLog(self.stream, self._node, session_id, last, state, names)
        self._all.add(one)
        return one

    async def _reader(self, session_id: str, last: int) -> LogReader:
        found = await self.stream.get(last)
        if found is None:  # this server has just written it, so the stream was deleted
            raise Unanswered
        return LogReader(self.stream, session_id, last, decode_record(found))

    def _lock(self, session_id: str) -> asyncio.Lock:
        """A session is loaded once at a time."""
        return self._locks.setdefault(session_id, asyncio.Lock())
