"""Reads a session's log from the stream, and checks that nothing is missing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import NamedTuple

import msgspec

from optiverse_collab.core.record_size import memory_of
from optiverse_collab.core.server.chain import next_head
from optiverse_collab.core.server.journal import Parent, Snapshot
from optiverse_collab.core.server.names import Name
from optiverse_collab.errors import DatabaseDamaged
from optiverse_collab_server.storage.api import TooLarge
from optiverse_collab_server.storage.jetstream.log import Place
from optiverse_collab_server.storage.jetstream.records import (
    Bench,
    Kind,
    LogRecord,
    Start,
    decode_chunk,
    decode_dropped,
    decode_entries,
    decode_record,
)
from optiverse_collab_server.storage.jetstream.stream import Stream, Unanswered

_snapshots = msgspec.json.Decoder(Snapshot)


class Opened(NamedTuple):
    """A chunk, up to a record.

    Attributes:
        start, snapshot: where it begins.
        names: all names of the session, in their order.
        entries: after the snapshot, byte for byte.
        places: clock → the end of an append.
    """

    start: Start
    snapshot: Snapshot
    names: list[Name]
    entries: list[bytes]
    places: dict[int, Place]


class Added(NamedTuple):
    """What a record adds: entries, the first to refer to some names, and further parents."""

    sequence: int
    record: LogRecord
    entries: list[bytes]
    names: list[Name]
    parents: list[Parent]


class LogReader:
    """Reads the log of one session.

    Args:
        stream: where it is.
        session_id: the session.
        last: the record up to which it is read.
        newest: that record.

    Attributes:
        newest: the same.
    """

    def __init__(self, stream: Stream, session_id: str, last: int, newest: LogRecord) -> None:
        self._stream, self._id = stream, session_id
        self._last, self.newest = last, newest

    @staticmethod
    async def of(stream: Stream, session_id: str) -> LogReader | None:
        """A reader of a log up to its present end; None if there is no log."""
        found = await stream.end(session_id)
        if found is None:
            return None
        return LogReader(stream, session_id, found.sequence, decode_record(found.data))

    async def chunks(self) -> AsyncIterator[tuple[int, LogRecord, Start]]:
        """The chunks with their numbers, the newest first; the oldest that is not dropped follows none."""
        at, first = self.newest.state.chunk or self._last, self.newest.state.first
        while at:
            record = decode_record(await self.get(at))
            if record.start is None:
                raise self._damaged(f"record {at} is no chunk")
            before = 0 if at == first else record.start.before
            yield at, record, msgspec.structs.replace(record.start, before=before)
            at = before

    async def open(self, most: int) -> Opened:
        """The newest chunk.

        Args:
            most: about how many bytes of memory the snapshot may take.

        Raises:
            TooLarge: it takes more.
            DatabaseDamaged: something is missing or wrong.
        """
        async for at, record, start in self.chunks():
            if start.bytes > most:
                raise TooLarge
            chunk = decode_chunk(await self._content(record))
            if memory_of(bytes(chunk.snapshot)) > most:
                raise TooLarge
            snapshot = _snapshots.decode(chunk.snapshot)
            names = {(name.kind, name.number): name for name in chunk.names}
            entries: list[bytes] = []
            places: dict[int, Place] = {}
            head = snapshot.head
            async for added in self.added(at, start):
                names |= {(name.kind, name.number): name for name in added.names}
                for entry in added.entries:
                    head = next_head(head, entry)
                entries += added.entries
                snapshot.parents.extend(added.parents)
                places[added.record.state.clock] = Place(added.sequence, added.record.state.head)
            state = self.newest.state
            if (snapshot.clock + len(entries), head) != (state.clock, state.head):
                raise self._damaged(f"its entries after change {snapshot.clock} don't fit")
            return Opened(start, snapshot, list(names.values()), entries, places)
        raise self._damaged("it has no chunk")

    async def added(self, chunk: int, start: Start) -> AsyncIterator[Added]:
        """What was added after a chunk began.

        Args:
            chunk: the record of the chunk, and `start` where it begins.
        """
        previous = start.follows
        first = previous + 1 if previous else chunk
        async for message in self._stream.read(self._id, first, self._last):
            record = decode_record(message.data)
            if record.previous != previous:
                raise self._damaged(f"a record between {previous} and {message.sequence} is missing")
            previous = message.sequence
            if record.kind is Kind.ENTRIES:
                content = decode_entries(await self._content(record))
                entries = [bytes(entry) for entry in content.entries]
                yield Added(message.sequence, record, entries, content.names, content.parents)
        if previous != self._last:
            raise self._damaged(f"the records after {previous} are missing")

    async def chunk_of(self, record: LogRecord) -> tuple[Snapshot, list[Name]]:
        """The snapshot of a chunk, and all names up to there."""
        chunk = decode_chunk(await self._content(record))
        return _snapshots.decode(chunk.snapshot), chunk.names

    async def bench(self, bench: Bench) -> bytes:
        """The records of a kept bench, as a JSON array."""
        if not isinstance(bench.records, msgspec.UnsetType):
            return bytes(bench.records)
        return b"".join([await self.get(part) for part in bench.parts])

    async def dropped(self) -> dict[int, bytes]:
        """Clock → head of places in dropped history."""
        at = self.newest.after(self._last).drop
        if not at:
            return {}
        return dict(decode_dropped(await self._content(decode_record(await self.get(at)))).places)

    async def _content(self, record: LogRecord) -> bytes:
        if not isinstance(record.content, msgspec.UnsetType):
            return bytes(record.content)
        return b"".join([await self.get(part) for part in record.parts])

    async def get(self, sequence: int) -> bytes:
        """A message.

        Raises:
            DatabaseDamaged: it is missing.
            Unanswered: the whole stream is.
        """
        found = await self._stream.get(sequence)
        if found is None:
            if not await self._stream.is_there():
                raise Unanswered
            raise self._damaged(f"message {sequence} is missing")
        return found

    def _damaged(self, what: str) -> DatabaseDamaged:
        return DatabaseDamaged(
            f"Session {self._id!r} in NATS is damaged ({what}) and was left unchanged; restore a backup "
            "of the stream."
        )
