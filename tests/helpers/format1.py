"""Databases of format 1, with a model of the server that wrote them.

Its rules: a put replaced all of a record, and every operation counted as a change of it.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
import zlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import msgspec

from optiverse_collab.core.server.history import History
from optiverse_collab_server.storage.schema import APPLICATION_ID, FILE_NAME

Op = dict[str, Any]

_TABLES = """
CREATE TABLE session (
    key INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, epoch TEXT NOT NULL, clock INTEGER NOT NULL,
    history_start INTEGER NOT NULL, snapshot INTEGER NOT NULL, chunks INTEGER NOT NULL,
    checksum INTEGER NOT NULL
);
CREATE TABLE chunk (
    snapshot INTEGER NOT NULL, number INTEGER NOT NULL, part TEXT NOT NULL, data BLOB NOT NULL,
    checksum INTEGER NOT NULL, PRIMARY KEY (snapshot, number)
) WITHOUT ROWID;
CREATE TABLE log (
    session INTEGER NOT NULL REFERENCES session (key), first INTEGER NOT NULL, last INTEGER NOT NULL,
    data BLOB NOT NULL, checksum INTEGER NOT NULL, PRIMARY KEY (session, first)
) WITHOUT ROWID;
"""


class OldSession:
    """A session in the old server's memory.

    Attributes:
        epoch, clock: its position.
        records: id → kind and properties.
        clocks, tombstones: id → clock of the last change, or of the removal.
        clients: client id → last client_clock.
        entries: those after the snapshot, as they were kept.
    """

    def __init__(self, epoch: str) -> None:
        self.epoch = epoch
        self.clock = 0
        self.records: dict[str, tuple[str, dict[str, Any]]] = {}
        self.clocks: dict[str, int] = {}
        self.tombstones: dict[str, int] = {}
        self.clients: dict[str, int] = {}
        self.entries: list[dict[str, Any]] = []
        self._snapshot = self._state()

    def accept(self, client_id: str, user_id: str, time_ms: int, ops: Sequence[Op]) -> None:
        """Apply a change."""
        self.clock += 1
        self.clients[client_id] = self.clients.get(client_id, 0) + 1
        happened: list[Op] = []
        lost: list[Op] = []
        for op in ops:
            if self._apply(op):
                happened.append(op)
            elif op["op"] == "set":
                lost.append(op)
        entry = {"clock": self.clock, "client_id": client_id, "client_clock": self.clients[client_id]}
        self.entries.append({**entry, "user_id": user_id, "time_ms": time_ms, "ops": happened, "lost": lost})

    def take_snapshot(self) -> None:
        """Replace the entries with a snapshot of the present state."""
        self._snapshot = self._state()
        self.entries = []

    def summary(self) -> str:
        """The data that an upgrade must preserve, in the form of `summary`."""
        records = [(id, kind, props) for id, (kind, props) in self.records.items()]
        return _summary(self.epoch, self.clock, self.tombstones, records)

    def _apply(self, op: Op) -> bool:
        id, kind = op["id"], op["op"]
        if kind == "remove":
            if self.records.pop(id, None) is None:
                return False
            del self.clocks[id]
            self.tombstones[id] = self.clock
            return True
        if kind == "put":
            self.records[id] = op["kind"], dict(op["props"])
            self.tombstones.pop(id, None)
        elif id in self.records:
            old_kind, props = self.records[id]
            unset = op.get("unset", [])
            props = {name: value for name, value in {**props, **op["props"]}.items() if name not in unset}
            self.records[id] = old_kind, props
        else:
            return False
        self.clocks[id] = self.clock
        return True

    def _state(self) -> tuple[int, list[Any], list[Any], list[Any]]:
        records = [
            [self.clocks[id], {"id": id, "kind": kind, "props": props}]
            for id, (kind, props) in self.records.items()
        ]
        return self.clock, records, list(self.tombstones.items()), list(self.clients.items())

    def rows(self, key: int) -> tuple[list[Any], list[list[Any]], list[list[Any]]]:
        """The rows in the tables of sessions, chunks and entries; the key numbers the snapshot too."""
        clock, *parts = self._snapshot
        chunks: list[list[Any]] = []
        for part, values in zip(("records", "tombstones", "clients"), parts, strict=True):
            for start in range(0, len(values), 200):
                chunk = [key, len(chunks) + 1, part]
                chunks.append([*chunk, *_end(chunk, values[start : start + 200])])
        log = []
        for entry in self.entries:
            row = [key, entry["clock"], entry["clock"]]
            log.append([*row, *_end(row, [entry])])
        return [key, self.epoch, clock, clock // 2, key, len(chunks)], chunks, log


def summary(history: History) -> str:
    """All that format 1 knew about a session, except for its client ids."""
    tombstones = {id: one.stamp.clock for id, one in history.tombstones.items()}
    records = [(record.id, record.kind, record.props) for record in history.document.records.values()]
    return _summary(history.epoch, history.clock, tombstones, records)


def _summary(epoch: str, clock: int, tombstones: dict[str, int], records: Iterable[object]) -> str:
    """JSON in which numbers keep their notation, and records their order."""
    held = {"epoch": epoch, "clock": clock, "tombstones": tombstones, "records": list(records)}
    return json.dumps(held, sort_keys=True)


def _end(columns: list[Any], values: list[Any]) -> tuple[bytes, int]:
    """The columns `data` and `checksum`."""
    data = json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode()
    return data, _checksum(columns, data)


def _checksum(columns: list[Any], data: bytes = b"") -> int:
    return zlib.crc32(data, zlib.crc32(msgspec.json.encode(columns)))


def write_database(folder: Path, sessions: Iterable[tuple[str, OldSession]]) -> None:
    """Make a database of format 1 in a folder."""
    folder.mkdir(exist_ok=True)
    with contextlib.closing(sqlite3.connect(folder / FILE_NAME, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        write_tables(connection, sessions)


def write_tables(connection: sqlite3.Connection, sessions: Iterable[tuple[str, OldSession]]) -> None:
    """Give an empty database the tables of format 1."""
    connection.executescript(f"{_TABLES} PRAGMA application_id={APPLICATION_ID}; PRAGMA user_version=1;")
    connection.execute("BEGIN")
    for key, (name, session) in enumerate(sessions, 1):
        [_, *columns], chunks, log = session.rows(key)
        row = [key, name, *columns]
        connection.execute("INSERT INTO session VALUES (?,?,?,?,?,?,?,?)", (*row, _checksum(row)))
        connection.executemany("INSERT INTO chunk VALUES (?,?,?,?,?)", chunks)
        connection.executemany("INSERT INTO log VALUES (?,?,?,?,?)", log)
    connection.execute("COMMIT")


def restore_dump(script: Path, folder: Path) -> None:
    """Make a database from a dump."""
    folder.mkdir(exist_ok=True)
    with contextlib.closing(sqlite3.connect(folder / FILE_NAME)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.executescript(script.read_text("utf-8"))
