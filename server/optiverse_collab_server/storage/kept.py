"""The benches of versions whose part of the history was dropped (HIST-15).

As with chunks, the row counts: it is written after its parts, and deleted before them.
"""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass
from typing import Any

import msgspec

from optiverse_collab.core.server.past import memory_of
from optiverse_collab_server.storage.api import ANY_SIZE, TooLarge
from optiverse_collab_server.storage.failures import Misfit
from optiverse_collab_server.storage.rows import ROW_BYTES, Column, checksum, join, pack, unpack
from optiverse_collab_server.storage.steps import Steps

_raw_records = msgspec.json.Decoder(list[msgspec.Raw])


@dataclass(frozen=True)
class KeptRow:
    """A row of the table of kept benches (schema.py).

    Attributes:
        session: key of the session.
        clock, head: the position.
        parts: how many parts the bench has; they are numbered from 1.
        bytes: how many bytes these have.
    """

    session: int
    clock: int
    head: bytes
    parts: int
    bytes: int

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns of the row that the checksum covers."""
        return astuple(self)


def read_kept(connection: sqlite3.Connection, session: int) -> list[KeptRow]:
    """The kept benches of a session, oldest first.

    Raises:
        Misfit: a row is wrong.
        sqlite3.Error: one can't be read.
    """
    rows = connection.execute("SELECT * FROM kept WHERE session=? ORDER BY clock", (session,))
    return [_row(columns, found) for *columns, found in rows]


def read_kept_at(connection: sqlite3.Connection, session: int, clock: int) -> KeptRow | None:
    """The bench kept of a clock; None if there is none.

    Raises:
        Misfit: the row is wrong.
        sqlite3.Error: it can't be read.
    """
    row = connection.execute("SELECT * FROM kept WHERE session=? AND clock=?", (session, clock)).fetchone()
    return None if row is None else _row(row[:-1], row[-1])


def read_kept_records(
    connection: sqlite3.Connection, kept: KeptRow, most: int = ANY_SIZE
) -> Steps[list[msgspec.Raw]]:
    """The records of a kept bench, each as JSON.

    Args:
        most: how many bytes of memory they may take.

    Raises:
        TooLarge: they take more.
        Misfit: a part is missing or wrong.
        sqlite3.Error: one can't be read.
    """
    found: list[msgspec.Raw] = []
    size = 0
    for number in range(1, kept.parts + 1):
        key = (kept.session, kept.clock, number)
        row = connection.execute(
            "SELECT CAST(data AS BLOB), checksum FROM kept_part WHERE session=? AND clock=? AND number=?", key
        ).fetchone()
        if row is None or checksum(key, row[0]) != row[1]:
            raise Misfit(f"part {number} of the version at change {kept.clock} is missing or wrong")
        try:
            data = unpack(row[0])
            found += _raw_records.decode(data)
        except (msgspec.DecodeError, zlib.error) as error:
            raise Misfit(f"the version at change {kept.clock} can't be read: {error}") from error
        size += len(data)
        if memory_of(size, len(found)) > most:
            raise TooLarge
        yield
    return found


def write_kept(
    connection: sqlite3.Connection,
    session: int,
    clock: int,
    head: bytes,
    records: Iterable[bytes | msgspec.Raw],
) -> Steps[KeptRow]:
    """Keep a bench; returns its row.

    Args:
        records: each as JSON.

    Raises:
        sqlite3.Error: it can't be written.
    """
    kept = KeptRow(session, clock, head, 0, 0)
    part: list[bytes] = []
    size = 0
    for record in records:
        part.append(bytes(record))
        size += len(part[-1])
        if size >= ROW_BYTES:
            kept = _write_part(connection, kept, part)
            part, size = [], 0
            yield
    if part:
        kept = _write_part(connection, kept, part)
        yield
    connection.execute("REPLACE INTO kept VALUES (?,?,?,?,?,?)", (*kept.columns, checksum(kept.columns)))
    return kept


def drop_kept(connection: sqlite3.Connection, kept: KeptRow) -> Steps[None]:
    """Delete a kept bench.

    Raises:
        sqlite3.Error: it can't be deleted.
    """
    key = (kept.session, kept.clock)
    connection.execute("DELETE FROM kept WHERE session=? AND clock=?", key)
    yield
    for number in range(1, kept.parts + 1):
        connection.execute("DELETE FROM kept_part WHERE session=? AND clock=? AND number=?", (*key, number))
        yield


def drop_unfinished(connection: sqlite3.Connection) -> None:
    """Delete the parts of benches that have no row, after a crash.

    Raises:
        sqlite3.Error: they can't be deleted.
    """
    connection.execute(
        "DELETE FROM kept_part WHERE NOT EXISTS "
        "(SELECT 1 FROM kept WHERE kept.session=kept_part.session AND kept.clock=kept_part.clock)"
    )


def _write_part(connection: sqlite3.Connection, kept: KeptRow, records: Sequence[bytes]) -> KeptRow:
    """Write the next part; returns the row with it."""
    data = pack(join(records))
    key = (kept.session, kept.clock, kept.parts + 1)
    connection.execute("REPLACE INTO kept_part VALUES (?,?,?,?,?)", (*key, data, checksum(key, data)))
    return KeptRow(kept.session, kept.clock, kept.head, kept.parts + 1, kept.bytes + len(data))


def _row(columns: Sequence[Any], found: int) -> KeptRow:
    if checksum(columns) != found:
        raise Misfit(f"wrong checksum in the row of the version at change {columns[1]}")
    return KeptRow(*columns)
