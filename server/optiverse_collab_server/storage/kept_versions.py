"""Keeps the benches of versions when retention drops the history that contains them (HIST-15)."""

from __future__ import annotations

import sqlite3

from optiverse_collab.core.server.stored_versions import MARK, StoredVersions
from optiverse_collab_server.storage.directory import ChunkRow, SessionRow
from optiverse_collab_server.storage.kept import drop_kept, read_kept, write_kept
from optiverse_collab_server.storage.parts import RECORDS, raw_records
from optiverse_collab_server.storage.past import bench_of, read_in_chunk
from optiverse_collab_server.storage.reading import ChunkReader, part_rows
from optiverse_collab_server.storage.steps import Steps

MOST_BYTES = 500_000_000
"""The benches that are kept of a session take about this many bytes at most. Beyond that, its history is not
dropped, which is bounded too (LIM-18)."""


class KeptVersions:
    """The versions of a stored session, and the benches that are kept for them.

    Which versions there are follows from the newest chunk. Others may make and remove some while this works.

    Args:
        connection: of the database.
        session: which one.
        newest: its newest chunk.
    """

    def __init__(self, connection: sqlite3.Connection, session: SessionRow, newest: ChunkRow) -> None:
        self._connection, self._session, self._newest = connection, session, newest
        self._versions = StoredVersions()
        self._reader: ChunkReader | None = None
        self._kept = {row.clock: row for row in read_kept(connection, session.key)}

    def keep(self, chunk: ChunkRow) -> Steps[bool]:
        """Keep the bench of each version in a chunk. When this returns, no version came since it looked.

        Returns:
            False if not all are kept, because the benches take too much.

        Raises:
            Misfit: a part of the session is missing or wrong.
            sqlite3.Error: it can't be read, or a bench not be written.
        """
        assert chunk.last is not None  # else it is the newest, which is never dropped
        while missing := {
            clock
            for clock in (yield from self._clocks())
            if chunk.clock <= clock < chunk.last and clock not in self._kept
        }:
            for clock in sorted(missing):
                if sum(row.bytes for row in self._kept.values()) > MOST_BYTES:
                    return False
                stored = yield from read_in_chunk(self._connection, self._session, chunk, clock)
                assert stored is not None  # the chunk contains it
                head, records = yield from bench_of(stored)
                kept = yield from write_kept(self._connection, self._session.key, clock, head, records)
                self._kept[clock] = kept
        return True

    def drop_others(self) -> Steps[None]:
        """Delete the benches that no version names any more.

        Raises:
            Misfit, sqlite3.Error: as in `keep`.
        """
        if self._kept:
            clocks = yield from self._clocks()
            for clock in self._kept.keys() - clocks:
                yield from drop_kept(self._connection, self._kept.pop(clock))

    def _clocks(self) -> Steps[set[int]]:
        """The clocks of all versions; there is no step between the last look and the return."""
        if self._reader is None:
            self._reader = ChunkReader(self._connection, self._newest)
            for part in part_rows(self._connection, self._newest):
                data = part.data if part.kind == RECORDS else b""
                for record in raw_records(data) if MARK in data else ():
                    self._versions.add_record(record)
                yield
        for page in self._reader.entries():
            for entry in page:
                self._versions.add_entry(entry)
            yield
        return self._versions.clocks
