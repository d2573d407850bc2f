"""Two servers, one of which follows the other, without a network: their disks, and who is connected where."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable
from pathlib import Path
from random import Random
from typing import NamedTuple, TypeVar

from optiverse_collab.core.protocol.close_codes import CloseReason
from optiverse_collab.core.protocol.codec import encode as encode_message
from optiverse_collab.core.server.effects import Unsaved
from optiverse_collab.core.server.history import History
from optiverse_collab.core.server.room import Room
from optiverse_collab.errors import StorageError
from optiverse_collab_server.standby.benches import Benches
from optiverse_collab_server.standby.copies import Copies
from optiverse_collab_server.standby.followers import Followers, Mode
from optiverse_collab_server.standby.messages import (
    Changes,
    FromPrimary,
    Parted,
    Piece,
    Start,
    decode_from_primary,
    encode,
)
from optiverse_collab_server.standby.sender import Sender
from optiverse_collab_server.standby.standing import Post, State
from optiverse_collab_server.standby.store import FollowedStore
from optiverse_collab_server.storage import MemoryStore
from tests.helpers.carrying_wire import CarryingWire
from tests.helpers.signing_wire import KEY
from tests.server.standby.notes import Notes

T = TypeVar("T")

SESSION = "lab"

SPINS = 16
"""How often the loop turns until all that can happen has happened."""


async def spin() -> None:
    """Let everything happen that waits for nothing."""
    for _ in range(SPINS):
        await asyncio.sleep(0)


def shared(some: list[bytes], others: list[bytes]) -> int:
    """How many changes are the same at the start of both."""
    pairs = enumerate(zip(some, others, strict=False))
    return next((n for n, (one, other) in pairs if one != other), min(len(some), len(others)))


class Wait(NamedTuple):
    """How long something was stored or loaded, at most, and whether the server goes on alone since then."""

    seconds: float
    patience: float
    was_in_vain: bool


SAVING_S = 10.0
"""How long a change waits for a standby that is only preferred, and a session that is opened (STAND-6)."""
OPENING_S = 5.0


class Site(CarryingWire):
    """A server, its disk, and the wire to those who are connected to it.

    Args:
        folder: names the place of its standing.
        mode: what its changes wait for.

    Attributes:
        disk: its storage, which outlives crashes.
        is_up: it runs.
        is_open: its session is open.
        stored: the clock up to which that is saved.
        saved_alone: the changes that it has stored or loaded while it said that it is alone (STAND-8).
        waits: for storage, its own and the standby's.
        was_alone: it has gone on alone since it started.
        unfollowed: the sessions that a standby could not follow since then.
        notes: another session.
    """

    def __init__(self, folder: Path, mode: Mode) -> None:
        super().__init__()
        self.folder, self._mode = folder, mode
        self.saved_alone, self.waits = set[bytes](), list[Wait]()
        self.disk = MemoryStore()
        self.start_up()

    def start_up(self) -> None:
        """Start, with what is on the disk."""
        self.is_up, self.is_open = True, False
        self.post = Post(self.folder, KEY)
        self.followers = Followers(self._mode, self.post.news)
        self.store = FollowedStore(self.disk, self.post, self.followers)
        self.post.on_deposed += [self._depose]
        self._writing: asyncio.Task[None] | None = None
        self._to_write: deque[Unsaved] = deque()
        self.stored, self.was_alone, self.unfollowed = 0, False, set[str]()
        self.notes = Notes(self.store, self._timed, OPENING_S)

    @property
    def serves(self) -> bool:
        """Whether it lets people in."""
        return self.is_up and self.post.standing.state is State.PRIMARY

    @property
    def is_saving(self) -> bool:
        """Whether a change is on its way to the disks."""
        is_writing = self._writing is not None and not self._writing.done()
        return is_writing or self.notes.is_saving

    async def kill(self) -> None:
        """End it at once; its disk stays."""
        self._close(None)
        self.is_up = False
        await self.notes.kill()
        if self._writing is not None:
            self._writing.cancel()
            await asyncio.gather(self._writing, return_exceptions=True)

    async def open(self, epoch: str) -> bool:
        """Open the session; returns False if that has to wait for a standby."""
        if self.is_open:
            return True
        try:
            stored = await self._timed(self.store.load(SESSION), OPENING_S)
        except StorageError:
            return False
        term, key = self.post.standing.term, self.post.key
        if stored is None:
            empty = History.empty(epoch)
            await self.store.begin_chunk(SESSION, empty)
            history = History(empty, term=term)
        else:
            history = History(stored.snapshot, stored.names, stored.entries, term=term)
            if self.followers.is_alone:
                self.saved_alone.update(stored.entries)
        self.room = Room("default", history, "test server", key=key, news=self.post.news)
        self.stored, self.is_open = history.clock, True
        return True

    async def epoch(self, session: str = SESSION) -> str:
        """The epoch of a session on its disk; empty if there is none."""
        stored = await self.disk.load(session)
        return "" if stored is None else stored.snapshot.epoch

    async def entries(self, session: str = SESSION) -> list[bytes]:
        """All changes of a session on its disk."""
        stored = await self.disk.load(session)
        return [] if stored is None else stored.entries

    def commit(self) -> None:
        """Start to store what the room has accepted, and send what is stored."""
        if not self.is_open:
            return
        unsaved = self.room.unsaved()
        if unsaved.entries:
            self._to_write.append(unsaved)
        if self._to_write and (self._writing is None or self._writing.done()):
            self._writing = asyncio.create_task(self._write(self._to_write.popleft()))
        self.room.saved(self.stored)
        self.perform(self.room.flush())

    def hand_out_parcels(self) -> None:
        """Send everybody who carries parcels everything that is stored."""
        while self.is_open and (make := self.room.parcels.take(self.room.stored)) is not None:
            parcel = encode_message(make())
            for id in self.room.parcels.carriers:
                self.peers[id].down.append(parcel)

    async def _write(self, unsaved: Unsaved) -> None:
        try:
            await self._timed(self.store.append(SESSION, *unsaved))
        except StorageError:
            self._close(CloseReason.SESSION_FAILED)
        else:
            self.stored = unsaved.entries[-1].clock
            if self.followers.is_alone:
                self.saved_alone.update(entry.data for entry in unsaved.entries)

    async def _timed(self, storage: Awaitable[T], patience: float = SAVING_S) -> T:
        was_alone, began = self.followers.is_alone, asyncio.get_running_loop().time()
        try:
            return await storage
        finally:
            took = asyncio.get_running_loop().time() - began
            self.was_alone |= self.followers.is_alone
            self.waits.append(Wait(took, patience, self.followers.is_alone and not was_alone))

    async def come_to_rest(self) -> None:
        """Let time pass and messages go until nothing moves; some may wait for a standby."""
        for _ in range(200):
            stored = self.stored
            for peer in [*self.peers.values()]:
                self.poll(peer)
                self.send_up(peer)
            self.commit()
            await spin()
            self.commit()
            moved = self.stored != stored  # then the next write has just begun, or may
            for peer in [*self.peers.values()]:
                moved = moved or bool(peer.down)
                self.send_down(peer)
            if not moved and not any(peer.up for peer in self.peers.values()):
                return
        raise AssertionError("the site did not come to rest")

    def _depose(self) -> None:
        self.followers.refuse("Another server has taken over.")
        self._close(CloseReason.DEPOSED)

    def _close(self, reason: CloseReason | None) -> None:
        """Close the session and all connections."""
        for peer in [*self.peers.values()]:
            self.lose(peer, noticed=False)
            peer.closed = reason
        self.is_open = False
        self._to_write.clear()


class Line:
    """The connection of a standby to the server that it follows.

    Attributes:
        parted: the sessions of which the primary says that they can't be followed.
        flows: messages get through; otherwise they are on their way.
        pauses: how often the loop turns before there is room for the next message.
    """

    def __init__(self, primary: Site, standby: Site, chance: Random) -> None:
        self.primary, self.standby, self._chance = primary, standby, chance
        self.parted, self.pauses = set[str](), 0
        self.flows = asyncio.Event()
        self.flows.set()
        self._running: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Say the standby's term, and follow if the other one serves (STAND-2)."""
        standby, primary = self.standby.post, self.primary.post
        primary.meet(standby.standing.term)
        if primary.standing.state is not State.PRIMARY:
            return
        standby.raise_term(primary.standing.term)
        self._copies = copies = Copies(self.standby.disk, self._on_durable, Benches(self.standby.disk, None))
        claimed = await copies.positions()
        followers = self.primary.followers
        self._sender = Sender(self.primary.disk, None, followers, claimed, self._carry)
        followers.join(self._sender)
        self._running = asyncio.create_task(self._sender.run())

    async def cut(self) -> None:
        """Break the connection, wherever a message is."""
        if self._running is not None:
            self.primary.followers.leave(self._sender)
            self._running.cancel()
            await asyncio.gather(self._running, return_exceptions=True)
            await self._copies.settled()
            self._running = None

    @property
    def is_open(self) -> bool:
        """Whether the standby follows."""
        return self._running is not None and not self._running.done()

    async def _on_durable(self, session: str, clock: int) -> None:
        self._sender.confirmed(session, clock)

    async def _carry(self, message: FromPrimary) -> None:
        await self.flows.wait()
        for _ in range(self._chance.randrange(2)):
            await asyncio.sleep(0)
        arrived = decode_from_primary(encode(message))
        if isinstance(arrived, Changes):
            await self._copies.extend(arrived.session, arrived.batch, arrived.parents)
        elif isinstance(arrived, Piece):
            self._copies.take_piece(arrived.data)
        elif isinstance(arrived, Start):
            await self._copies.begin(arrived.session, arrived.names)
        elif isinstance(arrived, Parted):
            self.parted.add(arrived.session)
            self.primary.unfollowed.add(arrived.session)
        for _ in range(self.pauses):
            await asyncio.sleep(0)
