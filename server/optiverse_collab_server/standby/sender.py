"""Brings a standby up to date, and keeps it there (STAND-3): from recent appends, or from storage.

A slow standby delays nobody: at most `RECENT_BYTES` wait for it in memory; beyond that, it gets the changes
from storage.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass

import msgspec

from optiverse_collab.core.server.batches import Batch
from optiverse_collab.core.server.journal import Kept, Parent
from optiverse_collab.core.server.names import Name
from optiverse_collab.errors import DatabaseDamaged
from optiverse_collab_server.access.book import GrantBook
from optiverse_collab_server.standby import places
from optiverse_collab_server.standby.benches import pieces_of
from optiverse_collab_server.standby.followers import Followers
from optiverse_collab_server.standby.messages import (
    PIECE_BYTES,
    Access,
    Bench,
    Changes,
    FromPrimary,
    Parted,
    Piece,
    Start,
    Where,
    portions,
)
from optiverse_collab_server.standby.places import end_of, is_beginning, moved, next_batch
from optiverse_collab_server.storage import StandbyStore, Stored

RECENT_BYTES = 4 * 1024 * 1024
"""How much may wait in memory for a standby."""

AGAIN = "Stop the standby and delete the session there; then it is copied again"
ANOTHER = f"the standby's copy is not a start of the session on the server. {AGAIN}"
DROPPED = f"the server has dropped the history that the standby lacks. {AGAIN}"

log = logging.getLogger("optiverse_collab_server")


@dataclass
class _Recent:
    """An append that waits for a standby."""

    entries: Sequence[Kept]
    names: Sequence[Name]

    @property
    def size(self) -> int:
        return sum(len(entry.data) for entry in self.entries)


class Sender:
    """What one standby has, and what it gets next.

    Args:
        store: this server's.
        book: this server's grants; None if it asks nobody for one.
        followers: all standbys.
        claimed: the positions that the standby names; each is checked before anything is sent for it.
        send: sends a message; returns when there is room for the next one.
        address: see below.

    Attributes:
        address: where participants will find the standby; empty if it doesn't say.
    """

    def __init__(
        self,
        store: StandbyStore,
        book: GrantBook | None,
        followers: Followers,
        claimed: dict[str, Where],
        send: Callable[[FromPrimary], Awaitable[None]],
        address: str = "",
    ) -> None:
        self.address = address
        self._store, self._book, self._followers = store, book, followers
        self._claimed, self._send = claimed, send
        self._has: dict[str, Where] = {}
        self._parted: set[str] = set()
        self._due: dict[str, None] = {}  # sessions with news, in order
        self._from_storage: set[str] = set()  # sessions of which not all news is in memory
        self._recent: dict[str, deque[_Recent]] = {}
        self._recent_bytes = 0
        self._parents: dict[str, list[Parent]] = {}  # that were not sent yet
        self._wanted: tuple[str, int] | None = None  # a bench
        self._pieces: AsyncIterator[Bench] | None = None  # of it
        self._grants: dict[str, None] = {}
        self._wake = asyncio.Event()
        self._is_through = False
        self._unconfirmed: dict[str, int] = {}  # what was sent the first time

    def offer(
        self, session: str, entries: Sequence[Kept], names: Sequence[Name], parents: Sequence[Parent]
    ) -> None:
        """There is something new in a session; `entries` are its latest changes."""
        self._due[session] = None
        self._wake.set()
        if session in self._parted or session not in self._has:
            return
        self._parents[session] = [*self._parents.get(session, ()), *parents]
        recent = _Recent(entries, names)
        self._recent_bytes += recent.size
        if entries:
            self._recent.setdefault(session, deque()).append(recent)
        if self._recent_bytes > RECENT_BYTES:
            self._from_storage.update(self._recent)
            self._recent.clear()
            self._recent_bytes = 0

    def offer_grants(self, ids: Iterable[str]) -> None:
        """These grants are new, different or gone."""
        self._grants.update(dict.fromkeys(ids))
        self._wake.set()

    def ask(self, session: str, clock: int) -> bool:
        """The standby wants the bench of a version (STAND-12); returns whether no answer was open."""
        if self._wanted is not None:
            return False
        self._wanted = session, clock
        self._wake.set()
        return True

    def confirmed(self, session: str, clock: int) -> None:
        """The standby has a session on its disk up to a clock, if that was sent."""
        has = self._has.get(session)
        if has is not None and clock <= has.clock:
            self._followers.confirm(session, clock)
            if clock >= self._unconfirmed.get(session, clock + 1):
                del self._unconfirmed[session]
                self._look_through()

    async def run(self) -> None:
        """Send everything, and then all news, until the connection ends."""
        await self._send_all_grants()
        self._due.update(dict.fromkeys(await self._store.sessions()))
        while True:
            while self._due or self._grants or self._wanted is not None:
                await self._send_grants()
                if self._due:
                    session = next(iter(self._due))
                    del self._due[session]
                    await self._try_to_bring(session)
                elif self._wanted is not None:
                    await self._send_piece(*self._wanted)
            if not self._is_through:
                self._is_through = True
                self._look_through()
            self._wake.clear()
            await self._wake.wait()

    def _look_through(self) -> None:
        """Say so once everything was sent for the first time, and is confirmed."""
        if self._is_through and not self._unconfirmed:
            self._followers.has_every_session(self, is_whole=not self._parted)

    async def _send_all_grants(self) -> None:
        grants = [] if self._book is None else list(self._book.grants)
        for some, is_last in portions(grants):
            await self._send(Access(list(some), [], all=True, done=is_last))

    async def _send_grants(self) -> None:
        if not self._grants or self._book is None:
            return
        ids, self._grants = self._grants, {}
        found = {id: self._book.grants.get(id) for id in ids}
        gone = [id for id, grant in found.items() if grant is None]
        for some, _ in portions([grant for grant in found.values() if grant is not None]):
            await self._send(Access(list(some), gone))
            gone = []

    async def _send_piece(self, session: str, clock: int) -> None:
        """Send the next piece of the bench that the standby wants."""
        if session in self._parted or session not in self._has:
            piece = Bench(session, clock)
        else:
            self._pieces = self._pieces or pieces_of(self._store, session, clock)
            piece = await anext(self._pieces)
        if piece.done:
            self._wanted = self._pieces = None
        await self._send(piece)

    async def _try_to_bring(self, session: str) -> None:
        try:
            await self._bring(session)
        except DatabaseDamaged as error:
            await self._part(session, f"it is damaged on the server: {error}")

    async def _bring(self, session: str) -> None:
        """Send what a session has that the standby lacks."""
        if session in self._parted:
            return
        if session not in self._has and not await self._begin(session):
            return
        while True:
            batch = self._from_memory(session)
            if batch is None and session in self._from_storage:
                self._from_storage.discard(session)
                batch = await next_batch(self._store, session, self._has[session])
                if batch is not None:
                    self._from_storage.add(session)
            if batch is None:
                return
            self._has[session] = after = moved(self._has[session], batch)
            self._followers.note(session, after.clock)
            self._await_first(session, after.clock)
            await self._send(Changes(session, batch, self._parents_up_to(session, after.clock)))

    def _await_first(self, session: str, clock: int) -> None:
        """The standby counts as complete only once it has confirmed this."""
        if not self._is_through:
            self._unconfirmed[session] = clock

    def _parents_up_to(self, session: str, clock: int) -> list[Parent]:
        """The parents to send with the change at a clock: those that end there or earlier."""
        waiting = self._parents[session]
        self._parents[session] = [parent for parent in waiting if parent.clock > clock]
        return [parent for parent in waiting if parent.clock <= clock]

    async def _begin(self, session: str) -> bool:
        """Check the standby's copy, or send a start; returns whether the session can be followed."""
        claimed = self._claimed.pop(session, None)
        if claimed is not None:
            if not await is_beginning(self._store, session, claimed):
                apart = await self._store.load_apart(session)
                is_behind = apart is not None and claimed.clock < apart.first
                await self._part(session, DROPPED if is_behind else ANOTHER)
                return False
            self._has[session] = claimed
        else:
            start = await self._store.load_start(session)
            if start is None:
                return False
            data = msgspec.json.encode(start.snapshot)
            for first in range(0, len(data), PIECE_BYTES):
                await self._send(Piece(data[first : first + PIECE_BYTES]))
            self._has[session] = end_of(Stored(start.snapshot, len(data), start.names, []))
            self._followers.note(session, start.snapshot.clock)
            self._await_first(session, start.snapshot.clock)
            await self._send(Start(session, start.names))  # which may be confirmed before this returns
        apart = await self._store.load_apart(session)
        assert apart is not None
        self._parents[session] = [*apart.parents, *self._parents.get(session, ())]
        self._from_storage.add(session)
        if claimed is not None:
            self._followers.note(session, claimed.clock)
            self._followers.confirm(session, claimed.clock)
        return True

    async def _part(self, session: str, why: str) -> None:
        self._parted.add(session)
        log.error("A standby can't follow session %s: %s", session, why)
        await self._send(Parted(session, why))

    def _from_memory(self, session: str) -> Batch | None:
        """The recent appends that come next; None if the next one is not among them."""
        has, waiting = self._has[session], self._recent.get(session, deque())
        entries: list[bytes] = []
        names: list[Name] = []
        clock, size = has.clock, 0
        while waiting and waiting[0].entries[0].clock <= clock + 1:
            for entry in waiting[0].entries:
                if entry.clock == clock + 1 and size < places.BATCH_BYTES:
                    clock, size = entry.clock, size + len(entry.data)
                    entries.append(entry.data)
            names += [name for name in waiting[0].names if name.number > has.last(name.kind)]
            if waiting[0].entries[-1].clock > clock:
                break
            self._recent_bytes -= waiting.popleft().size
        if not waiting:
            self._recent.pop(session, None)
        return Batch(has.clock, has.head, entries, names) if entries else None
