"""The table of sessions, which is held in memory and found by name."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from pathlib import Path

from optiverse_collab_server.storage.failures import damaged
from optiverse_collab_server.storage.rows import checksum


@dataclass
class SessionRow:
    """A row of the table.

    Attributes:
        key: number of the session, which its log refers to.
        name: its id.
        epoch: of the snapshot; so are `clock` and `history_start` (see `Snapshot`).
        snapshot: number of the snapshot, which its chunks refer to.
        chunks: how many chunks the snapshot has; they are numbered from 1.
        tail: not in the table: the clock of the last entry, None until the log was read and checked.
    """

    key: int
    name: str
    epoch: str
    clock: int
    history_start: int
    snapshot: int
    chunks: int
    tail: int | None = None

    @property
    def columns(self) -> tuple[int, str, str, int, int, int, int]:
        """The row, as far as the checksum goes."""
        return self.key, self.name, self.epoch, self.clock, self.history_start, self.snapshot, self.chunks


def read_sessions(connection: sqlite3.Connection, file: Path) -> dict[str, SessionRow]:
    """All sessions by name.

    Raises:
        DatabaseDamaged: a row is wrong. A wrong name could make a session look as if it had never
            been, and let it start afresh: so this counts as damage to all of the database.
        sqlite3.Error: the table can't be read.
    """
    sessions = {}
    for *columns, found in connection.execute("SELECT * FROM session"):
        if checksum(columns) != found:
            raise damaged(file, "wrong checksum in the table of sessions")
        session = SessionRow(*columns)
        sessions[session.name] = session
    return sessions


def write_session(connection: sqlite3.Connection, session: SessionRow) -> None:
    """Insert a session, or update it.

    Raises:
        sqlite3.Error: it can't be written.
    """
    connection.execute(
        "INSERT INTO session VALUES (?,?,?,?,?,?,?,?) ON CONFLICT (key) DO UPDATE SET "
        "epoch=excluded.epoch, clock=excluded.clock, history_start=excluded.history_start, "
        "snapshot=excluded.snapshot, chunks=excluded.chunks, checksum=excluded.checksum",
        (*session.columns, checksum(session.columns)),
    )
