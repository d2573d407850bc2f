"""Reads a session's history from its log: any moment, any span, and its start."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

import msgspec

from optiverse_collab.core.server.names import Name
from optiverse_collab.core.server.past import memory_of
from optiverse_collab.core.server.references import References
from optiverse_collab.errors import DatabaseDamaged
from optiverse_collab_server.storage.apart import Apart
from optiverse_collab_server.storage.api import ANY_SIZE, Span, Stored, StoredEntries, StoredPast, TooLarge
from optiverse_collab_server.storage.jetstream.reading import LogReader
from optiverse_collab_server.storage.jetstream.records import decode_bench, decode_raw
from optiverse_collab_server.storage.jetstream.stream import Stream
from optiverse_collab_server.storage.spans import Collected

_T = TypeVar("_T")


async def read_log(stream: Stream, session_id: str, read: Callable[[LogReader], Awaitable[_T]]) -> _T | None:
    """Read something from a log up to its present end; None if there is no log.

    If its owner drops history meanwhile, it is read again.

    Raises:
        DatabaseDamaged: something is missing or wrong.
    """
    reader = await LogReader.of(stream, session_id)
    while reader is not None:
        try:
            return await read(reader)
        except DatabaseDamaged:
            again = await LogReader.of(stream, session_id)
            if again is None or again.newest.state.first == reader.newest.state.first:
                raise
            reader = again
    return None


async def read_at(stream: Stream, session_id: str, clock: int, most: int) -> StoredPast | None:
    """A session after the change at a clock; None if that is not stored.

    Raises:
        TooLarge: it takes more than `most` bytes of memory.
        DatabaseDamaged: something is missing or wrong.
    """
    past = await read_log(stream, session_id, lambda reader: _read_at(reader, clock, most))
    if past is not None:
        return past
    reader, data = await LogReader.of(stream, session_id), await stream.get_bench(session_id, clock)
    if reader is None or data is None:
        return None
    bench = decode_bench(data)
    if memory_of(bench.size, 0) > most:
        raise TooLarge
    return StoredPast(reader.newest.state.epoch, clock, bench.head, decode_raw(await reader.bench(bench)), [])


async def _read_at(reader: LogReader, clock: int, most: int) -> StoredPast | None:
    if clock > reader.newest.state.clock:
        return None
    async for at, record, start in reader.chunks():
        if start.clock > clock:
            continue
        if start.bytes > most:
            raise TooLarge
        snapshot, _ = await reader.chunk_of(record)
        memory, entries = start.bytes, list[bytes]()
        async for added in reader.added(at, start):
            new = added.entries[: max(clock - start.clock - len(entries), 0)]
            memory += memory_of(sum(map(len, new)), len(new))
            if memory > most:
                raise TooLarge
            entries += new
            if start.clock + len(entries) >= clock:
                break
        records = [msgspec.Raw(msgspec.json.encode(one.record)) for one in snapshot.records]
        return StoredPast(snapshot.epoch, snapshot.clock, snapshot.head, records, entries)
    return None


async def read_span(stream: Stream, session_id: str, span: Span) -> StoredEntries | None:
    """The first changes of a span; None if there is no such session.

    Raises:
        DatabaseDamaged: something is missing or wrong.
    """
    return await read_log(stream, session_id, lambda reader: _read_span(reader, span))


async def _read_span(reader: LogReader, span: Span) -> StoredEntries:
    collected, names = Collected(span), list[Name]()
    async for at, record, start in reader.chunks():
        if start.before and start.clock > span.after and start.time_ms >= span.since_ms:
            continue
        snapshot, names = await reader.chunk_of(record)
        collected.begin(start.clock, snapshot.head)
        async for added in reader.added(at, start):
            names += added.names
            for entry in added.entries:
                collected.add(entry)
            if collected.is_full:
                break
        break
    return collected.stored(reader.newest.state.epoch, names)


async def read_start(stream: Stream, session_id: str, most: int) -> Stored | None:
    """The oldest snapshot, with its names and without entries; None if there is no such session.

    Raises:
        TooLarge: it takes more than `most` bytes of memory.
        DatabaseDamaged: something is missing or wrong.
    """
    return await read_log(stream, session_id, lambda reader: _read_start(reader, most))


async def _read_start(reader: LogReader, most: int) -> Stored | None:
    async for _, record, start in reader.chunks():
        if start.before:
            continue
        if start.bytes > most:
            raise TooLarge
        snapshot, names = await reader.chunk_of(record)
        used = References()
        used.add_snapshot(snapshot)
        needed = [name for name in names if name.number in used.numbers(name.kind)]
        return Stored(snapshot, start.bytes, needed, [])
    return None


async def read_apart(stream: Stream, session_id: str) -> Apart | None:
    """What a session has apart from its entries; None if there is no such session.

    Raises:
        DatabaseDamaged: something is missing or wrong.
    """
    kept = frozenset(await stream.benches(session_id))
    return await read_log(stream, session_id, lambda reader: _read_apart(reader, kept))


async def _read_apart(reader: LogReader, kept: frozenset[int]) -> Apart:
    *_, (_, _, oldest) = [chunk async for chunk in reader.chunks()]
    return Apart(oldest.clock, kept, (await reader.open(ANY_SIZE)).snapshot.parents)
