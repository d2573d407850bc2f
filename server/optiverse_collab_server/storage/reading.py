"""Reads a stored session and makes sure that its parts fit together (CLK-5)."""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import NamedTuple

import msgspec

from optiverse_collab.core import record_size
from optiverse_collab.core.server.chain import head_after
from optiverse_collab.core.server.journal import Snapshot
from optiverse_collab.core.server.names import Name, NameKind
from optiverse_collab.core.server.past import memory_of
from optiverse_collab.core.server.references import Header, References
from optiverse_collab_server.storage.api import ANY_SIZE, Stored, TooLarge
from optiverse_collab_server.storage.directory import ChunkRow, SessionRow
from optiverse_collab_server.storage.failures import Misfit
from optiverse_collab_server.storage.parts import RECORDS, SnapshotReader, raw_records
from optiverse_collab_server.storage.rows import checksum, split, unpack
from optiverse_collab_server.storage.steps import Steps

PAGE_ROWS = 64
"""How many rows of the log are read in one step."""


class PartRow(NamedTuple):
    """A row of the table of parts, without its key."""

    kind: str
    packed: int
    stored: bytes

    @property
    def data(self) -> bytes:
        """The JSON."""
        return unpack(self.stored) if self.packed else self.stored


class LogRow(NamedTuple):
    """A row of the log, without its session."""

    first: int
    last: int
    head: bytes
    packed: int
    stored: bytes

    @property
    def data(self) -> bytes:
        """The JSON."""
        return unpack(self.stored) if self.packed else self.stored


_NAMES = "SELECT session, kind, number, text, checksum FROM name WHERE session=?"

_headers = msgspec.json.Decoder(Header)


def read_names(connection: sqlite3.Connection, session: int) -> list[Name]:
    """All names of a session, in the order of their numbers for each kind.

    Raises:
        Misfit: one is wrong.
        sqlite3.Error: they can't be read.
    """
    return [_name(*row) for row in connection.execute(f"{_NAMES} ORDER BY kind, number", (session,))]


def read_used_names(connection: sqlite3.Connection, session: int, used: References) -> list[Name]:
    """The names of a session that are used, and the last of each kind, as `References.pick` gives them.

    Raises:
        Misfit: one is wrong.
        sqlite3.Error: they can't be read.
    """
    found: list[Name] = []
    for kind in sorted(NameKind):
        key = (session, kind.value)
        [[last]] = connection.execute("SELECT max(number) FROM name WHERE session=? AND kind=?", key)
        for number in sorted({*used.numbers(kind), last or 0}):
            rows = connection.execute(f"{_NAMES} AND kind=? AND number=?", (*key, number))
            found += [_name(*row) for row in rows]
    return used.pick(found)


def _name(session: int, kind: str, number: int, text: str, found: int) -> Name:
    if checksum((session, kind, number, text)) != found or kind not in NameKind._value2member_map_:
        raise Misfit(f"wrong checksum at {kind} {number}")
    return Name(NameKind(kind), number, text)


def part_rows(connection: sqlite3.Connection, chunk: ChunkRow) -> Iterator[PartRow]:
    """The parts of a chunk's snapshot, each read when it is needed.

    Raises:
        Misfit: one is missing or wrong.
        sqlite3.Error: one can't be read.
    """
    for number in range(1, chunk.parts + 1):
        row = connection.execute(
            "SELECT kind, packed, CAST(data AS BLOB), checksum FROM part "
            "WHERE session=? AND chunk=? AND number=?",
            (chunk.session, chunk.number, number),
        ).fetchone()
        if row is None:
            raise Misfit(f"part {number} of chunk {chunk.number} is missing")
        kind, packed, stored, found = row
        if checksum((chunk.session, chunk.number, number, kind, packed), stored) != found:
            raise Misfit(f"wrong checksum in part {number} of chunk {chunk.number}")
        yield PartRow(kind, packed, stored)


def log_rows(connection: sqlite3.Connection, chunk: ChunkRow, after: int) -> Iterator[LogRow]:
    """The rows of a chunk's log that follow the clock `after`.

    Raises:
        Misfit: one is missing or wrong.
        sqlite3.Error: one can't be read.
    """
    rows = connection.execute(
        "SELECT first, last, head, packed, CAST(data AS BLOB), checksum FROM log "
        "WHERE session=? AND first>? AND first<=? ORDER BY first",
        (chunk.session, after, 2**62 if chunk.last is None else chunk.last),
    )
    for first, last, head, packed, stored, found in rows:
        if checksum((chunk.session, first, last, head, packed), stored) != found:
            raise Misfit(f"wrong checksum at change {first}")
        if first != after + 1:
            raise Misfit(f"change {after + 1} is missing")
        yield LogRow(first, last, head, packed, stored)
        after = last


def read_stored(connection: sqlite3.Connection, session: SessionRow, most: int = ANY_SIZE) -> Steps[Stored]:
    """The state from which a session continues, checked.

    Args:
        most: about how many bytes of memory it may take.

    Raises:
        TooLarge: it takes more.
        Misfit: a part of it is missing or wrong.
        sqlite3.Error: it can't be read.
    """
    if session.damage or session.chunk is None:
        raise Misfit(session.damage)
    reader = ChunkReader(connection, session.chunk)
    snapshot = yield from reader.snapshot(session.epoch, most)
    entries: list[bytes] = []
    for page in reader.entries():
        entries += page
        yield
    names = read_used_names(connection, session.key, reader.used)  # there was no step since the last entries
    reader.check_names(names)
    return Stored(snapshot, reader.bytes, names, entries)


def size_of_session(connection: sqlite3.Connection, session: SessionRow) -> int:
    """How many bytes of data the rows of a session have."""
    [[size]] = connection.execute(
        "SELECT (SELECT total(length(data)) FROM part WHERE session=?) + "
        "(SELECT total(length(data)) FROM log WHERE session=?) + "
        "(SELECT total(bytes) FROM kept WHERE session=?)",
        (session.key, session.key, session.key),
    )
    return int(size)


class ChunkReader:
    """Reads one chunk in steps.

    Args:
        connection: of the database.
        chunk: which one.

    Attributes:
        clock, head: the position up to which the chunk was read.
        bytes: the length of the snapshot's JSON.
        used: the names found.
    """

    def __init__(self, connection: sqlite3.Connection, chunk: ChunkRow) -> None:
        self._connection, self._chunk = connection, chunk
        self.clock, self.head = chunk.clock, chunk.head
        self.bytes = 0
        self.used = References()

    def skip_to(self, clock: int) -> None:
        """Start with the row that follows a clock, instead of the snapshot.

        Raises:
            sqlite3.Error: the row before it can't be read.
        """
        before = self._connection.execute(
            "SELECT last, head FROM log WHERE session=? AND first>? AND first<=? AND last<=? "
            "ORDER BY first DESC LIMIT 1",
            (self._chunk.session, self._chunk.clock, clock, clock),
        ).fetchone()
        if before is not None:
            self.clock, self.head = before

    def snapshot(self, epoch: str, most: int = ANY_SIZE) -> Steps[Snapshot]:
        """The snapshot at the start of the chunk.

        Args:
            most: about how many bytes of memory it may take.

        Raises:
            TooLarge: it takes more.
            Misfit: a part of it is missing or wrong.
            sqlite3.Error: it can't be read.
        """
        reader = SnapshotReader()
        memory = 0
        try:
            for row in part_rows(self._connection, self._chunk):
                data = row.data
                memory += record_size.memory_of(data)
                if memory > most:
                    raise TooLarge
                reader.add(row.kind, data)
                self.bytes += len(data)
                yield
        except (msgspec.DecodeError, zlib.error, KeyError) as error:
            raise Misfit(f"the snapshot of chunk {self._chunk.number} can't be read: {error}") from error
        snapshot = reader.snapshot(epoch, self._chunk)
        self.used.add_snapshot(snapshot)
        return snapshot

    def records(self, most: int) -> Steps[list[msgspec.Raw]]:
        """The records of the snapshot alone, each as JSON.

        Args:
            most: how many bytes of memory they may take.

        Raises:
            TooLarge: they take more.
            Misfit: a part of the snapshot is missing or wrong.
            sqlite3.Error: it can't be read.
        """
        found: list[msgspec.Raw] = []
        try:
            for row in part_rows(self._connection, self._chunk):
                if row.kind == RECORDS:
                    data = row.data
                    found += raw_records(data)
                    self.bytes += len(data)
                    if memory_of(self.bytes, len(found)) > most:
                        raise TooLarge
                yield
        except (msgspec.DecodeError, zlib.error) as error:
            raise Misfit(f"the snapshot of chunk {self._chunk.number} can't be read: {error}") from error
        return found

    def entries(self) -> Iterator[list[bytes]]:
        """The entries, page by page. After the last page, it checks once more for later ones.

        Raises:
            Misfit: one is missing or wrong, or the chain doesn't fit.
            sqlite3.Error: one can't be read.
        """
        while True:
            page: list[bytes] = []
            for row in islice(log_rows(self._connection, self._chunk, self.clock), PAGE_ROWS):
                page += self._follow(row)
            if not page:
                break
            yield page
        chunk = self._chunk
        if chunk.last is not None and self.clock < chunk.last:
            raise Misfit(f"change {self.clock + 1} is missing")
        if chunk.last is not None and (self.clock, self.head) != (chunk.last, chunk.last_head):
            raise Misfit(f"the chain breaks at change {chunk.last}, where chunk {chunk.number} ends")

    def _follow(self, row: LogRow) -> list[bytes]:
        """The entries of a row, after which the chain must have the row's head."""
        span = f"change {row.first}" if row.first == row.last else f"changes {row.first} to {row.last}"
        try:
            entries = split(row.data)
            headers = [_headers.decode(entry) for entry in entries]
        except (msgspec.DecodeError, zlib.error) as error:
            raise Misfit(f"{span} can't be read: {error}") from error
        for clock, header in enumerate(headers, row.first):
            if header.clock != clock:
                raise Misfit(f"change {header.clock} is where {clock} belongs")
            self.used.add_entry(header)
        if len(entries) != row.last - row.first + 1:
            raise Misfit(f"there are {len(entries)} entries at {span}")
        head = head_after(self.head, entries)
        if head != row.head:
            raise Misfit(f"the chain breaks at {span}")
        self.clock, self.head = row.last, head
        return entries

    def check_names(self, names: Iterable[Name]) -> None:
        """Check that these include all names found.

        Raises:
            Misfit: one is missing.
        """
        if missing := self.used.missing(names):
            raise Misfit(f"{missing} is missing")
