"""Reads a session's history from its log: any moment, any span, and its start."""

from __future__ import annotations

import msgspec

from optiverse_collab.core.server.names import Name
from optiverse_collab.core.server.past import memory_of
from optiverse_collab.core.server.references import References
from optiverse_collab_server.storage.api import Span, Stored, StoredEntries, StoredPast, TooLarge
from optiverse_collab_server.storage.jetstream.reading import LogReader
from optiverse_collab_server.storage.jetstream.stream import Stream
from optiverse_collab_server.storage.spans import Collected


async def read_at(stream: Stream, session_id: str, clock: int, most: int) -> StoredPast | None:
    """A session after the change at a clock; None if that is not stored.

    Raises:
        TooLarge: it takes more than `most` bytes of memory.
        DatabaseDamaged: something is missing or wrong.
    """
    reader = await LogReader.of(stream, session_id)
    if reader is None or clock > reader.newest.state.clock:
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
    reader = await LogReader.of(stream, session_id)
    if reader is None:
        return None
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
    reader = await LogReader.of(stream, session_id)
    if reader is None:
        return None
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
