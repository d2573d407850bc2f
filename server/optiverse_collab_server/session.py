"""A live session on this server: the room, its storage, its connections."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence

from optiverse_collab.core.access import may_manage
from optiverse_collab.core.protocol.address import Place
from optiverse_collab.core.protocol.close_codes import CloseReason
from optiverse_collab.core.protocol.codec import close_patch, encode
from optiverse_collab.core.protocol.messages import WAIT_STORAGE, ClientMessage, Push, SyncRequest, Wait
from optiverse_collab.core.protocol.presence_frames import PresenceFrames
from optiverse_collab.core.server import presence_pace
from optiverse_collab.core.server.effects import (
    BackupNoticed,
    BroughtBack,
    Close,
    ForOne,
    ManageAccess,
    RoomEffect,
    Send,
    SendFrame,
    SendPages,
    SendPresence,
)
from optiverse_collab.core.server.members import Admission
from optiverse_collab.core.server.room import Room
from optiverse_collab.core.throttle import Throttle
from optiverse_collab.errors import Refused, StorageError
from optiverse_collab_server import tick
from optiverse_collab_server.access import expiry
from optiverse_collab_server.access.entrance import Entrance
from optiverse_collab_server.access.grants import Grants, StoredGrant
from optiverse_collab_server.access.requests import AccessRequests
from optiverse_collab_server.connection import Connection, reason_of
from optiverse_collab_server.outbox import Frame
from optiverse_collab_server.parcel_sender import ParcelSender
from optiverse_collab_server.past import PastReader, PastReaders
from optiverse_collab_server.signing import log_backup, log_brought_back
from optiverse_collab_server.storage import Store
from optiverse_collab_server.unstored import Backlog, Unstored
from optiverse_collab_server.wall_clock import now_ms
from optiverse_collab_server.writer import SessionWriter

log = logging.getLogger("optiverse_collab_server")


class LiveSession:
    """Drives a `Room`: stores its entries and sends its messages.

    Args:
        room: the session's core.
        store: where it is kept.
        writer: stores its entries.
        unstored: received data of all sessions that storage doesn't hold yet.
        past: reads old benches for all sessions.
        entrance: has the grants; None if the server asks nobody for one.

    Attributes:
        room: the session's core.
        backlog: received data of this session that storage doesn't hold yet.
        connections: by id.
        failed: storage failed; the session must be loaded again (DUR-3).
        is_late: storage is slow (DUR-6).
    """

    def __init__(
        self,
        room: Room,
        store: Store,
        writer: SessionWriter,
        unstored: Unstored,
        past: PastReaders,
        entrance: Entrance | None = None,
    ) -> None:
        self.room = room
        self.backlog = Backlog(room, unstored)
        self.connections: dict[str, Connection] = {}
        self.failed = self.is_late = self._stopping = False
        self._writer = writer
        page_bytes = room.history.limits.page_bytes
        self._past = PastReader(past, self.id, store, room.history.epoch, page_bytes)
        self._access = AccessRequests(self.id, self.connections, entrance, page_bytes)
        self._wake, self._flushed, self._wake_presence = (asyncio.Event() for _ in range(3))
        self._parcels = ParcelSender(room, self.connections)
        self._deliverer = asyncio.create_task(self._deliver())
        self._presence_deliverer = asyncio.create_task(self._deliver_presence())

    @property
    def id(self) -> str:
        """The session's name."""
        return self.room.session_id

    @property
    def owners(self) -> list[Connection]:
        """The connections of owners."""
        owners = [one.connection_id for one in self.room.participants if may_manage(one.role)]
        return [self.connections[id] for id in owners if id in self.connections]

    def join(self, connection: Connection, place: Place, admission: Admission) -> bool:
        """Let a connection in; returns False if there is no room for it."""
        self.connections[connection.id] = connection
        connection.grant = admission.grant
        effects = self.room.join(connection.id, place.user_id, now_ms(), admission, place.is_script)
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
        """A member no longer takes part; does nothing if it took none."""
        self._past.forget(connection)
        effects = self.room.leave(connection.id, now_ms())
        if effects:
            log.info("User %s left session %s", connection.name, self.id)
        self._perform(effects)
        self._wake.set()  # others may have waited for this member

    def set_away(self, connection: Connection, is_away: bool) -> None:
        """Tell the others that a member is silent, or back (HB-6)."""
        if connection.is_away is not is_away:
            connection.is_away = is_away
            log.info("User %s is %s", connection.name, "away" if is_away else "back")
            self._perform(self.room.set_away(connection.id, is_away))

    def access_changed(self, before: StoredGrant, after: StoredGrant) -> None:
        """A grant has a new role or end; participants who came in with it get a message (ACC-2, ACC-3)."""
        self._perform(self.room.set_role(after.id, after.role, now_ms()))
        expiry.notify_all(self.connections.values(), before, after)

    def close_overdue(self, grants: Grants) -> None:
        """Close expired connections, and warn those that expire soon (ACC-3)."""
        for connection in expiry.overdue(self.connections.values(), grants, now_ms()):
            log.info("The access of %s has expired", connection.name)
            self.dismiss(connection)
            connection.close(CloseReason.EXPIRED)

    def receive(self, connection: Connection, message: ClientMessage) -> None:
        """Take a message from a member, unless the session ends."""
        if self._stopping:
            return
        if log.isEnabledFor(logging.DEBUG):
            log.debug("← %s from %s", type(message).__name__, connection.name)
        if self._writer.refusal is not None and isinstance(message, Push):
            self.refuse(connection, [one.client_clock for one in message.changes], self._writer.refusal)
            return
        self._perform(self.room.receive(connection.id, message, now_ms()))
        if isinstance(message, SyncRequest):
            self.backlog.hold_answer(connection.id)
        if self.room.has_presence:
            self._wake_presence.set()
        if self.room.has_waiting:
            self._wake.set()

    async def until_answered(self, connection: Connection) -> None:
        """Wait until no pages for a member are in progress, or it is gone."""
        while self.room.owes_pages(connection.id) and not self._stopping:
            await self._flushed.wait()
        await connection.outbox.pages_sent()

    def _wake_asking(self) -> None:
        self._flushed.set()
        self._flushed.clear()

    def refuse(self, connection: Connection, client_clocks: Sequence[int], refusal: Refused) -> None:
        """Report to a member which of their changes were not accepted."""
        self.room.refuse(connection.id, client_clocks, refusal)
        self._wake.set()

    def send_all_presence(self, connection: Connection) -> None:
        """Bring a member that missed presence up to date."""
        connection.outbox.send_pages(iter(self.room.presence_of_all(connection.id)))

    async def close(self) -> None:
        """Make everything durable, send it, and stop."""
        self._stopping = True
        self._wake.set()
        self._presence_deliverer.cancel()
        await self._past.close()
        await asyncio.wait([self._deliverer, self._presence_deliverer])
        await self._parcels.close()
        self.backlog.end()
        await self._writer.finished()

    # Driving the room

    async def _deliver(self) -> None:
        """Store and send, at once when idle and once a tick when busy (PUSH-5)."""
        loop = asyncio.get_running_loop()
        next_s = 0.0
        while not self.failed and not (self._stopping and not self.room.has_waiting):
            await self._wake.wait()
            delay = next_s - loop.time()
            if delay > 0:
                await asyncio.sleep(delay)
            self._wake.clear()
            next_s = loop.time() + tick.tick_ms(len(self.connections)) / 1000
            try:
                with self.backlog.storing(self._send_wait):
                    await self._writer.write()
                self.is_late = False
                self._parcels.look()
                self._perform(self.room.flush())
                self.backlog.release(self.room.stored)
                self._wake_asking()
            except StorageError as error:
                log.error("Session %s can't be stored: %s", self.id, error)
                self._writer.note_failure(error)
                self.fail(reason_of(error))
            except Exception:
                log.exception("Session %s failed", self.id)
                self.fail(CloseReason.SESSION_FAILED)

    async def _deliver_presence(self) -> None:
        """Send presence once a tick, independently of storage."""
        throttle = Throttle(presence_pace.TICK_MS)
        loop = asyncio.get_running_loop()
        while True:
            await self._wake_presence.wait()
            await asyncio.sleep(throttle.wait_ms(loop.time() * 1000) / 1000)
            self._wake_presence.clear()
            throttle.fire(loop.time() * 1000)
            self._perform(self.room.flush_presence(loop.time() * 1000))
            if self.room.has_presence:  # waiting messages
                self._wake_presence.set()

    def _send_wait(self) -> None:
        """Storage is slow: tell everybody that nothing is saved for now (DUR-6)."""
        if not self.is_late:
            log.warning("Session %s waits for storage; until it answers, nothing is acknowledged", self.id)
        self.is_late = True
        self._perform([Send(tuple(self.connections), Wait(WAIT_STORAGE))])

    def fail(self, reason: CloseReason) -> None:
        """Close all connections, so that clients start again from the stored state (DUR-3)."""
        self.failed = self._stopping = True
        self._wake.set()
        self.backlog.end()
        self.room.history.release()
        self._wake_asking()
        for connection in list(self.connections.values()):
            connection.close(reason)

    def _perform(self, effects: Sequence[RoomEffect]) -> None:
        for effect in effects:
            if isinstance(effect, SendFrame):
                self._send_frame(effect)
            elif isinstance(effect, SendPresence):
                self._send_presence(effect)
            elif isinstance(effect, Send):
                self._send_message(effect)
            elif isinstance(effect, BroughtBack):
                log_brought_back(effect, self.id)
            elif effect.to in self.connections:
                self._perform_for(self.connections[effect.to], effect)

    def _perform_for(self, connection: Connection, effect: ForOne) -> None:
        if isinstance(effect, SendPages):
            connection.outbox.send_pages(effect.pages, effect.size)
        elif isinstance(effect, ManageAccess):
            self._access.start(connection, effect)
        elif isinstance(effect, Close):
            connection.close(effect.reason)
        elif isinstance(effect, BackupNoticed):
            log_backup(effect, self.id, connection.name)
        else:
            self._past.start(connection, effect)

    def _send_frame(self, effect: SendFrame) -> None:
        """One frame for all receivers without acknowledgements, and one for each of the others."""
        shared = Frame(close_patch(effect.body))
        for id in effect.to:
            acks = effect.acks.get(id)
            frame = Frame(close_patch(effect.body, acks)) if acks else shared
            if id in self.connections:
                self.connections[id].outbox.send(frame)

    def _send_message(self, effect: Send) -> None:
        frame = Frame(encode(effect.message).encode())
        for id in effect.to:
            if id in self.connections:
                self.connections[id].outbox.send(frame)

    def _send_presence(self, effect: SendPresence) -> None:
        """One frame for all receivers who are not in it, and one for each of the others (PRES-17)."""
        frames = PresenceFrames(effect.message)
        shared = Frame(frames.whole)
        for id in effect.to:
            text = frames.without(id)
            if text and id in self.connections:
                frame = shared if text is frames.whole else Frame(text)
                self.connections[id].outbox.send_presence(frame)
