"""The tables of sessions and chunks: read at the start, and partly held in memory."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import astuple, dataclass, field
from pathlib import Path
from typing import Any

from optiverse_collab.core.server.journal import Snapshot
from optiverse_collab_server.storage.api import Tail
from optiverse_collab_server.storage.failures import Misfit, damaged
from optiverse_collab_server.storage.rows import Column, checksum


@dataclass(frozen=True)
class ChunkRow:
    """A row of the table of chunks (schema.py).

    Attributes:
        session: key of the session.
        number: counts a session's chunks from 1.
        term, clock, head, time_ms, history_start, outcomes_from: of the snapshot.
        parts: how many parts the snapshot has; they are numbered from 1.
        last: clock of the last entry, and `last_head` the head after it; None in the newest chunk.
        packed: how many bytes of data the chunk takes; None before all of it is packed.
    """

    session: int
    number: int
    term: int
    clock: int
    head: bytes
    time_ms: int
    history_start: int
    outcomes_from: int
    parts: int
    last: int | None = None
    last_head: bytes | None = None
    packed: int | None = None

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns of the row that the checksum covers."""
        return astuple(self)


@dataclass(eq=False)
class SessionRow:
    """A row of the table of sessions.

    Attributes:
        key: number of the session, which all other tables refer to.
        name: its id.
        epoch: of its history.
        damage: why it can't be served, if so.
        chunk: not in the table: its newest chunk.
        tail: not in the table: where its log ends; None until the newest chunk was read and checked.
    """

    key: int
    name: str
    epoch: str
    damage: str | None = None
    chunk: ChunkRow | None = None
    tail: Tail | None = None

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns of the row that the checksum covers."""
        return self.key, self.name, self.epoch, self.damage

    def next_chunk(self, snapshot: Snapshot) -> ChunkRow:
        """The row of its next chunk, before the parts of the snapshot are written."""
        return ChunkRow(
            session=self.key,
            number=1 if self.chunk is None else self.chunk.number + 1,
            term=snapshot.term,
            clock=snapshot.clock,
            head=snapshot.head,
            time_ms=snapshot.time_ms,
            history_start=snapshot.history_start,
            outcomes_from=snapshot.outcomes_from,
            parts=0,
        )


@dataclass
class Directory:
    """The content of the two tables.

    Attributes:
        sessions: by name.
        first: the oldest chunk of each session, by the session's key.
        unpacked: keys of the sessions that have a cold chunk that is not packed.
    """

    sessions: dict[str, SessionRow] = field(default_factory=dict)
    first: dict[int, ChunkRow] = field(default_factory=dict)
    unpacked: set[int] = field(default_factory=set)


def read_directory(connection: sqlite3.Connection, file: Path) -> Directory:
    """Read both tables, and check that each chunk starts where the previous one ends (CLK-5).

    A session whose chunks don't fit gets `SessionRow.damage`; the others can be served.

    Raises:
        DatabaseDamaged: the table of sessions is wrong. A wrong name could hide a session,
            and let it start over: so this counts as damage to the whole database.
        sqlite3.Error: a table can't be read.
    """
    directory = Directory()
    by_key = {}
    for *columns, found in connection.execute("SELECT * FROM session"):
        if checksum(columns) != found:
            raise damaged(file, "wrong checksum in the table of sessions")
        session = SessionRow(*columns)
        by_key[session.key] = directory.sessions[session.name] = session
    for *columns, found in connection.execute("SELECT * FROM chunk ORDER BY session, number"):
        owner = by_key.get(columns[0])
        if owner is not None and owner.damage is None:
            try:
                _add(directory, owner, chunk_row(columns, found))
            except Misfit as misfit:
                owner.damage = str(misfit)
        elif owner is None and checksum(columns) == found:  # otherwise another session lacks it
            raise damaged(file, "a row is missing in the table of sessions")
    for session in by_key.values():
        session.damage = session.damage or _end(session)
    return directory


def read_chunks(connection: sqlite3.Connection, session: int) -> list[ChunkRow]:
    """All chunks of a session, oldest first.

    Raises:
        Misfit: a row is wrong.
        sqlite3.Error: one can't be read.
    """
    rows = connection.execute("SELECT * FROM chunk WHERE session=? ORDER BY number", (session,))
    return [chunk_row(columns, found) for *columns, found in rows]


def read_chunk_at(connection: sqlite3.Connection, session: int, clock: int) -> ChunkRow | None:
    """The newest chunk of a session that starts at a clock or earlier; None if there is none.

    Raises:
        Misfit: the row is wrong.
        sqlite3.Error: it can't be read.
    """
    row = connection.execute(
        "SELECT * FROM chunk WHERE session=? AND clock<=? ORDER BY number DESC LIMIT 1", (session, clock)
    ).fetchone()
    return None if row is None else chunk_row(row[:-1], row[-1])


def chunk_row(columns: Sequence[Any], found: int) -> ChunkRow:
    """A row as it was read, with its checksum.

    Raises:
        Misfit: the checksum is wrong.
    """
    if checksum(columns) != found:
        raise Misfit(f"wrong checksum in the row of chunk {columns[1]}")
    return ChunkRow(*columns)


def check_link(before: ChunkRow, chunk: ChunkRow) -> None:
    """Make sure that a chunk starts where the previous one ends.

    Raises:
        Misfit: it does not.
    """
    if (chunk.number, chunk.clock) != (before.number + 1, before.last):
        raise Misfit(f"a chunk is missing after change {before.last or before.clock}")
    if chunk.head != before.last_head:
        raise Misfit(f"the chain breaks at change {chunk.clock}, where chunk {chunk.number} begins")


def _add(directory: Directory, session: SessionRow, chunk: ChunkRow) -> None:
    if session.chunk is None:
        directory.first[session.key] = chunk
    else:
        check_link(session.chunk, chunk)
    session.chunk = chunk
    if chunk.last is not None and chunk.packed is None:
        directory.unpacked.add(session.key)


def _end(session: SessionRow) -> str | None:
    """The fault of a session's newest chunk; None if there is none."""
    if session.chunk is None:
        return "its snapshot is missing"
    if session.chunk.last is not None:
        return f"the chunk after change {session.chunk.last} is missing"
    return None
