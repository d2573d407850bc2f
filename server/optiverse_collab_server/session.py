"""A session that is live on this server: the room, its storage, its connections."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Sequence

from optiverse_collab.core.protocol.close_codes import CloseReason
from optiverse_collab.core.protocol.codec import close_patch, encode
from optiverse_collab.core.protocol.messages import WAIT_STORAGE, ClientMessage, SyncRequest, Wait
from optiverse_collab.core.server.effects import (
    Close,
    ReadPast,
    RoomEffect,
    Send,
    SendFrame,
    SendPages,
    SendPresence,
)
from optiverse_collab.core.server.history import History
from optiverse_collab.core.server.journal import Snapshot
from optiverse_collab.core.server.room import Room
from optiverse_collab.core.throttle import Throttle
from optiverse_collab.errors import Refused, StorageError
from optiverse_collab_server.chunking import OpenChunk
from optiverse_collab_server.connection import Connection
from optiverse_collab_server.outbox import Frame
from optiverse_collab_server.past import PastReader
from optiverse_collab_server.storage import Store
from optiverse_collab_server.unstored import Backlog, Unstored

TICK_MS = 12.0
"""While a session is busy, what comes up in so many ms leaves together."""

TICK_MS_PER_CONNECTION = 0.2
"""A tick is shorter where there are few to send to: there it saves little, and they feel it."""

ANSWER_BYTES = 100
"""About what an answer that waits takes for each record of the session."""

log = logging.getLogger("optiverse_collab_server")


def now_ms() -> int:
    """The wall clock, ms since 1970 UTC."""
    return time.time_ns() // 1_000_000


class LiveSession:
    """Carries a `Room`: stores what it accepts, sends what it says.

    Args:
        room: the session's core.
        store: where it is kept.
        chunk: its newest one; None if nothing of it is kept yet.
        unstored: what all sessions have taken in and storage doesn't hold yet.

    Attributes:
        room: the session's core.
        backlog: what this session has taken in and storage doesn't hold yet.
        connections: by id.
        failed: storage failed; the session must be loaded again (DUR-3).
    """

    def __init__(self, room: Room, store: Store, chunk: OpenChunk | None, unstored: Unstored) -> None:
        self.room = room
        self.backlog = Backlog(room, unstored)
        self.connections: dict[str, Connection] = {}
        self.failed = False
        self._store_in = store
        self._chunk = chunk
        self._past = PastReader(self.id, store, room.history.epoch, room.history.limits.page_bytes)
        self._stopping = self._is_late = False
        self._wake, self._flushed = asyncio.Event(), asyncio.Event()
        self._wake_presence = asyncio.Event()
        self._deliverer = asyncio.create_task(self._deliver())
        self._presence_deliverer = asyncio.create_task(self._deliver_presence())
        self._chunk_writer: asyncio.Task[None] | None = None

    @property
    def id(self) -> str:
        """The session's name."""
        return self.room.session_id

    def join(self, connection: Connection, user_id: str) -> bool:
        """Let a connection in; False if there is no room for it."""
        self.connections[connection.id] = connection
        effects = self.room.join(connection.id, user_id, now_ms())
        if any(isinstance(effect, Close) for effect in effects):
            self._perform(effects)
            del self.connections[connection.id]
            return False
        connection.name = self.room.name_of(connection.id)
        log.info("User %s joined session %s", connection.name, self.id)
        log.info("Sending connection acknowledgment to %s", connection.name)
        self._perform(effects)
        log.info("Broadcasting user joined for %s", connection.name)
        return True

    def leave(self, connection: Connection) -> None:
        """A connection is gone."""
        self.connections.pop(connection.id, None)
        self.dismiss(connection)

    def dismiss(self, connection: Connection) -> None:
        """A member takes no part any more; nothing happens if it took none."""
        self._past.forget(connection)
        effects = self.room.leave(connection.id, now_ms())
        if effects:
            log.info("User %s left session %s", connection.name, self.id)
        self._perform(effects)

    def set_away(self, connection: Connection, is_away: bool) -> None:
        """Tell the others that nothing is heard from a member any more, or again (HB-6)."""
        if connection.is_away is not is_away:
            connection.is_away = is_away
            log.info("User %s is %s", connection.name, "away" if is_away else "back")
            self._perform(self.room.set_away(connection.id, is_away))

    def receive(self, connection: Connection, message: ClientMessage) -> None:
        """Take a message of a member's."""
        if self.failed:
            return
        if log.isEnabledFor(logging.DEBUG):
            log.debug("← %s from %s", type(message).__name__, connection.name)
        self._perform(self.room.receive(connection.id, message, now_ms()))
        if isinstance(message, SyncRequest):
            self.backlog.hold(connection.id, ANSWER_BYTES * len(self.room.history.document.records))
        if self.room.has_presence:
            self._wake_presence.set()
        if self.room.has_waiting:
            self._wake.set()

    async def until_answered(self, connection: Connection) -> None:
        """Wait until no pages for a member are under way, or it is gone."""
        while self.room.owes_pages(connection.id) and not self._stopping:
            await self._flushed.wait()
        await connection.outbox.pages_sent()

    def _wake_asking(self) -> None:
        self._flushed.set()
        self._flushed.clear()

    def refuse(self, connection: Connection, client_clocks: Sequence[int], refusal: Refused) -> None:
        """Tell a member that changes of theirs were not accepted."""
        self.room.refuse(connection.id, client_clocks, refusal)
        self._wake.set()

    def send_all_presence(self, connection: Connection) -> None:
        """Bring a member that missed presence up to date."""
        connection.outbox.send_pages(iter(self.room.presence_of_all()))

    async def close(self) -> None:
        """Make everything durable, send it, and stop."""
        self._stopping = True
        self._wake.set()
        self._presence_deliverer.cancel()
        await self._past.close()
        await asyncio.wait([self._deliverer, self._presence_deliverer])
        self.backlog.end()
        if self._chunk_writer is not None:
            await asyncio.wait([self._chunk_writer])

    # Carrying the room

    async def _deliver(self) -> None:
        """Store and send, at once when idle and once a tick when busy (PUSH-5)."""
        loop = asyncio.get_running_loop()
        next_s = 0.0
        while not self._stopping:
            await self._wake.wait()
            delay = next_s - loop.time()
            if delay > 0:
                await asyncio.sleep(delay)
            self._wake.clear()
            tick_ms = min(TICK_MS, TICK_MS_PER_CONNECTION * len(self.connections))
            next_s = loop.time() + tick_ms / 1000
            try:
                with self.backlog.storing(self._say_wait):
                    await self._store()
                self._is_late = False
                self._perform(self.room.flush())
                self.backlog.release(self.room.stored)
                self._wake_asking()
            except StorageError as error:
                log.error("Session %s can't be stored: %s", self.id, error)
                self._fail()
            except Exception:
                log.exception("Session %s failed", self.id)
                self._fail()

    async def _store(self) -> None:
        """Make durable what was accepted up to now, and now and then begin a chunk."""
        room = self.room
        if not room.has_unsaved:
            return
        if self._chunk is None:
            empty = History.empty(room.history.epoch)
            self._chunk = OpenChunk(await self._store_in.begin_chunk(self.id, empty))
        entries, names = room.unsaved()
        self._chunk.add(entries)
        snapshot = None
        if self._chunk_writer is None and self._chunk.is_full(len(room.history.document.records)):
            snapshot = room.history.snapshot()
            self._chunk = OpenChunk(self._chunk.snapshot_bytes)
        await self._store_in.append(self.id, entries, names)
        room.saved(entries[-1].clock)
        if snapshot is not None:
            self._chunk_writer = asyncio.create_task(self._begin_chunk(snapshot, self._chunk))

    async def _begin_chunk(self, snapshot: Snapshot, chunk: OpenChunk) -> None:
        """Begin a chunk at a position up to which all is stored already."""
        try:
            chunk.snapshot_bytes = await self._store_in.begin_chunk(self.id, snapshot)
        except StorageError as error:
            log.warning("The log of session %s stays as it is: %s", self.id, error)
        finally:
            self._chunk_writer = None

    async def _deliver_presence(self) -> None:
        """Send presence once a tick, whatever storage is doing."""
        throttle = Throttle(TICK_MS)
        loop = asyncio.get_running_loop()
        while True:
            await self._wake_presence.wait()
            await asyncio.sleep(throttle.wait_ms(loop.time() * 1000) / 1000)
            self._wake_presence.clear()
            throttle.fire(loop.time() * 1000)
            self._perform(self.room.flush_presence())

    def _say_wait(self) -> None:
        """Storage takes long: tell everybody that nothing is saved for now (DUR-6)."""
        if not self._is_late:
            log.warning("Session %s waits for the disk; until it answers, nothing is acknowledged", self.id)
        self._is_late = True
        self._perform([Send(tuple(self.connections), Wait(WAIT_STORAGE))])

    def _fail(self) -> None:
        """Let everybody come back and start again from what is stored (DUR-3)."""
        self.failed = self._stopping = True
        self.backlog.end()
        self._wake_asking()
        for connection in list(self.connections.values()):
            connection.close(CloseReason.SESSION_FAILED)

    def _perform(self, effects: Sequence[RoomEffect]) -> None:
        for effect in effects:
            if isinstance(effect, SendFrame):
                self._send_frame(effect)
            elif isinstance(effect, SendPages):
                if effect.to in self.connections:
                    self.connections[effect.to].outbox.send_pages(effect.pages, effect.size)
            elif isinstance(effect, ReadPast):
                if effect.to in self.connections:
                    self._past.start(self.connections[effect.to], effect)
            elif isinstance(effect, Close):
                if effect.to in self.connections:
                    self.connections[effect.to].close(effect.reason)
            elif effect.to:
                self._send_message(effect)

    def _send_frame(self, effect: SendFrame) -> None:
        """One frame for all that it acknowledges nothing to, and one for each of the others."""
        shared = Frame(close_patch(effect.body))
        for id in effect.to:
            acks = effect.acks.get(id)
            frame = Frame(close_patch(effect.body, acks)) if acks else shared
            if id in self.connections:
                self.connections[id].outbox.send(frame)

    def _send_message(self, effect: Send | SendPresence) -> None:
        frame = Frame(encode(effect.message).encode())
        for id in effect.to:
            if id not in self.connections:
                continue
            if isinstance(effect, SendPresence):
                self.connections[id].outbox.send_presence(frame)
            else:
                self.connections[id].outbox.send(frame)
