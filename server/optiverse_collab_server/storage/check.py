"""Reads everything stored, and reports the faults of each session."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from optiverse_collab_server.storage.directory import SessionRow, chunk_row, read_directory
from optiverse_collab_server.storage.failures import Misfit, explained
from optiverse_collab_server.storage.kept import read_kept, read_kept_records
from optiverse_collab_server.storage.lock import locked
from optiverse_collab_server.storage.opening import database_in, opened_to_read
from optiverse_collab_server.storage.reading import ChunkReader, read_names, size_of_session
from optiverse_collab_server.storage.shards import parts_of
from optiverse_collab_server.storage.steps import finished


@dataclass
class Report:
    """The stored part of a session.

    Attributes:
        session_id: the session.
        clock: of its last entry, as far as it can be read.
        entries: how many are kept.
        chunks: in how many chunks.
        versions: how many benches of versions are kept of history that was dropped.
        bytes: how many bytes of data its rows have.
        faults: the faults; empty if all is well.
    """

    session_id: str
    clock: int = 0
    entries: int = 0
    chunks: int = 0
    versions: int = 0
    bytes: int = 0
    faults: list[str] = field(default_factory=list)


def check_folder(folder: Path) -> Iterator[Report]:
    """Check every chunk, every entry and every checksum of a data folder that no server uses.

    Nothing is written to the database.

    Yields:
        A report for each session, sorted by their ids in each database.

    Raises:
        DataFolderInUse: a server has it.
        DatabaseDamaged: the database can't be trusted as a whole.
        StorageError: it can't be read.
    """
    for part in parts_of(folder):
        file = database_in(part)
        with locked(part) as lock, opened_to_read(part, lock) as connection, explained(file):
            for _, session in sorted(read_directory(connection, file).sessions.items()):
                yield report(connection, session)


def report(connection: sqlite3.Connection, session: SessionRow) -> Report:
    """Check a session; a fault in one chunk doesn't hide faults in others."""
    report = Report(session.name)
    if session.damage:
        report.faults.append(session.damage)
    names = None
    try:
        names = read_names(connection, session.key)
    except Misfit as misfit:
        report.faults.append(str(misfit))
    rows = connection.execute("SELECT * FROM chunk WHERE session=? ORDER BY number", (session.key,))
    for *columns, found in rows.fetchall():
        report.chunks += 1
        try:
            reader = ChunkReader(connection, chunk_row(columns, found))
            finished(reader.snapshot(session.epoch))
            for page in reader.entries():
                report.entries += len(page)
            report.clock = reader.clock
            if names is not None:
                reader.check_names(names)
        except Misfit as misfit:
            if str(misfit) not in report.faults:
                report.faults.append(str(misfit))
    report.versions, faults = _check_kept(connection, session)
    report.faults += faults
    report.bytes = size_of_session(connection, session)
    return report


def _check_kept(connection: sqlite3.Connection, session: SessionRow) -> tuple[int, list[str]]:
    """How many benches of versions are kept, and what is wrong with them."""
    try:
        kept = read_kept(connection, session.key)
    except Misfit as misfit:
        return 0, [str(misfit)]
    faults = []
    for row in kept:
        try:
            finished(read_kept_records(connection, row))
        except Misfit as misfit:
            faults.append(str(misfit))
    return len(kept), faults
