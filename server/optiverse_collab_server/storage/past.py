"""Reads a session as it was at a clock: from the chunk that contains it, or from a kept version."""

from __future__ import annotations

import sqlite3

import msgspec

from optiverse_collab.core.server.past import Past, memory_of
from optiverse_collab_server.storage.api import ANY_SIZE, StoredPast, TooLarge
from optiverse_collab_server.storage.directory import ChunkRow, SessionRow, read_chunk_at
from optiverse_collab_server.storage.kept import read_kept_at, read_kept_records
from optiverse_collab_server.storage.reading import ChunkReader
from optiverse_collab_server.storage.steps import Steps


def read_at(
    connection: sqlite3.Connection, session: SessionRow, clock: int, most: int = ANY_SIZE
) -> Steps[StoredPast | None]:
    """A session at a clock; what is read is checked. None if that is not stored.

    Raises:
        TooLarge: it takes more than `most` bytes of memory.
        Misfit: a part of it is missing or wrong.
        sqlite3.Error: it can't be read.
    """
    chunk = read_chunk_at(connection, session.key, clock)
    if chunk is not None:
        return (yield from read_in_chunk(connection, session, chunk, clock, most))
    kept = read_kept_at(connection, session.key, clock)
    if kept is None:
        return None
    records = yield from read_kept_records(connection, kept, most)
    return StoredPast(session.epoch, kept.clock, kept.head, records, [])


def read_in_chunk(
    connection: sqlite3.Connection, session: SessionRow, chunk: ChunkRow, clock: int, most: int = ANY_SIZE
) -> Steps[StoredPast | None]:
    """The same from a chunk that begins at that clock, or earlier."""
    reader = ChunkReader(connection, chunk)
    records = yield from reader.records(most)
    entries: list[bytes] = []
    memory = memory_of(reader.bytes, len(records))
    for page in reader.entries():
        entries += page
        memory += memory_of(sum(map(len, page)), len(page))
        if memory > most:
            raise TooLarge
        yield
        if reader.clock >= clock:
            break
    if reader.clock < clock:
        return None
    return StoredPast(session.epoch, chunk.clock, chunk.head, records, entries[: clock - chunk.clock])


def bench_of(stored: StoredPast) -> Steps[tuple[bytes, list[msgspec.Raw]]]:
    """The head at its clock, and the records of its bench, each as JSON."""
    past = Past(stored.epoch, stored.clock, stored.head, stored.records, stored.entries)
    for _ in past.replay():
        yield
    return past.head, past.bench()
