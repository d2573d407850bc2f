"""What is done with the tables. Everything here runs in one thread at a time.

What takes long is a generator that yields between its steps, so that appends go in between.
"""

from __future__ import annotations

import contextlib
import sqlite3
import sys
from collections.abc import Generator, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

import msgspec

from optiverse_collab.core.server.journal import Entry, Snapshot
from optiverse_collab.errors import StorageError
from optiverse_collab_server.storage.api import Stored, check_newer, check_order, no_such_session
from optiverse_collab_server.storage.directory import SessionRow, read_sessions, write_session
from optiverse_collab_server.storage.failures import failure, session_damaged
from optiverse_collab_server.storage.rows import (
    SnapshotReader,
    checksum,
    decode_entries,
    encode_entries,
    encode_snapshot,
)

_T = TypeVar("_T")
Steps = Generator[None, None, _T]

Append = tuple[str, Sequence[Entry]]
"""The id of a session, and at least one entry that goes to its log."""

_LOG_PAGE = 256  # rows of the log that are read in one step
_DROPPED_AT_ONCE = 8  # chunks that are deleted in one step, which takes about as long as writing one


class Database:
    """The sessions in a database file.

    Args:
        connection: as `schema.open_database` gives it; `close` closes it.
        file: the database, for error messages.

    Raises:
        DatabaseDamaged: the table of sessions can't be trusted.
        sqlite3.Error: the database can't be read or written.
    """

    def __init__(self, connection: sqlite3.Connection, file: Path) -> None:
        self._connection = connection
        self.file = file
        self._sessions = read_sessions(connection, file)
        self._last_key = max((session.key for session in self._sessions.values()), default=0)
        self._last_snapshot = max((session.snapshot for session in self._sessions.values()), default=0)
        # What a crash left unfinished.
        connection.execute("DELETE FROM chunk WHERE snapshot NOT IN (SELECT snapshot FROM session)")

    def append(self, appends: Sequence[Append]) -> list[StorageError | None]:
        """Add to the logs of any sessions, in one transaction.

        Returns:
            For each of `appends`: None if it is durable, or why nothing of it was kept. One that
            fails does no harm to the others.
        """
        outcomes: list[StorageError | None] = [None] * len(appends)
        tails: dict[str, int] = {}
        values: list[int | bytes] = []
        for number, (name, entries) in enumerate(appends):
            try:
                session = self._session(name)
                check_order(name, entries, tails[name] if name in tails else self._tail(session))
            except StorageError as error:
                outcomes[number] = error
                continue
            first, last, data = entries[0].clock, entries[-1].clock, encode_entries(entries)
            values += session.key, first, last, data, checksum((session.key, first, last), data)
            tails[name] = last
        try:
            self._insert(values)
        except sqlite3.Error as error:
            if len(appends) == 1:
                return [failure(error, self.file)]
            return [self.append([append])[0] for append in appends]
        for name, tail in tails.items():
            self._sessions[name].tail = tail
        return outcomes

    def load(self, name: str) -> Steps[Stored | None]:
        """All that is kept of a session, checked; None if it was never created.

        Raises:
            DatabaseDamaged: a part of it is missing or wrong.
            sqlite3.Error: it can't be read.
        """
        session = self._sessions.get(name)
        if session is None:
            return None
        try:
            snapshot = yield from self._read_snapshot(session)
            entries = yield from self._read_log(session)
        except msgspec.DecodeError as error:
            raise session_damaged(self.file, name, str(error)) from error
        session.tail = entries[-1].clock if entries else session.clock
        return Stored(snapshot, entries)

    def save(self, name: str, snapshot: Snapshot) -> Steps[None]:
        """Create a session, or replace its snapshot and drop the entries that are in the new one.

        Raises:
            StorageError: the snapshot is older than the one that is kept.
            DatabaseDamaged: the session that it would replace is damaged.
            sqlite3.Error: it can't be written; nothing has changed.
        """
        old = self._sessions.get(name)
        if old is not None:
            if old.tail is None:
                yield from self.load(name)
            if old.epoch == snapshot.epoch:
                check_newer(name, old.clock, snapshot)
        self._last_snapshot += 1
        number = 0
        try:
            for number, (part, data) in enumerate(encode_snapshot(snapshot), 1):
                self._insert_chunk(self._last_snapshot, number, part, data)
                yield
            self._replace(name, old, snapshot, chunks=number)
        except Exception:
            yield from self._drop_chunks(self._last_snapshot, number)
            raise
        if old is not None:
            yield from self._drop_chunks(old.snapshot, old.chunks)

    def names(self) -> Steps[list[str]]:
        """The names of all sessions, sorted."""
        yield from ()
        return sorted(self._sessions)

    def close(self) -> None:
        """Bring the log into the database, which deletes the log, and close it."""
        self._connection.close()

    def _session(self, name: str) -> SessionRow:
        session = self._sessions.get(name)
        if session is None:
            raise no_such_session(name)
        return session

    def _tail(self, session: SessionRow) -> int:
        """The clock at which a session's log ends; the session is read and checked before."""
        if session.tail is None:
            for _ in self.load(session.name):
                pass
        assert session.tail is not None
        return session.tail

    def _insert(self, values: Sequence[int | bytes]) -> None:
        """Write rows of the log, five values each.

        One statement is a transaction of its own, and the interpreter lock is given away and waited
        for only once.
        """
        if values:
            rows = ",".join(["(?,?,?,?,?)"] * (len(values) // 5))
            self._connection.execute(f"INSERT INTO log VALUES {rows}", values)

    def _insert_chunk(self, snapshot: int, number: int, part: str, data: bytes) -> None:
        row = (snapshot, number, part, data, checksum((snapshot, number, part), data))
        self._connection.execute("INSERT INTO chunk VALUES (?,?,?,?,?)", row)

    def _replace(self, name: str, old: SessionRow | None, snapshot: Snapshot, chunks: int) -> None:
        """Let a session point at the snapshot that was written last."""
        new = SessionRow(
            self._last_key + 1 if old is None else old.key,
            name,
            snapshot.epoch,
            snapshot.clock,
            snapshot.history_start,
            self._last_snapshot,
            chunks,
            tail=snapshot.clock,
        )
        dropped = sys.maxsize
        if old is not None and old.epoch == snapshot.epoch:
            new.tail = max(self._tail(old), snapshot.clock)
            dropped = snapshot.clock
        with self._transaction():
            write_session(self._connection, new)
            self._connection.execute("DELETE FROM log WHERE session=? AND last<=?", (new.key, dropped))
        self._sessions[name] = new
        self._last_key = max(new.key, self._last_key)

    def _drop_chunks(self, snapshot: int, chunks: int) -> Steps[None]:
        """Give back the space of a snapshot that nobody points at.

        It is harmless if this fails: the next start tries again.
        """
        with contextlib.suppress(sqlite3.Error):
            for first in range(1, chunks + 1, _DROPPED_AT_ONCE):
                self._connection.execute(
                    "DELETE FROM chunk WHERE snapshot=? AND number BETWEEN ? AND ?",
                    (snapshot, first, first + _DROPPED_AT_ONCE - 1),
                )
                yield

    def _read_snapshot(self, session: SessionRow) -> Steps[Snapshot]:
        reader = SnapshotReader()
        for number in range(1, session.chunks + 1):
            row = self._connection.execute(
                "SELECT part, CAST(data AS BLOB), checksum FROM chunk WHERE snapshot=? AND number=?",
                (session.snapshot, number),
            ).fetchone()
            if row is None:
                raise session_damaged(self.file, session.name, f"chunk {number} of its snapshot is missing")
            part, data, found = row
            if checksum((session.snapshot, number, part), data) != found:
                raise session_damaged(self.file, session.name, f"wrong checksum in chunk {number}")
            reader.add(part, data)
            yield
        return reader.snapshot(session.epoch, session.clock, session.history_start)

    def _read_log(self, session: SessionRow) -> Steps[list[Entry]]:
        """The entries after the snapshot; no step comes between the last row and the return."""
        entries: list[Entry] = []
        after = -1
        while True:
            rows = self._connection.execute(
                "SELECT first, last, CAST(data AS BLOB), checksum FROM log "
                f"WHERE session=? AND first>? ORDER BY first LIMIT {_LOG_PAGE}",
                (session.key, after),
            ).fetchall()
            for first, last, data, found in rows:
                if checksum((session.key, first, last), data) != found:
                    raise session_damaged(self.file, session.name, f"wrong checksum at change {first}")
                entries += (entry for entry in decode_entries(data) if entry.clock > session.clock)
                after = first
            if len(rows) < _LOG_PAGE:
                break
            yield
        for expected, entry in enumerate(entries, session.clock + 1):
            if entry.clock != expected:
                raise session_damaged(self.file, session.name, f"change {expected} is missing")
        return entries

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[None]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._connection.execute("COMMIT")
        except BaseException:
            if self._connection.in_transaction:  # SQLite may have rolled back by itself
                self._connection.execute("ROLLBACK")
            raise
