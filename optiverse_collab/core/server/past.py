"""What participants ask of the past: the bench at a clock, and the changes of a span (HIST rules)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import SupportsInt

import msgspec

from optiverse_collab.core.protocol.codec import RawEntriesPage, RawPastEntry, RawPastPage
from optiverse_collab.core.protocol.pages import marked_pages
from optiverse_collab.core.protocol.past import EntriesRequest, PastRefusal, PastRefused, PastRequest
from optiverse_collab.core.record_size import RECORD_BYTES
from optiverse_collab.core.records import Lane
from optiverse_collab.core.server.chain import next_head
from optiverse_collab.core.server.effects import ON_BENCH, ReadEntries, ReadPast, Send
from optiverse_collab.core.server.journal import Entry
from optiverse_collab.core.server.raw_records import (
    CHANGE_BYTES,
    RawChange,
    RawPut,
    RawRemove,
    RawSet,
    header_of,
    raw_ops,
)

REPLAY_BYTES = 64 * 1024
"""About this much JSON is read at a time, which takes a millisecond or two."""


_entries = msgspec.json.Decoder(Entry)

_SENTENCES = {
    PastRefusal.NO_SUCH_CLOCK: "The session has no such change.",
    PastRefusal.NOT_KEPT: "The server does not keep this part of the history any more.",
    PastRefusal.BUSY: "The server is reading history already; try again in a moment.",
    PastRefusal.TOO_LARGE: "The server has too little memory left for that; try again when others have left.",
    PastRefusal.UNREADABLE: "The server can't read this part of the history; its log says why.",
}


class Past:
    """A session's records at a clock: a snapshot with the entries up to there applied.

    All values stay JSON. A large bench would be hundreds of thousands of objects, and everybody would wait
    while Python's garbage collector scans them.

    Args:
        epoch, clock, head: the position of the snapshot.
        records: its records, each as JSON.
        entries: the stored entries that follow, as JSON.

    Attributes:
        clock, head: the position up to which it was replayed.
        memory: an upper bound on its size in bytes, which grows during the replay.
        lanes: those of the records in `pages`.
    """

    def __init__(
        self,
        epoch: str,
        clock: int,
        head: bytes,
        records: Sequence[msgspec.Raw] = (),
        entries: Sequence[bytes] = (),
    ) -> None:
        self.clock, self.head = clock, head
        self._epoch = epoch
        self._kept = records
        self._entries = entries
        self._records: dict[str, RawChange | msgspec.Raw] = {}
        self.memory = 0
        self.lanes = ON_BENCH

    def replay(self) -> Iterator[None]:
        """Advance to the last entry, in short steps."""
        size = 0
        for step in chain(self._index(), self._follow()):
            size += step
            if size >= REPLAY_BYTES:
                size = 0
                yield

    def pages(self, request: int, page_bytes: SupportsInt) -> Iterator[RawPastPage]:
        """The answer to a request, each page built when it is needed."""
        records = self._in(self.lanes)
        parts: Iterator[tuple[list[msgspec.Raw], bool]] = marked_pages(map(_whole, records), page_bytes)
        for page, last in parts:
            yield RawPastPage(request, self._epoch, self.clock, self.head.hex(), len(records), page, last)

    def bench(self) -> list[msgspec.Raw]:
        """The records of the bench, in the document's order."""
        return [*map(_whole, self._in(ON_BENCH))]

    def _in(self, lanes: frozenset[Lane]) -> list[RawChange | msgspec.Raw]:
        """The records of some lanes; all that are not `RawChange` are the bench's."""
        records = self._records.values()
        return [one for one in records if (one.lane if isinstance(one, RawChange) else Lane.BENCH) in lanes]

    def _index(self) -> Iterator[int]:
        """Find the ids of the records; yields the length of each."""
        for raw in self._kept:
            id, lane = header_of(raw)
            size = len(memoryview(raw))
            self.memory += memory_of(size, 1)
            self._records[id] = raw
            if lane is not Lane.BENCH:
                self._change(id)
            yield size
        self._kept = ()

    def _follow(self) -> Iterator[int]:
        """Apply the entries; yields the length of each."""
        for data in self._entries:
            self.memory += memory_of(len(data), 1)
            for op in raw_ops(_entries.decode(data).ops):
                self._apply(op)
            self.clock, self.head = self.clock + 1, next_head(self.head, data)
            yield len(data)
        self._entries = ()

    def _apply(self, op: RawPut | RawSet | RawRemove) -> None:
        if isinstance(op, RawRemove):
            self._records.pop(op.id, None)
            return
        if isinstance(op, RawPut) and op.id not in self._records:
            self._records[op.id] = RawChange(None, op.id, op.kind, op.lane)
            self.memory += CHANGE_BYTES
        self.memory += self._change(op.id).apply(op)

    def _change(self, id: str) -> RawChange:
        """The changes to a record that is there."""
        known = self._records[id]
        if isinstance(known, RawChange):
            return known
        change = self._records[id] = RawChange.of(known)
        self.memory += CHANGE_BYTES
        return change


class PastEntries:
    """The changes of a span.

    Args:
        epoch: of the history.
        after: the clock before the first one.
        entries: the stored entries, as JSON.
        authors: the names that they refer to by number.
    """

    def __init__(self, epoch: str, after: int, entries: Sequence[bytes], authors: Mapping[int, str]) -> None:
        self._epoch, self._after = epoch, after
        self._entries, self._authors = entries, authors

    def pages(self, request: int, page_bytes: SupportsInt) -> Iterator[RawEntriesPage]:
        """The answer to a request, each page built when it is needed."""
        parts: Iterator[tuple[list[RawPastEntry], bool]] = marked_pages(self._told(), page_bytes)
        for page, last in parts:
            yield RawEntriesPage(request, self._epoch, self._after, page, last)

    def _told(self) -> Iterator[RawPastEntry]:
        for data in self._entries:
            entry = _entries.decode(data)
            author = self._authors.get(entry.author, "")
            yield RawPastEntry(entry.clock, entry.time_ms, author, entry.ops, entry.step)


def _whole(record: RawChange | msgspec.Raw) -> msgspec.Raw:
    return record.whole() if isinstance(record, RawChange) else record


def memory_of(json: int, parts: int) -> int:
    """Approximate memory of records or entries that stay JSON.

    Args:
        json: bytes of JSON.
        parts: how many there are.
    """
    return json + RECORD_BYTES * parts


def answer(to: str, message: PastRequest | EntriesRequest, known: int) -> ReadPast | ReadEntries | Send:
    """What a participant's request leads to (HIST-1, HIST-3, HIST-6).

    Args:
        to: the participant's connection.
        known: the clock of the last change that was sent to people.
    """
    if isinstance(message, EntriesRequest):
        until = known if message.until is None else message.until
        if 0 <= message.after <= until <= known:
            return ReadEntries(to, message.request, message.after, until, message.since_ms)
    elif 0 <= message.clock <= known:
        return ReadPast(to, message.request, message.clock, frozenset(message.lanes) or ON_BENCH)
    return Send((to,), refused(message.request, PastRefusal.NO_SUCH_CLOCK))


def refused(request: int, reason: PastRefusal) -> PastRefused:
    """The refusal of a request."""
    return PastRefused(request, reason.value, _SENTENCES[reason])
