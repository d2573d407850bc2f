"""Turns a session of format 1 into one of format 2, a row at a time.

Format 1 had no origins, stamps or heads. Its values get the clock of their record and no author
(STAMP-3), and the chain starts at its snapshot, as in a new history. Its entries become ours, with
author, origin and time.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import replace

import msgspec

from optiverse_collab.core.protocol.origins import origin_of
from optiverse_collab.core.server.chain import first_head, next_head
from optiverse_collab.core.server.journal import Client, Entry, Touched
from optiverse_collab.core.server.names import NameKind, Names
from optiverse_collab.core.server.stamps import Stamp
from optiverse_collab_server.storage import format1
from optiverse_collab_server.storage.directory import ChunkRow, SessionRow
from optiverse_collab_server.storage.failures import Misfit
from optiverse_collab_server.storage.parts import CLIENTS, RECORDS, STAMPS, TOMBSTONES, parts
from optiverse_collab_server.storage.rows import ROW_BYTES, join
from optiverse_collab_server.storage.writing import (
    log_values,
    write_chunk,
    write_log,
    write_names,
    write_part,
    write_session,
)
from optiverse_collab_server.wall_clock import now_ms

_TERM = 1  # there was one server

_encoder = msgspec.json.Encoder()


def convert(old: sqlite3.Connection, new: sqlite3.Connection, session: format1.OldSessionRow) -> None:
    """Write a session of the old database to the new one, as its only chunk.

    Raises:
        Misfit: a part of it is missing or wrong.
        sqlite3.Error: it can't be read or written.
    """
    try:
        _Conversion(old, new, session).run()
    except msgspec.DecodeError as error:
        raise Misfit(str(error)) from error


class Shapes:
    """The kind and the property names of each record, while the changes of a session are converted.

    In format 1 a put of an existing record replaced all of it. Now the properties that it doesn't name stay
    (DOC-2); so they have to be removed.
    """

    def __init__(self) -> None:
        self._shapes: dict[str, tuple[str, frozenset[str]]] = {}
        self._sets: dict[frozenset[str], frozenset[str]] = {}  # each once: most records have the same names

    def add(self, id: str, kind: str, names: frozenset[str]) -> None:
        """A record exists, or has changed its kind."""
        self._shapes[id] = kind, self._sets.setdefault(names, names)

    def translated(self, ops: Sequence[format1.Op]) -> list[format1.Op] | None:
        """Operations with the same effect in format 2; None if they are the same."""
        result = [self._translated(op) for op in ops]
        return None if all(new is op for new, op in zip(result, ops, strict=True)) else result

    def _translated(self, op: format1.Op) -> format1.Op:
        if isinstance(op, format1.Remove):
            self._shapes.pop(op.id, None)
            return op
        kind, names = self._shapes.get(op.id, ("", frozenset[str]()))
        if isinstance(op, format1.Set):
            self.add(op.id, kind, names.union(op.props).difference(op.unset))
            return op
        self.add(op.id, op.kind, frozenset(op.props))
        gone = names.difference(op.props)
        return format1.Set(op.id, op.props, sorted(gone)) if gone and kind == op.kind else op


class _Conversion:
    """Converts a session.

    Args:
        old, new: the databases.
        session: of the old one.
    """

    def __init__(
        self, old: sqlite3.Connection, new: sqlite3.Connection, session: format1.OldSessionRow
    ) -> None:
        self._old, self._new, self._session = old, new, session
        self._names = Names()
        self._shapes = Shapes()
        self._indexes: dict[int, int] = {}  # clock → index of the stamp
        self._parts = 0
        self._now_ms = now_ms()
        self._chunk = ChunkRow(
            session=session.key,
            number=1,
            term=_TERM,
            clock=session.clock,
            head=first_head(session.epoch),
            time_ms=0,
            history_start=session.history_start,
            outcomes_from=session.clock,
            parts=0,
        )

    def run(self) -> None:
        session = self._session
        write_session(self._new, SessionRow(session.key, session.name, session.epoch))
        for part, data in format1.read_chunks(self._old, session):
            self._carry_part(part, data)
        for kind, data in parts(STAMPS, (Stamp(clock, 0, 0, 0) for clock in self._indexes)):
            self._write_part(kind, data)
        self._carry_log()
        write_names(self._new, session.key, self._names.take_new())
        write_chunk(self._new, replace(self._chunk, parts=self._parts))

    def _carry_part(self, part: str, data: bytes) -> None:
        if part == format1.RECORDS:
            self._write_part(RECORDS, join(self._record(*pair) for pair in format1.decode_records(data)))
            return
        pairs = format1.decode_clocks(data)
        if part == format1.TOMBSTONES:
            self._write_part(TOMBSTONES, _encoder.encode([(id, self._index(clock)) for id, clock in pairs]))
        else:
            self._write_part(CLIENTS, _encoder.encode([self._client(id, clock) for id, clock in pairs]))

    def _record(self, clock: int, data: msgspec.Raw) -> bytes:
        record = format1.decode_record(data)
        self._shapes.add(record.id, record.kind, frozenset(record.props))
        return b"[%b,%d,{}]" % (data, self._index(clock))

    def _client(self, id: str, client_clock: int) -> Client:
        """The time of its last change is unknown; it is forgotten half a year from now."""
        return Client(self._origin(id), client_clock, self._session.clock, self._now_ms)

    def _index(self, clock: int) -> int:
        return self._indexes.setdefault(clock, len(self._indexes))

    def _origin(self, client_id: str) -> int:
        return self._names.number(NameKind.ORIGIN, origin_of(client_id))

    def _write_part(self, kind: str, data: bytes) -> None:
        self._parts += 1
        write_part(self._new, self._chunk, self._parts, kind, data)

    def _carry_log(self) -> None:
        first, head = self._session.clock + 1, self._chunk.head
        entries: list[bytes] = []
        size = time_ms = 0
        for old in format1.read_entries(self._old, self._session):
            time_ms = max(time_ms, old.time_ms)  # CLK-7
            entries.append(_encoder.encode(self._entry(old, time_ms)))
            head = next_head(head, entries[-1])
            size += len(entries[-1])
            if size >= ROW_BYTES:
                self._write_row(first, head, entries)
                first += len(entries)
                entries, size = [], 0
        if entries:
            self._write_row(first, head, entries)

    def _entry(self, old: format1.Entry, time_ms: int) -> Entry:
        ops = self._shapes.translated(format1.decode_ops(old.ops))
        lost = format1.decode_ops(old.lost)
        return Entry(
            clock=old.clock,
            term=_TERM,
            origin=self._origin(old.client_id),
            author=self._names.number(NameKind.AUTHOR, old.user_id),
            client_clock=old.client_clock,
            time_ms=time_ms,
            ops=old.ops if ops is None else msgspec.Raw(_encoder.encode(ops)),
            dropped=old.lost if lost else msgspec.UNSET,
            lost=[Touched(op.id, [], 0, 0) for op in lost],
        )

    def _write_row(self, first: int, head: bytes, entries: Sequence[bytes]) -> None:
        last = first + len(entries) - 1
        write_log(self._new, log_values(self._session.key, first, last, head, join(entries)))
