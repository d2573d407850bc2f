"""Reads databases of format 1, which had the newest snapshot and the entries after it, and nothing before.

No other module uses these structs; they never change.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec

from optiverse_collab_server.storage.failures import Misfit, damaged
from optiverse_collab_server.storage.rows import checksum

VERSION = 1

RECORDS, TOMBSTONES = "records", "tombstones"


class OldSessionRow(NamedTuple):
    """A row of the table of sessions.

    Attributes:
        key: number of the session, which its log refers to.
        name, epoch: its id, and that of its history.
        clock, history_start: of the snapshot.
        snapshot: number of the snapshot, which its chunks refer to.
        chunks: how many chunks the snapshot has; they are numbered from 1.
    """

    key: int
    name: str
    epoch: str
    clock: int
    history_start: int
    snapshot: int
    chunks: int


class Entry(msgspec.Struct, frozen=True):
    """One accepted change.

    Attributes:
        clock: its place in the history.
        client_id, client_clock: the replica that made it, and its number for it.
        user_id: the name that people saw.
        time_ms: the wall clock, ms since 1970 UTC.
        ops: the operations that took effect.
        lost: those that did not, since their record was gone.
    """

    clock: int
    client_id: str
    client_clock: int
    user_id: str
    time_ms: int
    ops: msgspec.Raw
    lost: msgspec.Raw = msgspec.Raw(b"[]")


class Record(msgspec.Struct, frozen=True):
    """The necessary part of a record; the values stay JSON."""

    id: str
    kind: str
    props: dict[str, msgspec.Raw]


class Put(msgspec.Struct, frozen=True, tag_field="op", tag="put", omit_defaults=True):
    """Creates a record, or replaces all of it."""

    id: str
    kind: str
    props: dict[str, msgspec.Raw] = {}


class Set(msgspec.Struct, frozen=True, tag_field="op", tag="set", omit_defaults=True):
    """Sets properties, and removes some."""

    id: str
    props: dict[str, msgspec.Raw] = {}
    unset: list[str] = []


class Remove(msgspec.Struct, frozen=True, tag_field="op", tag="remove"):
    """Removes a record."""

    id: str


Op = Put | Set | Remove

decode_records = msgspec.json.Decoder(list[tuple[int, msgspec.Raw]]).decode
"""Each record with the clock of its last change."""

decode_record = msgspec.json.Decoder(Record).decode

decode_clocks = msgspec.json.Decoder(list[tuple[str, int]]).decode
"""Ids of removed records with the clock of the removal, or client ids with their last client_clock."""

decode_ops = msgspec.json.Decoder(list[Op]).decode
_decode_entries = msgspec.json.Decoder(list[Entry]).decode


def read_sessions(connection: sqlite3.Connection, file: Path) -> list[OldSessionRow]:
    """All sessions.

    Raises:
        DatabaseDamaged: a row is wrong.
        sqlite3.Error: the table can't be read.
    """
    sessions = []
    for *columns, found in connection.execute("SELECT * FROM session ORDER BY key"):
        if checksum(columns) != found or len(columns) != len(OldSessionRow._fields):
            raise damaged(file, "wrong checksum in the table of sessions")
        sessions.append(OldSessionRow(*columns))
    return sessions


def read_chunks(connection: sqlite3.Connection, session: OldSessionRow) -> Iterator[tuple[str, bytes]]:
    """The chunks of a session's snapshot: kind and JSON of each.

    Raises:
        Misfit: one is missing or wrong.
        sqlite3.Error: one can't be read.
    """
    for number in range(1, session.chunks + 1):
        row = connection.execute(
            "SELECT part, CAST(data AS BLOB), checksum FROM chunk WHERE snapshot=? AND number=?",
            (session.snapshot, number),
        ).fetchone()
        if row is None:
            raise Misfit(f"chunk {number} of its snapshot is missing")
        part, data, found = row
        if checksum((session.snapshot, number, part), data) != found:
            raise Misfit(f"wrong checksum in chunk {number}")
        yield part, data


def read_entries(connection: sqlite3.Connection, session: OldSessionRow) -> Iterator[Entry]:
    """The entries after a session's snapshot.

    Raises:
        Misfit: one is missing or wrong.
        sqlite3.Error: one can't be read.
    """
    clock = session.clock
    rows = connection.execute(
        "SELECT first, last, CAST(data AS BLOB), checksum FROM log WHERE session=? ORDER BY first",
        (session.key,),
    )
    for first, last, data, found in rows:
        if checksum((session.key, first, last), data) != found:
            raise Misfit(f"wrong checksum at change {first}")
        for entry in _decode_entries(data):
            if entry.clock <= session.clock:
                continue
            clock += 1
            if entry.clock != clock:
                raise Misfit(f"change {clock} is missing")
            yield entry
