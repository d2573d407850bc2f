"""Drops old history of a session that this server owns (OWN-13), but keeps the benches of versions (HIST-15).

First the log says where its history begins, in a record that only its owner can append. Then what is before
that is deleted. So a server that was deposed in between deletes only what nobody reads any more.
"""

from __future__ import annotations

import asyncio
import logging
from itertools import pairwise
from typing import NamedTuple

import msgspec

from optiverse_collab.core.records import Lane
from optiverse_collab.core.server.stored_versions import StoredVersions
from optiverse_collab_server.storage.api import ANY_SIZE, StoredPast
from optiverse_collab_server.storage.housekeeping import DAY_MS, TOO_LARGE, Retention
from optiverse_collab_server.storage.jetstream.log import SessionLog
from optiverse_collab_server.storage.jetstream.past import read_at
from optiverse_collab_server.storage.jetstream.reading import LogReader
from optiverse_collab_server.storage.jetstream.records import (
    Bench,
    Dropped,
    Kind,
    LogRecord,
    Start,
    decode_bench,
    decode_record,
    encode,
)
from optiverse_collab_server.storage.jetstream.stream import PART_BYTES, Stream
from optiverse_collab_server.storage.kept_versions import MOST_BYTES
from optiverse_collab_server.storage.past import bench_of
from optiverse_collab_server.storage.steps import finished
from optiverse_collab_server.wall_clock import now_ms

PLACES = 5_000
"""How many places are remembered at which journals may end in dropped history."""

log = logging.getLogger("optiverse_collab_server")


class _Chunk(NamedTuple):
    """A chunk: its record, and where it begins."""

    sequence: int
    record: LogRecord
    start: Start

    @property
    def before(self) -> int:
        """How many bytes were stored before it."""
        return self.record.state.size - self.start.bytes


async def put_bench(stream: Stream, session_id: str, clock: int, head: bytes, records: bytes) -> int:
    """Keep a bench, whose records are a JSON array; returns how many bytes it takes."""
    if len(records) <= PART_BYTES:
        bench = Bench(head, len(records), msgspec.Raw(records), [])
    else:
        bench = Bench(head, len(records), msgspec.UNSET, await stream.put_parts(session_id, records, clock))
    await stream.put_bench(session_id, clock, encode(bench))
    return len(records)


class Tidying:
    """Drops what has expired of one session.

    Args:
        stream: where it is.
        session_id: the session.
        session: its log, which this server owns.
        retention: how much is kept.
    """

    def __init__(self, stream: Stream, session_id: str, session: SessionLog, retention: Retention) -> None:
        self._stream, self._id, self._log, self._retention = stream, session_id, session, retention
        self._versions = StoredVersions()
        self._kept: dict[int, int] = {}

    async def tidy(self) -> None:
        """Keep the benches of versions, drop what has expired, and finish what was interrupted.

        Raises:
            Elsewhere: another server has taken the session.
            StorageError: it can't be read, or NATS does not answer.
        """
        reader = await LogReader.of(self._stream, self._id)
        assert reader is not None, "this server owns its log"
        chunks = [_Chunk(*chunk) async for chunk in reader.chunks()][::-1]
        if reader.newest.state.first:
            await self._stream.drop(self._id, chunks[0].start.follows)
        expired = _expired(self._retention, chunks)
        self._kept = dict.fromkeys(await self._stream.benches(self._id), 0)
        if not expired and not self._kept:
            return
        self._reader, self._newest, self._seen = reader, chunks[-1], chunks[-1].start.follows
        self._span = range(chunks[0].start.clock, chunks[expired].start.clock)
        await self._read_snapshot()
        if not await self._drop(chunks[expired], chunks[0]):
            log.warning("The history of session %s stays: its versions %s", self._id, TOO_LARGE)

    async def _drop(self, first: _Chunk, oldest: _Chunk) -> bool:
        """Drop what is before a chunk; False if the benches of versions in it take too much."""
        clocks = await self._clocks(self._log.last)
        others = self._kept.keys() - clocks
        if first is oldest and not others:
            return True
        self._kept = {clock: await self._size(clock) for clock in self._kept.keys() & clocks}
        places = Dropped(await self._places(oldest, first))
        is_done = False
        while not is_done:
            if not await self._keep():
                return False
            kept = sum(self._kept.values())
            is_done = await self._log.drop(first.sequence, first.before, kept, places, self._is_settled)
        for clock in others:
            await self._stream.drop_bench(self._id, clock)
        if first is not oldest:
            await self._stream.drop(self._id, first.start.follows)
            log.info("Dropped the history of session %s up to change %d", self._id, first.start.clock)
        return True

    async def _keep(self) -> bool:
        """Keep the bench of each version in the dropped part; False if they take too much."""
        for clock in sorted(self._missing()):
            if sum(self._kept.values()) > MOST_BYTES:
                return False
            stored = await read_at(self._stream, self._id, clock, ANY_SIZE)
            assert stored is not None, "it is not dropped yet"
            head, records = await asyncio.to_thread(_bench, stored)
            self._kept[clock] = await put_bench(self._stream, self._id, clock, head, records)
        return True

    def _missing(self) -> set[int]:
        """The clocks of versions in the dropped part whose bench is not kept."""
        return {clock for clock in self._versions.clocks if clock in self._span} - self._kept.keys()

    async def _is_settled(self, last: int) -> bool:
        await self._clocks(last)
        return not self._missing()

    async def _clocks(self, last: int) -> set[int]:
        """The clocks of all versions after a record of the log."""
        record = decode_record(await self._reader.get(last))
        start = msgspec.structs.replace(self._newest.start, follows=self._seen)
        reader = LogReader(self._stream, self._id, last, record)
        if last > self._seen:
            async for added in reader.added(self._newest.sequence, start):
                for entry in added.entries:
                    self._versions.add_entry(entry)
            self._seen = last
        return self._versions.clocks

    async def _read_snapshot(self) -> None:
        snapshot, _ = await self._reader.chunk_of(self._newest.record)
        for stored in snapshot.records:
            if stored.record.lane is Lane.META:
                self._versions.add_record(msgspec.Raw(msgspec.json.encode(stored.record)))

    async def _size(self, clock: int) -> int:
        data = await self._stream.get_bench(self._id, clock)
        return 0 if data is None else decode_bench(data).size

    async def _places(self, oldest: _Chunk, first: _Chunk) -> list[tuple[int, bytes]]:
        """Where the session had another owner before a chunk: there, journals of others end."""
        places = await self._reader.dropped()
        if first is not oldest:
            async for message in self._stream.read(self._id, oldest.start.follows + 1, first.start.follows):
                record = decode_record(message.data)
                if record.kind in (Kind.TAKE, Kind.FREE):
                    places[record.state.clock] = record.state.head
        return list(places.items())[-PLACES:]


def _expired(retention: Retention, chunks: list[_Chunk]) -> int:
    """How many of the chunks, oldest first, have expired; never the newest."""
    since_ms = None if retention.days is None else now_ms() - retention.days * DAY_MS
    for number, (chunk, following) in enumerate(pairwise(chunks)):
        is_old = since_ms is not None and following.start.time_ms < since_ms
        cold = chunks[-1].before - chunk.before
        if not is_old and (retention.bytes is None or cold <= retention.bytes):
            return number
    return len(chunks) - 1


def _bench(stored: StoredPast) -> tuple[bytes, bytes]:
    """The head, and the records as a JSON array."""
    head, records = finished(bench_of(stored))
    return head, encode(records)
