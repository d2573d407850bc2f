"""Writes rows, each with the checksum that reading.py expects. All raise `sqlite3.Error`."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import replace

import msgspec

from optiverse_collab.core.server.journal import Parent
from optiverse_collab.core.server.names import Name
from optiverse_collab_server.storage.directory import ChunkRow, SessionRow
from optiverse_collab_server.storage.parts import PARENTS
from optiverse_collab_server.storage.rows import Column, checksum

LOG_COLUMNS = 7


def write_session(connection: sqlite3.Connection, session: SessionRow) -> None:
    """Insert a session."""
    connection.execute(
        "INSERT INTO session VALUES (?,?,?,?,?)", (*session.columns, checksum(session.columns))
    )


def write_chunk(connection: sqlite3.Connection, chunk: ChunkRow) -> None:
    """Insert the row of a chunk, or replace it."""
    columns = chunk.columns
    marks = ",".join("?" * (len(columns) + 1))
    connection.execute(f"REPLACE INTO chunk VALUES ({marks})", (*columns, checksum(columns)))


def write_part(
    connection: sqlite3.Connection, chunk: ChunkRow, number: int, kind: str, data: bytes, packed: bool = False
) -> None:
    """Insert a part of a chunk's snapshot, or replace it."""
    key = (chunk.session, chunk.number, number, kind, int(packed))
    connection.execute("REPLACE INTO part VALUES (?,?,?,?,?,?,?)", (*key, data, checksum(key, data)))


def write_parents(connection: sqlite3.Connection, chunk: ChunkRow, parents: Sequence[Parent]) -> ChunkRow:
    """Add a part with parents to a chunk's snapshot; returns its row, which is written too."""
    chunk = replace(chunk, parts=chunk.parts + 1)
    write_part(connection, chunk, chunk.parts, PARENTS, msgspec.json.encode(parents))
    write_chunk(connection, chunk)
    return chunk


def write_names(connection: sqlite3.Connection, session: int, names: Iterable[Name]) -> None:
    """Insert names of a session."""
    rows = [(session, name.kind.value, name.number, name.text) for name in names]
    connection.executemany("INSERT INTO name VALUES (?,?,?,?,?)", [(*row, checksum(row)) for row in rows])


def log_values(
    session: int, first: int, last: int, head: bytes, data: bytes, packed: bool = False
) -> tuple[Column, ...]:
    """The values of a row of the log."""
    key = (session, first, last, head, int(packed))
    return *key, data, checksum(key, data)


def write_log(connection: sqlite3.Connection, values: Sequence[Column]) -> None:
    """Insert rows of the log, given as the values of one after the other.

    A single statement is a separate transaction, and the interpreter lock is released and taken again only
    once.
    """
    rows = ",".join(["(?,?,?,?,?,?,?)"] * (len(values) // LOG_COLUMNS))
    connection.execute(f"INSERT INTO log VALUES {rows}", values)
