"""The standby's own copies of the sessions: what the other server sends goes to this one's disk (STAND-3)."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from optiverse_collab.core.protocol.address import check_name
from optiverse_collab.core.server.batches import Batch
from optiverse_collab.core.server.chain import next_head
from optiverse_collab.core.server.history import History
from optiverse_collab.core.server.journal import Kept, Parent, Snapshot
from optiverse_collab.core.server.names import Name
from optiverse_collab.core.server.past import memory_of
from optiverse_collab.core.server.references import Header
from optiverse_collab.errors import AddressError, BatchRefused, DatabaseDamaged
from optiverse_collab_server.chunking import OpenChunk
from optiverse_collab_server.quotas import DEFAULTS, Quotas
from optiverse_collab_server.standby.benches import Benches
from optiverse_collab_server.standby.messages import Where
from optiverse_collab_server.standby.pieces import Pieces
from optiverse_collab_server.standby.places import end_of, moved
from optiverse_collab_server.storage import Apart, StandbyStore, Stored

WAITING_BYTES = 8 * 1024 * 1024
"""How much may wait for the disk."""

SNAPSHOT_SPACES = 4
"""A snapshot takes at most this many times the memory for live sessions, since it has all stamps as JSON."""

TOO_LARGE = (
    "The start of a session takes more memory than memory-mb allows; raise that, at least to what the other "
    "server has."
)

_headers = msgspec.json.Decoder(Header)
_snapshots = msgspec.json.Decoder(Snapshot)

log = logging.getLogger("optiverse_collab_server")


@dataclass
class _Copy:
    """A session on this server's disk.

    Attributes:
        where: where it ends.
        chunk: its newest one, and how many `records` that has.
        parents: of its history.
    """

    where: Where
    chunk: OpenChunk
    records: int
    parents: list[Parent]


class Copies:
    """The sessions of a standby.

    Args:
        store: this server's.
        durable: called when a session is on the disk up to a clock.
        benches: looks for those that the copies lack.
        quotas: the most sessions, and the memory for their state (LIM-16).
        leaves_out: called for each session that would be one too many (STAND-14).
    """

    def __init__(
        self,
        store: StandbyStore,
        durable: Callable[[str, int], Awaitable[None]],
        benches: Benches,
        quotas: Quotas = DEFAULTS,
        leaves_out: Callable[[str], None] = lambda session: None,
    ) -> None:
        self._store, self._durable, self._benches = store, durable, benches
        self._most, self._leaves_out = quotas.sessions, leaves_out
        self._copies: dict[str, _Copy] = {}
        self._pieces = Pieces(SNAPSHOT_SPACES * quotas.space_bytes)
        self._tasks: set[asyncio.Task[None]] = set()
        self._waiting_bytes = 0
        self._has_room = asyncio.Event()
        self._is_chunking = False
        self._error: BaseException | None = None

    async def positions(self) -> dict[str, Where]:
        """Where the stored sessions end; without damaged ones.

        Raises:
            StorageError: they can't be read.
        """
        for session in await self._store.sessions():
            try:
                stored, apart = await self._store.load(session), await self._store.load_apart(session)
            except DatabaseDamaged as error:
                log.error("The copy of session %s is damaged, so it isn't followed: %s", session, error)
                continue
            assert stored is not None
            assert apart is not None
            self._add(session, stored, apart)
        return {session: copy.where for session, copy in self._copies.items()}

    def take_piece(self, data: bytes) -> None:
        """A piece of the snapshot of the next session to begin.

        Raises:
            BatchRefused: that takes too much memory.
        """
        self._pieces.add(data)
        if self._pieces.are_too_many:
            raise BatchRefused(TOO_LARGE)

    async def begin(self, session: str, names: list[Name]) -> None:
        """Begin the copy of a session, with the snapshot that came in pieces, unless there are too many.

        Raises:
            BatchRefused: that is none, or there is a copy already.
            StorageError: it can't be stored.
        """
        data = self._pieces.take() or b""
        if session in self._copies:
            raise BatchRefused(f"Session {session!r} begins again, and there is a copy of it.")
        if self._is_full:
            self._leaves_out(session)
            return
        try:
            check_name(session, "session")
            snapshot = _snapshots.decode(data)
        except (AddressError, msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise BatchRefused(f"The start of session {session!r} can't be read: {error}") from error
        size = await self._store.begin_copy(session, snapshot, names)
        apart = Apart(snapshot.clock, frozenset(), snapshot.parents)
        self._add(session, Stored(snapshot, size, names, []), apart)
        log.info("Session %s is being copied", session)
        await self._durable(session, snapshot.clock)

    async def extend(self, session: str, batch: Batch, parents: Sequence[Parent] = ()) -> None:
        """Start to store the next changes of a session; waits while too much waits for the disk.

        Raises:
            BatchRefused: they don't continue the copy.
            StorageError: earlier ones can't be stored.
        """
        if self._error is not None:
            raise self._error
        copy = self._copies.get(session)
        if copy is None and self._is_full:
            return  # it was left out
        if copy is None:
            raise BatchRefused(f"There is no copy of session {session!r}.")
        kept = _checked(copy.where, batch)
        size = _memory_of(batch)
        while self._waiting_bytes and self._waiting_bytes + size > WAITING_BYTES:
            self._has_room.clear()
            await self._has_room.wait()
        copy.where = moved(copy.where, batch)
        copy.chunk.add(kept)
        self._benches.follow(session, batch.entries)
        self._waiting_bytes += size
        missing = [one for one in parents if one not in copy.parents]
        copy.parents = [*copy.parents, *missing]
        self._start(self._write(session, kept, batch.names, missing, size))

    async def settled(self) -> None:
        """Wait until nothing waits for the disk."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    @property
    def _is_full(self) -> bool:
        return len(self._copies) >= self._most

    def _add(self, session: str, stored: Stored, apart: Apart) -> None:
        chunk = OpenChunk(stored.snapshot_bytes, stored.entries)
        self._copies[session] = _Copy(end_of(stored), chunk, len(stored.snapshot.records), apart.parents)
        self._benches.look_at(session, stored, apart)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(self._noting_errors(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _noting_errors(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except Exception as error:  # noqa: BLE001  whoever sends the next changes sees it
            self._error = error

    async def _write(
        self, session: str, kept: list[Kept], names: Sequence[Name], parents: Sequence[Parent], size: int
    ) -> None:
        try:
            await self._store.append(session, kept, names, parents)
        finally:
            self._waiting_bytes -= size
            self._has_room.set()
        await self._durable(session, kept[-1].clock)
        copy = self._copies[session]
        if copy.chunk.is_full(copy.records) and not self._is_chunking:
            self._is_chunking = True
            self._start(self._begin_chunk(session, copy))

    async def _begin_chunk(self, session: str, copy: _Copy) -> None:
        """Begin the next chunk; changes continue meanwhile."""
        try:
            copy.chunk = OpenChunk(copy.chunk.snapshot_bytes)
            stored = await self._store.load(session)
            assert stored is not None
            snapshot = await asyncio.to_thread(_snapshot_of, stored)
            copy.records = len(snapshot.records)
            copy.chunk.snapshot_bytes = await self._store.begin_chunk(session, snapshot)
        finally:
            self._is_chunking = False


def _snapshot_of(stored: Stored) -> Snapshot:
    return History(stored.snapshot, stored.names, stored.entries).snapshot()


def _memory_of(batch: Batch) -> int:
    texts = sum(map(len, batch.entries)) + sum(len(name.text) for name in batch.names)
    return memory_of(texts, len(batch.entries) + len(batch.names))


def _checked(where: Where, batch: Batch) -> list[Kept]:
    """The entries of a batch with their heads.

    Raises:
        BatchRefused: it doesn't continue a copy.
    """
    if not batch.entries or (batch.after, batch.before) != (where.clock, where.head):
        raise BatchRefused(
            f"The changes after {batch.after} don't continue the copy, which is at {where.clock}."
        )
    kept, head = [], where.head
    for clock, data in enumerate(batch.entries, where.clock + 1):
        try:
            header = _headers.decode(data)
        except msgspec.DecodeError as error:
            raise BatchRefused(f"Change {clock} can't be read: {error}.") from error
        if header.clock != clock:
            raise BatchRefused(f"Change {header.clock} is where {clock} belongs.")
        kept.append(Kept(clock, data, head := next_head(head, data)))
    return kept
