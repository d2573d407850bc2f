"""Reads the changes of a span of a session's history (HIST-7)."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence

import msgspec

from optiverse_collab.core.server.names import Name, NameKind
from optiverse_collab.core.server.past import memory_of
from optiverse_collab.core.server.references import References
from optiverse_collab_server.storage.api import Span, StoredEntries
from optiverse_collab_server.storage.directory import ChunkRow, SessionRow, read_chunks
from optiverse_collab_server.storage.reading import ChunkReader, read_used_names
from optiverse_collab_server.storage.steps import Steps


class _Header(msgspec.Struct, gc=False):
    """The fields that decide whether an entry belongs to a span."""

    clock: int
    author: int
    time_ms: int


_headers = msgspec.json.Decoder(_Header)


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
        self._after = span.after
        self._entries: list[bytes] = []
        self._memory = 0

    def begin(self, clock: int) -> None:
        """The entries after this clock are kept; those before it may not be."""
        if not self._entries and not self.is_full:
            self._after = max(self._after, clock)

    def add(self, entry: bytes) -> None:
        """Take an entry, if it belongs to the span and there is room."""
        header = _headers.decode(entry)
        if self.is_full or header.clock <= self._span.after:
            return
        self._memory += memory_of(len(entry), 1)
        if header.clock > self._span.until or (self._entries and self._memory > self._span.most):
            self.is_full = True
        elif self._entries or header.time_ms >= self._span.since_ms:
            self._entries.append(entry)
            self.used.authors.add(header.author)
        else:
            self._after, self._memory = header.clock, 0

    def stored(self, epoch: str, names: Iterable[Name]) -> StoredEntries:
        """All of them.

        Args:
            names: of the session, at least those that were used.
        """
        used = [name for name in names if name.kind is NameKind.AUTHOR and name.number in self.used.authors]
        return StoredEntries(epoch, self._after, self._entries, used)


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
        collected.begin(reader.clock)
        for page in reader.entries():
            for entry in page:
                collected.add(entry)
            yield
            if collected.is_full:
                break
        if collected.is_full:
            break
    return collected.stored(session.epoch, read_used_names(connection, session.key, collected.used))


def _from_start(chunks: Sequence[ChunkRow], span: Span) -> Sequence[ChunkRow]:
    """The chunks starting with the one where a span begins: time never runs backwards in them."""
    start = 0
    for number, chunk in enumerate(chunks):
        if chunk.clock <= span.after or chunk.time_ms < span.since_ms:
            start = number
    return chunks[start:]
