"""A session's log, as the server that owns it writes it (OWN rules)."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple

import msgspec

from optiverse_collab.core.server.journal import Kept, Parent, Snapshot
from optiverse_collab.core.server.names import Name
from optiverse_collab.core.server.ownership import End, Next, Owner
from optiverse_collab_server.storage.api import Elsewhere, Tail, check_start
from optiverse_collab_server.storage.jetstream.records import (
    Chunk,
    Dropped,
    Entries,
    Kind,
    LogRecord,
    Start,
    State,
    decode_record,
    encode,
)
from optiverse_collab_server.storage.jetstream.stream import PART_BYTES, Stream, Unanswered

PAUSE_SECONDS = 0.25
"""How long to wait before NATS is asked again."""


class Node(NamedTuple):
    """A server that writes.

    Attributes:
        name: for others.
        run: of its process.
        write: returns another number each time.
    """

    name: str
    run: str
    write: Callable[[], int]


class Place(NamedTuple):
    """The end of an append: there a chunk may begin."""

    sequence: int
    head: bytes


class SessionLog:
    """The log of a session that this server owns.

    Args:
        stream: where the log is.
        node: this server.
        session_id: the session.
        last: the number of the last record, `state` where the session ends after it.
        names: all names of the session.

    Attributes:
        state: where the session ends.
        names: the same.
        start: of the newest chunk.
        places: clock → end of an append since then.
        tidying: held by who drops history.
    """

    def __init__(
        self, stream: Stream, node: Node, session_id: str, last: int, state: State, names: list[Name]
    ) -> None:
        self.state, self.names = state, names
        self.start: Start | None = None
        self.places: dict[int, Place] = {}
        self.tidying = asyncio.Lock()
        self._lock = asyncio.Lock()  # one writes at a time
        self._stream, self._node, self._id = stream, node, session_id
        self._owner = Owner(node.run, last)

    @property
    def last(self) -> int:
        """The number of the last record."""
        return self._owner.last

    @property
    def is_lost(self) -> bool:
        """Whether another server owns the session."""
        return self._owner.is_deposed

    def give_up(self) -> None:
        """Stop writing: the store is another one (OWN-6)."""
        self._owner.give_up()

    async def check(self) -> None:
        """Find out whether another server has taken the session."""
        found = await self._stream.end(self._id)
        if found is not None and not self._lock.locked():
            self._owner.read(decode_record(found.data).end(found.sequence))

    async def take(self) -> None:
        """Own the session from here on.

        Raises:
            Elsewhere: another server was quicker.
        """
        async with self._lock:
            await self._write(Kind.TAKE, self.state.taken())

    async def free(self) -> None:
        """Let others take the session.

        Raises:
            Elsewhere: another server has taken it already.
        """
        async with self._lock:
            await self._write(Kind.FREE, self.state)

    async def append(
        self, entries: Sequence[Kept], names: Sequence[Name], parents: Sequence[Parent] = ()
    ) -> None:
        """Add entries; they are durable when this returns.

        Raises:
            Elsewhere: another server has taken the session.
            StorageError: they don't continue here, or NATS can't store them.
        """
        async with self._lock:
            state = self.state.extended(entries, self.state.tail.after(self._id, entries, names))
            content = Entries([msgspec.Raw(entry.data) for entry in entries], [*names], [*parents])
            await self._write(Kind.ENTRIES, state, *await self._content(encode(content)))
            self.names += names
            self.places[state.clock] = Place(self._owner.last, state.head)

    async def begin_chunk(self, snapshot: Snapshot) -> int:
        """Begin a chunk; entries may be added meanwhile.

        Returns:
            The length of the snapshot's JSON.

        Raises:
            Elsewhere: another server has taken the session.
            StorageError: the chunk can't begin there, or NATS can't store it.
        """
        async with self._lock:
            place = self.places.get(snapshot.clock)
            if self.start is not None:
                head = None if place is None else place.head
                check_start(self._id, self.state.epoch, self.start.clock, head, snapshot)
            json = encode(snapshot)
            content = encode(Chunk(msgspec.Raw(json), self.names))
        where = await self._content(content)
        async with self._lock:
            follows = 0 if place is None else place.sequence
            start = Start(follows, self.state.chunk, snapshot.clock, snapshot.time_ms, len(json))
            state = self.state.with_chunk(0, len(json))
            await self._write(Kind.CHUNK, state, *where, start)
            self.state = state.with_chunk(self._owner.last)
            self.start = start
            self.places = {clock: one for clock, one in self.places.items() if clock > snapshot.clock}
        return len(json)

    async def leap(self, snapshot: Snapshot, names: list[Name]) -> None:
        """Continue at a later place of the session, and delete what is before.

        Raises:
            Elsewhere: another server has taken the session.
            StorageError: NATS can't store it.
        """
        json, tail = encode(snapshot), Tail.of(snapshot.clock, names)
        async with self._lock:
            follows = self.last
            where = await self._content(encode(Chunk(msgspec.Raw(json), names)))
            start = Start(follows, 0, snapshot.clock, snapshot.time_ms, len(json))
            end = snapshot.epoch, tail.clock, snapshot.head, tail.origins, tail.authors
            term = max(self.state.term, snapshot.term)
            await self._write(Kind.CHUNK, State(*end, len(json), 0, term), *where, start)
            self.state = self.state.with_chunk(self.last)
            self.start, self.names, self.places = start, names, {}
        await self._stream.drop(self._id, follows)

    async def drop(
        self, first: int, gone: int, kept: int, dropped: Dropped, is_settled: Callable[[int], Awaitable[bool]]
    ) -> bool:
        """Say in the log that the history before a chunk is dropped (OWN-13); nothing is deleted here.

        Args:
            first: the record of the chunk.
            gone: how many bytes were stored before it.
            kept: how many bytes the benches of versions take that are kept of that.
            dropped: where journals may end in there.
            is_settled: whether all is kept of it that must be, up to a record; no other one comes meanwhile.

        Returns:
            False if something more must be kept first.

        Raises:
            Elsewhere: another server has taken the session.
        """
        async with self._lock:
            if not await is_settled(self._owner.last):
                return False
            state = msgspec.structs.replace(self.state, first=first, drop=0, gone=gone, kept=kept)
            await self._write(Kind.DROP, state, *await self._content(encode(dropped)))
            self.state = msgspec.structs.replace(state, drop=self._owner.last)
            return True

    async def _content(self, data: bytes) -> tuple[msgspec.Raw | msgspec.UnsetType, list[int]]:
        """A content for a record: itself, or the numbers of its parts."""
        if len(data) <= PART_BYTES:
            return msgspec.Raw(data), []
        while not self.is_lost:
            with contextlib.suppress(Unanswered):
                return msgspec.UNSET, await self._stream.put_parts(self._id, data)
            await asyncio.sleep(PAUSE_SECONDS)
        raise Elsewhere(self._id)

    async def _write(
        self,
        kind: Kind,
        state: State,
        content: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET,
        parts: Sequence[int] = (),
        start: Start | None = None,
    ) -> None:
        """Append a record, whatever becomes of single messages."""
        write = self._node.write()
        what = self._owner.begin(write)
        name, run, last = self._node.name, self._node.run, self._owner.last
        data = encode(LogRecord(kind, name, run, write, last, state, start, content, list(parts)))
        while what in (Next.APPEND, Next.READ):
            if what is Next.APPEND:
                what = self._owner.answered(await self._stream.append(self._id, data, last))
                continue
            what = self._owner.read(await self._end())
            if what in (Next.APPEND, Next.READ):
                await asyncio.sleep(PAUSE_SECONDS)
        if what is Next.DEPOSED:
            raise Elsewhere(self._id)
        self.state = state

    async def _end(self) -> End | None:
        """The last record; None if NATS does not answer."""
        try:
            found = await self._stream.end(self._id)
        except Unanswered:
            return None
        return End(0, "", 0) if found is None else decode_record(found.data).end(found.sequence)
