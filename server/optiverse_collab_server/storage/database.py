"""Operations on the tables. Everything here runs in one thread at a time.

Long work is a generator that yields between its steps, so that appends can run in between.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import NamedTuple, TypeVar

from optiverse_collab.core.server.journal import Kept, Parent, Snapshot
from optiverse_collab.core.server.names import Name
from optiverse_collab.errors import StorageError
from optiverse_collab_server.storage.api import (
    ANY_SIZE,
    Stored,
    StoredPast,
    Tail,
    check_start,
    no_such_session,
)
from optiverse_collab_server.storage.directory import (
    ChunkRow,
    SessionRow,
    read_chunks,
    read_directory,
)
from optiverse_collab_server.storage.failures import Misfit, failure, session_damaged
from optiverse_collab_server.storage.housekeeping import Housekeeper, Retention, drop_parts
from optiverse_collab_server.storage.open_files import OpenFiles
from optiverse_collab_server.storage.parts import encode_snapshot
from optiverse_collab_server.storage.past import read_at
from optiverse_collab_server.storage.reading import read_stored
from optiverse_collab_server.storage.renaming import replace_session
from optiverse_collab_server.storage.rows import Column, join
from optiverse_collab_server.storage.steps import Steps, finished, transaction
from optiverse_collab_server.storage.writing import (
    log_values,
    write_chunk,
    write_log,
    write_names,
    write_parents,
    write_part,
    write_session,
)

_T = TypeVar("_T")


class Append(NamedTuple):
    """An append to the log of a session.

    Attributes:
        session_id: the session.
        entries: at least one.
        names: that the entries are the first to refer to.
        parents: to add to those of the newest snapshot.
    """

    session_id: str
    entries: Sequence[Kept]
    names: Sequence[Name]
    parents: Sequence[Parent] = ()


class Database:
    """The sessions in a database file.

    Args:
        connection: from `opening.open_database`; `close` closes it.
        file: the database, for error messages.
        retention: how much history is kept.

    Attributes:
        housekeeper: work for idle times.

    Raises:
        DatabaseDamaged: the table of sessions can't be trusted.
        sqlite3.Error: the database can't be read or written.
    """

    def __init__(self, connection: sqlite3.Connection, file: Path, retention: Retention) -> None:
        self._connection = connection
        self.file = file
        self._files = OpenFiles(file)
        directory = read_directory(connection, file)
        self._sessions = directory.sessions
        self._last_key = max((session.key for session in self._sessions.values()), default=0)
        self.housekeeper = Housekeeper(connection, retention)
        self.housekeeper.start(directory)

    def append(self, appends: Sequence[Append]) -> list[StorageError | None]:
        """Add to the logs of any sessions, in one transaction.

        Returns:
            For each of `appends`: None if it is durable, or why nothing of it was stored. One that
            fails does no harm to the others.
        """
        outcomes: list[StorageError | None] = [None] * len(appends)
        tails: dict[str, Tail] = {}
        values: list[Column] = []
        more: list[tuple[SessionRow, Append]] = []
        for number, append in enumerate(appends):
            name, entries = append.session_id, append.entries
            try:
                session = self._session(name)
                tails[name] = (tails.get(name) or self._tail(session)).after(name, entries, append.names)
            except StorageError as error:
                outcomes[number] = error
                continue
            data = join([entry.data for entry in entries])
            values += log_values(session.key, entries[0].clock, entries[-1].clock, entries[-1].head, data)
            if append.names or append.parents:
                more.append((session, append))
        try:
            self._files.check()
            self._insert(values, more)
            self._files.check()
        except StorageError as error:  # even if it was written, nobody will find it
            return [error] * len(appends)
        except sqlite3.Error as error:
            if len(appends) == 1:
                return [failure(error, self.file)]
            return [self.append([append])[0] for append in appends]
        for name, tail in tails.items():
            self._sessions[name].tail = tail
        return outcomes

    def load(self, name: str, most: int = ANY_SIZE) -> Steps[Stored | None]:
        """The state from which a session continues, checked; None if it was never created.

        Raises:
            DatabaseDamaged: a part of it is missing or wrong.
            StorageError: the files are not in their folder any more.
            sqlite3.Error: it can't be read.
        """
        self._files.check()
        session = self._sessions.get(name)
        if session is None:
            return None
        try:
            stored = yield from read_stored(self._connection, session, most)
        except Misfit as misfit:
            session.damage, session.tail = str(misfit), None
            raise session_damaged(self.file, name, str(misfit)) from misfit
        session.tail = Tail.of(stored.clock, stored.names)
        return stored

    def load_at(self, name: str, clock: int, most: int = ANY_SIZE) -> Steps[StoredPast | None]:
        """A session at a clock; what is read is checked. None if that is not stored.

        Raises:
            TooLarge: it takes more than `most` bytes of memory.
            DatabaseDamaged: a part of it is missing or wrong.
            sqlite3.Error: it can't be read.
        """
        return self.read(name, partial(read_at, clock=clock, most=most))

    def read(
        self, name: str, read: Callable[[sqlite3.Connection, SessionRow], Steps[_T]]
    ) -> Steps[_T | None]:
        """Something of a session that is still served if that doesn't fit; None if there is no such session.

        Raises:
            DatabaseDamaged: for a `Misfit`.
            sqlite3.Error: it can't be read.
        """
        session = self._sessions.get(name)
        if session is None:
            return None
        try:
            return (yield from read(self._connection, session))
        except Misfit as misfit:
            raise session_damaged(self.file, name, str(misfit)) from misfit

    def begin_chunk(self, name: str, snapshot: Snapshot, names: Sequence[Name] = ()) -> Steps[int]:
        """Create a session with these names, or start its next chunk; returns the length of its JSON.

        Raises:
            StorageError: the snapshot is not of a position at which an append ended.
            DatabaseDamaged: the session is damaged.
            sqlite3.Error: it can't be written; nothing has changed.
        """
        session = self._sessions.get(name)
        if session is None:
            tail = Tail.of(snapshot.clock, names)
            session = SessionRow(self._last_key + 1, name, snapshot.epoch, tail=tail)
        else:
            if session.tail is None:
                yield from self.load(name)
            assert session.chunk is not None
            head = self._head_at(session, snapshot.clock)
            check_start(name, session.epoch, session.chunk.clock, head, snapshot)
        chunk = session.next_chunk(snapshot)
        yield from drop_parts(self._connection, chunk)  # parts of an unfinished one
        size = 0
        try:
            for number, (kind, data) in enumerate(encode_snapshot(snapshot), 1):
                write_part(self._connection, chunk, number, kind, data)
                chunk = replace(chunk, parts=number)
                size += len(data)
                yield
            self._point_at(session, chunk, names)
        except Exception:
            with contextlib.suppress(sqlite3.Error):  # the next start tries again
                yield from drop_parts(self._connection, chunk)
            raise
        return size

    def size(self, name: str) -> Steps[int]:
        """How many bytes are stored of a session, with kept versions; the size of cold chunks is known.

        Raises:
            DatabaseDamaged: the table of its chunks can't be read.
            sqlite3.Error: it can't be read.
        """
        yield from ()
        session = self._sessions.get(name)
        if session is None:
            return 0
        try:
            chunks = read_chunks(self._connection, session.key)
        except Misfit as misfit:
            raise session_damaged(self.file, name, str(misfit)) from misfit
        loose = next(chunk for chunk in chunks if chunk.packed is None)
        key = (session.key, loose.number, session.key, loose.clock)
        [[size]] = self._connection.execute(
            "SELECT (SELECT total(length(data)) FROM part WHERE session=? AND chunk>=?) + "
            "(SELECT total(length(data)) FROM log WHERE session=? AND first>?) + "
            "(SELECT total(bytes) FROM kept WHERE session=?)",
            (*key, session.key),
        )
        return int(size) + sum(chunk.packed or 0 for chunk in chunks if chunk.number < loose.number)

    def names(self) -> Steps[list[str]]:
        """The names of all sessions, sorted."""
        yield from ()
        return sorted(self._sessions)

    def replace(self, name: str, by: str, aside: str) -> Steps[None]:
        """See `replace_session`."""
        return replace_session(self._connection, self._sessions, name, by, aside)

    def close(self) -> None:
        """Merge the log into the database, which deletes the log, and close it."""
        self._connection.close()

    def _session(self, name: str) -> SessionRow:
        session = self._sessions.get(name)
        if session is None:
            raise no_such_session(name)
        return session

    def _tail(self, session: SessionRow) -> Tail:
        """The end of a session's log; the session is read and checked first."""
        if session.tail is None:
            finished(self.load(session.name))
        assert session.tail is not None
        return session.tail

    def _insert(self, values: Sequence[Column], more: Sequence[tuple[SessionRow, Append]]) -> None:
        """Insert rows of the log, and the other data of some appends."""
        if not more:
            if values:
                write_log(self._connection, values)
            return
        chunks: dict[SessionRow, ChunkRow] = {}
        with transaction(self._connection):
            for session, append in more:
                write_names(self._connection, session.key, append.names)
                if append.parents and (chunk := chunks.get(session, session.chunk)) is not None:
                    chunks[session] = write_parents(self._connection, chunk, append.parents)
            write_log(self._connection, values)
        for session, chunk in chunks.items():
            session.chunk = chunk

    def _head_at(self, session: SessionRow, clock: int) -> bytes | None:
        """The head after the append that ended at `clock`; None if none did."""
        row = self._connection.execute(
            "SELECT last, head FROM log WHERE session=? AND first<=? ORDER BY first DESC LIMIT 1",
            (session.key, clock),
        ).fetchone()
        return row[1] if row is not None and row[0] == clock else None

    def _point_at(self, session: SessionRow, chunk: ChunkRow, names: Sequence[Name]) -> None:
        """Let a session continue with a chunk whose parts are written (DUR-5)."""
        before = session.chunk
        with transaction(self._connection):
            if before is None:
                write_session(self._connection, session)
                write_names(self._connection, session.key, names)
            else:
                before = replace(before, last=chunk.clock, last_head=chunk.head)
                write_chunk(self._connection, before)
            write_chunk(self._connection, chunk)
        session.chunk = chunk
        self._sessions[session.name] = session
        self._last_key = max(session.key, self._last_key)
        if before is not None:
            self.housekeeper.add(session)
