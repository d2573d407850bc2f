"""Storage in memory, lost at the end of the process: for trials, and for tests of everything above
storage."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

import msgspec

from optiverse_collab.core.record_size import memory_of
from optiverse_collab.core.server.journal import Kept, Parent, Snapshot
from optiverse_collab.core.server.names import Name
from optiverse_collab.core.server.references import Header, References
from optiverse_collab.core.server.stored_versions import StoredVersions
from optiverse_collab_server.storage.apart import Apart
from optiverse_collab_server.storage.api import (
    ANY_SIZE,
    Span,
    Stored,
    StoredEntries,
    StoredPast,
    Tail,
    TooLarge,
    check_start,
    closed,
    no_such_session,
)
from optiverse_collab_server.storage.spans import Collected

_snapshots = msgspec.json.Decoder(Snapshot)
_headers = msgspec.json.Decoder(Header)


MAX_CHUNKS = 16
"""How many chunks a session keeps: memory is for trials, not for an archive."""


@dataclass
class _Chunk:
    clock: int
    snapshot: bytes
    appends: list[list[Kept]]

    @property
    def last(self) -> int:
        return self.appends[-1][-1].clock if self.appends else self.clock

    @property
    def head(self) -> bytes:
        return _snapshots.decode(self.snapshot).head

    @property
    def size(self) -> int:
        return len(self.snapshot) + sum(len(entry.data) for append in self.appends for entry in append)

    def add_parents(self, parents: Sequence[Parent]) -> None:
        """Add to the parents of the snapshot."""
        start = _snapshots.decode(self.snapshot)
        start = msgspec.structs.replace(start, parents=[*start.parents, *parents])
        self.snapshot = msgspec.json.encode(start)

    def past(self, epoch: str, last: int) -> StoredPast:
        """The session after the change `last`, which is in this chunk."""
        start = _snapshots.decode(self.snapshot)
        records = [msgspec.Raw(msgspec.json.encode(one.record)) for one in start.records]
        return StoredPast(epoch, start.clock, start.head, records, self._entries(last))

    def stored(self, names: Sequence[Name]) -> Stored:
        """The state from which a session continues."""
        snapshot, entries = _snapshots.decode(self.snapshot), self._entries(self.last)
        used = References()
        used.add_snapshot(snapshot)
        for entry in entries:
            used.add_entry(_headers.decode(entry))
        return Stored(snapshot, len(self.snapshot), used.pick(names), entries)

    def _entries(self, last: int) -> list[bytes]:
        return [entry.data for append in self.appends for entry in append if entry.clock <= last]


@dataclass
class _Session:
    epoch: str
    names: list[Name]
    chunks: deque[_Chunk]
    kept: dict[int, StoredPast] = field(default_factory=dict)

    @property
    def tail(self) -> Tail:
        return Tail.of(self.chunks[-1].last, self.names)

    def drop_oldest(self) -> None:
        """Drop the oldest chunk, but keep the benches of versions in it (HIST-15)."""
        versions, newest, oldest = StoredVersions(), self.chunks[-1], self.chunks.popleft()
        for one in _snapshots.decode(newest.snapshot).records:
            versions.add_record(msgspec.Raw(msgspec.json.encode(one.record)))
        for append in newest.appends:
            for entry in append:
                versions.add_entry(entry.data)
        in_it = range(oldest.clock, self.chunks[0].clock)
        benches = {clock: oldest.past(self.epoch, clock) for clock in versions.clocks if clock in in_it}
        self.kept = {clock: one for clock, one in self.kept.items() if clock in versions.clocks} | benches


class MemoryStore:
    """A `Store` in memory.

    It keeps encoded JSON, not the objects: so it returns what a file would have returned, without anybody's
    later changes.
    """

    def __init__(self) -> None:
        self._sessions: dict[str, _Session] = {}
        self._closed = False

    async def load(self, session_id: str, most: int = ANY_SIZE) -> Stored | None:
        """See `Store.load`."""
        self._check_open()
        session = self._sessions.get(session_id)
        if session is None:
            return None
        chunk = session.chunks[-1]
        if memory_of(chunk.snapshot) > most:
            raise TooLarge
        return chunk.stored(session.names)

    async def load_at(self, session_id: str, clock: int, most: int = ANY_SIZE) -> StoredPast | None:
        """See `Store.load_at`."""
        self._check_open()
        session = self._sessions.get(session_id)
        if session is None or clock > session.tail.clock:
            return None
        chunk = next((chunk for chunk in reversed(session.chunks) if chunk.clock <= clock), None)
        if chunk is None:
            return session.kept.get(clock)
        if chunk.size > most:
            raise TooLarge
        return chunk.past(session.epoch, clock)

    async def load_entries(self, session_id: str, span: Span) -> StoredEntries | None:
        """See `Store.load_entries`."""
        self._check_open()
        session = self._sessions.get(session_id)
        if session is None:
            return None
        collected = Collected(span)
        for chunk in session.chunks:
            collected.begin(chunk.clock, chunk.head)
            for append in chunk.appends:
                for entry in append:
                    collected.add(entry.data)
        return collected.stored(session.epoch, session.names)

    async def load_start(self, session_id: str, most: int = ANY_SIZE) -> Stored | None:
        """See `CopiedStore.load_start`."""
        self._check_open()
        session = self._sessions.get(session_id)
        if session is None:
            return None
        oldest = session.chunks[0]
        if memory_of(oldest.snapshot) > most:
            raise TooLarge
        snapshot, used = _snapshots.decode(oldest.snapshot), References()
        used.add_snapshot(snapshot)
        names = [name for name in session.names if name.number in used.numbers(name.kind)]
        return Stored(snapshot, len(oldest.snapshot), names, [])

    async def load_apart(self, session_id: str) -> Apart | None:
        """See `StandbyStore.load_apart`."""
        self._check_open()
        session = self._sessions.get(session_id)
        if session is None:
            return None
        newest = _snapshots.decode(session.chunks[-1].snapshot)
        return Apart(session.chunks[0].clock, frozenset(session.kept), newest.parents)

    async def keep(self, session_id: str, clock: int, head: bytes, records: Sequence[msgspec.Raw]) -> None:
        """See `StandbyStore.keep`."""
        self._check_open()
        session = self._sessions[session_id]
        session.kept[clock] = StoredPast(session.epoch, clock, head, [*records], [])

    async def append(
        self,
        session_id: str,
        entries: Sequence[Kept],
        names: Sequence[Name] = (),
        parents: Sequence[Parent] = (),
    ) -> None:
        """See `Store.append`."""
        self._check_open()
        if not entries:
            return
        session = self._sessions.get(session_id)
        if session is None:
            raise no_such_session(session_id)
        session.tail.after(session_id, entries, names)
        session.names += names
        session.chunks[-1].appends.append(list(entries))
        if parents:
            session.chunks[-1].add_parents(parents)

    async def begin_copy(self, session_id: str, snapshot: Snapshot, names: Sequence[Name]) -> int:
        """See `CopiedStore.begin_copy`."""
        size = await self.begin_chunk(session_id, snapshot)
        self._sessions[session_id].names += names
        return size

    async def begin_chunk(self, session_id: str, snapshot: Snapshot) -> int:
        """See `Store.begin_chunk`."""
        self._check_open()
        session = self._sessions.get(session_id)
        chunk = _Chunk(snapshot.clock, msgspec.json.encode(snapshot), [])
        if session is None:
            self._sessions[session_id] = _Session(snapshot.epoch, [], deque([chunk]))
            return len(chunk.snapshot)
        newest = session.chunks[-1]
        heads = {append[-1].clock: append[-1].head for append in newest.appends}
        check_start(session_id, session.epoch, newest.clock, heads.get(snapshot.clock), snapshot)
        chunk.appends = [append for append in newest.appends if append[0].clock > snapshot.clock]
        newest.appends = newest.appends[: len(newest.appends) - len(chunk.appends)]
        session.chunks.append(chunk)
        if len(session.chunks) > MAX_CHUNKS:
            session.drop_oldest()
        return len(chunk.snapshot)

    async def size(self, session_id: str) -> int:
        """See `Store.size`."""
        self._check_open()
        session = self._sessions.get(session_id)
        return 0 if session is None else sum(chunk.size for chunk in session.chunks)

    async def sessions(self) -> list[str]:
        """See `Store.sessions`."""
        self._check_open()
        return sorted(self._sessions)

    async def elsewhere(self, session_id: str) -> str:
        """See `Store.elsewhere`: nobody shares it."""
        return ""

    async def release(self, session_id: str) -> None:
        """See `Store.release`: nobody shares it."""

    def has_lost(self, session_id: str) -> bool:
        """See `Store.has_lost`."""
        return False

    async def close(self) -> None:
        """See `Store.close`."""
        self._closed = True

    def _check_open(self) -> None:
        if self._closed:
            raise closed()
