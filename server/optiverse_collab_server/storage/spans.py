"""Reads the changes of a span of a session's history (HIST-7), and where its history starts."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence

import msgspec

from optiverse_collab.core.server.chain import next_head
from optiverse_collab.core.server.names import Name
from optiverse_collab.core.server.past import memory_of
from optiverse_collab.core.server.references import Header, References
from optiverse_collab_server.storage.api import ANY_SIZE, Span, Stored, StoredEntries
from optiverse_collab_server.storage.directory import ChunkRow, SessionRow, read_chunks
from optiverse_collab_server.storage.reading import ChunkReader, read_used_names
from optiverse_collab_server.storage.steps import Steps


class _Timed(Header, gc=False, kw_only=True):
    """The references in an entry, and its time, which decides whether it belongs to a span."""

    time_ms: int


_headers = msgspec.json.Decoder(_Timed)


class Collected:
    """The entries of a span found so far; they must be added in the order of their clocks.

    Attributes:
        is_full: whether no later entry belongs to it, or may be added.
        used: the names that they refer to.
    """

    def __init__(self, span: Span) -> None:
        self.is_full = False
        self.used = References()
        self._span = span
        self._after = 0
        self._before = b""
        self._entries: list[bytes] = []
        self._memory = 0

    def begin(self, clock: int, head: bytes) -> None:
        """The entries after this position are kept; those before it may not be."""
        if not self._entries and not self.is_full:
            self._after, self._before = clock, head

    def add(self, entry: bytes) -> None:
        """Take an entry, if it belongs to the span and there is room."""
        header = _headers.decode(entry)
        if self.is_full:
            return
        if header.clock <= self._span.after:
            self._after, self._before = header.clock, next_head(self._before, entry)
            return
        self._memory += memory_of(len(entry), 1)
        if header.clock > self._span.until or (self._entries and self._memory > self._span.most):
            self.is_full = True
        elif self._entries or header.time_ms >= self._span.since_ms:
            self._entries.append(entry)
            self.used.add_entry(header)
        else:
            self._after, self._memory = header.clock, 0
            self._before = next_head(self._before, entry)

    def stored(self, epoch: str, names: Iterable[Name]) -> StoredEntries:
        """All of them.

        Args:
            names: of the session, at least those that were used.
        """
        used = [name for name in names if name.number in self.used.numbers(name.kind)]
        return StoredEntries(epoch, self._after, self._before, self._entries, used)


def read_span(connection: sqlite3.Connection, session: SessionRow, span: Span) -> Steps[StoredEntries]:
    """The first changes of a span.

    Raises:
        Misfit: a part of it is missing or wrong.
        sqlite3.Error: it can't be read.
    """
    collected = Collected(span)
    for chunk in _from_start(read_chunks(connection, session.key), span):
        reader = ChunkReader(connection, chunk)
        reader.skip_to(span.after)
        collected.begin(reader.clock, reader.head)
        for page in reader.entries():
            for entry in page:
                collected.add(entry)
            yield
            if collected.is_full:
                break
        if collected.is_full:
            break
    return collected.stored(session.epoch, read_used_names(connection, session.key, collected.used))


def read_start(connection: sqlite3.Connection, session: SessionRow, most: int = ANY_SIZE) -> Steps[Stored]:
    """The oldest snapshot that is kept, with its names and without entries.

    Raises:
        TooLarge: it takes more than `most` bytes of memory.
        Misfit: a part of it is missing or wrong.
        sqlite3.Error: it can't be read.
    """
    reader = ChunkReader(connection, read_chunks(connection, session.key)[0])
    snapshot = yield from reader.snapshot(session.epoch, most)
    names = read_used_names(connection, session.key, reader.used)
    used = [name for name in names if name.number in reader.used.numbers(name.kind)]
    return Stored(snapshot, reader.bytes, used, [])


def _from_start(chunks: Sequence[ChunkRow], span: Span) -> Sequence[ChunkRow]:
    """The chunks starting with the one where a span begins: time never runs backwards in them."""
    start = 0
    for number, chunk in enumerate(chunks):
        if chunk.clock <= span.after or chunk.time_ms < span.since_ms:
            start = number
    return chunks[start:]
