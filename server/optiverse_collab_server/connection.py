"""One participant's connection: reads its messages, and answers invalid ones."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, Protocol

from websockets.exceptions import ConnectionClosed

from optiverse_collab.core.limits import Limits
from optiverse_collab.core.protocol.close_codes import CloseReason
from optiverse_collab.core.protocol.codec import PushUnreadable, decode_client, encode
from optiverse_collab.core.protocol.messages import ClientMessage, Error, Ping, Pong, Push, SyncRequest
from optiverse_collab.core.protocol.timestamps import timestamp
from optiverse_collab.errors import MessageRefused, Reason, Refused, StorageError
from optiverse_collab_server.compat import INSTALL_HINT, is_builtin_message
from optiverse_collab_server.heard import HeardConnection
from optiverse_collab_server.held import Held
from optiverse_collab_server.outbox import Frame, Outbox
from optiverse_collab_server.rate import Rates
from optiverse_collab_server.slices import is_long, slices
from optiverse_collab_server.storage.api import Elsewhere
from optiverse_collab_server.tally import Tally
from optiverse_collab_server.unstored import Backlog
from optiverse_collab_server.wall_clock import now_ms

MAX_REFUSED = 20
"""The connection is closed after this many messages that were not accepted (LIM-10)."""

CLOSE_SECONDS = 2.0
"""How long a peer may take to answer a close, before the connection is cut."""

OUTSIDE = "You are waiting for an owner to let you in; until then, only pings are answered."

log = logging.getLogger("optiverse_collab_server")


class MessageHandler(Protocol):
    """The session of a connection, which gets its messages."""

    @property
    def backlog(self) -> Backlog:
        """Received data that storage doesn't hold yet."""

    def receive(self, connection: Connection, message: ClientMessage) -> None:
        """Take a message from the connection."""

    def dismiss(self, connection: Connection) -> None:
        """The connection no longer takes part, though it stays open."""

    async def until_answered(self, connection: Connection) -> None:
        """Wait until no pages for the connection are in progress."""

    def refuse(self, connection: Connection, client_clocks: Sequence[int], refusal: Refused) -> None:
        """Refuse unreadable changes."""

    def send_all_presence(self, connection: Connection) -> None:
        """Send everybody's presence to the connection, which missed some."""


class Connection:
    """A WebSocket in a session.

    Attributes:
        id: unique in this server.
        name: the displayed name of the participant, once in the session.
        is_away: whether the others know that nothing is received from it.
        grant: the id of the grant that lets it in; empty if the server asks for none.
        warned_of_ms: the end of access in the last warning; None if there was none.
        is_paused: nothing is read from it for now, so it can't be silent.
        outbox: its outgoing messages.
    """

    def __init__(
        self,
        id: str,
        ws: HeardConnection,
        limits: Limits,
        clock: Callable[[], float],
        tally: Tally,
        held: Held,
    ) -> None:
        self.id = id
        self.name = self.grant = ""
        self.warned_of_ms: int | None = None
        self.is_away = self.is_paused = False
        self._ws = ws
        self._limits = limits
        self._clock = clock
        self._refused = 0
        self._is_turned_away = False
        self._closing: asyncio.Task[None] | None = None
        self._rates = Rates(clock())
        self._failure: Exception | None = None
        self._tally = tally
        self._handler: MessageHandler | None = None
        self.outbox = Outbox(ws, held, self._give_up, self._caught_up)

    @property
    def heard(self) -> float:
        """Loop time, in s, of the last bytes."""
        return self._ws.heard

    @property
    def held_bytes(self) -> int:
        """The memory of data that waits for the peer to read it, or for the server to process it."""
        return 0 if self._closing is not None else self.outbox.bytes + self._ws.ahead

    def give_up_for_others(self) -> None:
        """Close: all connections together hold too much, and this one holds most."""
        self._give_up(CloseReason.TOO_SLOW)

    async def listen(self, handler: MessageHandler) -> None:
        """Pass messages to the session until the connection closes."""
        self._handler = handler
        try:
            while self._closing is None:
                message = await self._next()
                if isinstance(message, bytes):
                    self.close(CloseReason.BINARY)
                    break
                if not await self._until_allowed(handler):
                    break
                changes = await self._receive(handler, message)
                self._ws.took_message()
                self._count(message, changes)
        except ConnectionClosed as closed:
            log.debug("Connection of %s closed: %s", self.name, closed)
        if self._closing is not None:
            await asyncio.wait([self._closing])

    async def _next(self) -> str | bytes:
        """The next message that `_take` leaves to the caller.

        Raises:
            Exception: `_take` failed.
            ConnectionClosed: there is no next one.
        """
        self._ws.take = self._take
        try:
            message = await self._ws.recv()
        finally:
            self._ws.take = None
        if self._failure is not None:
            raise self._failure
        return message

    def _take(self, text: str) -> bool:
        """Process a message at once, which saves switching to `listen`; returns False if it has to wait."""
        handler = self._handler
        if handler is None or self._closing is not None or self._is_turned_away:
            return False
        if self._clock() < self._rates.ready or not handler.backlog.has_room(self.id):
            return False
        try:
            message = decode_client(text, self._limits)
        except MessageRefused:
            return False
        if isinstance(message, SyncRequest) or (isinstance(message, Push) and is_long(message)):
            return False
        try:
            handler.receive(self, message)
        except Exception as error:  # noqa: BLE001  `listen` raises it
            self._failure = error
            return False
        changes = 0
        if isinstance(message, Push):
            handler.backlog.hold(self.id, len(text))
            changes = len(message.changes)
        self._count(text, changes)
        return True

    def _count(self, text: str, changes: int) -> None:
        """A message was processed; the next one may have to wait for that (LIM-8)."""
        self._tally.messages += 1
        self._tally.message_chars += len(text)
        self._rates.take(self._clock(), len(text), changes)

    async def _until_allowed(self, handler: MessageHandler) -> bool:
        """Wait until another message may be processed; returns False if the connection closes before."""
        wait_s = self._rates.ready - self._clock()
        if wait_s > 0:
            await asyncio.sleep(wait_s)
        if not handler.backlog.has_room(self.id):
            await self._pause(handler.backlog.until_room(self.id))
        return self._closing is None

    async def attend(self) -> None:
        """Answer the heartbeat of a peer who waits outside, until the connection closes (ACC-12).

        Once this is cancelled, `listen` continues where it stopped.
        """
        with contextlib.suppress(ConnectionClosed):
            while self._closing is None:
                message = await self._ws.recv()
                self._ws.took_message()
                self._answer_outside(message)
                await asyncio.sleep(self._rates.take(self._clock(), len(message), 0))
        await self.closed()

    def close(self, reason: CloseReason) -> None:
        """Close without sending waiting data, and without waiting for the peer's answer."""
        if self._closing is None:
            self._tally.closed[reason.word] += 1
            self.outbox.close()
            self._closing = asyncio.create_task(self._close(reason))

    async def closed(self) -> None:
        """Wait until a close is finished."""
        if self._closing is not None:
            await asyncio.wait([self._closing])

    def _answer_outside(self, text: str | bytes) -> None:
        if isinstance(text, bytes):
            self.close(CloseReason.BINARY)
            return
        try:
            if not isinstance(decode_client(text, self._limits), Ping):
                raise MessageRefused(Reason.NOT_ALLOWED, OUTSIDE)
        except MessageRefused as refused:
            self._refuse(refused)
        else:
            self.outbox.send(Frame(encode(Pong(timestamp(now_ms()))).encode()))

    async def _receive(self, handler: MessageHandler, text: str) -> int:
        """Handle a message; returns how many changes it had."""
        if self._is_turned_away:
            return 0
        try:
            message = decode_client(text, self._limits)
        except PushUnreadable as refused:
            handler.refuse(self, refused.client_clocks, refused)
            self._count_refused(refused)
            return len(refused.client_clocks)
        except MessageRefused as refused:
            if self._ws.subprotocol is None and is_builtin_message(text):
                self._turn_away(handler)
                return 0
            self._refuse(refused)
        else:
            if isinstance(message, SyncRequest):
                await self._pause(handler.until_answered(self))
            if not isinstance(message, Push):
                handler.receive(self, message)
                return 0
            for part in slices(message):
                handler.receive(self, part)
                if part is not message or self._ws.has_more:
                    await asyncio.sleep(0)  # let others run
            handler.backlog.hold(self.id, len(text))
            return len(message.changes)
        return 0

    def _turn_away(self, handler: MessageHandler) -> None:
        """Send Optiverse's own collaboration a hint; it stays connected, to keep showing that."""
        log.warning("%s uses Optiverse's own collaboration, which can't take part here", self.name)
        self._is_turned_away = True
        handler.dismiss(self)
        self.outbox.send(Frame(encode(INSTALL_HINT).encode()))

    async def _pause(self, until: Coroutine[Any, Any, None]) -> None:
        """Read nothing until this finishes, or the connection ends; no silence counts (DUR-6, LIM-14)."""
        self.is_paused = True
        ends = [asyncio.ensure_future(end) for end in (until, self._ws.wait_closed())]
        try:
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for end in ends:
                end.cancel()
            self.is_paused = False
            self._ws.heard = self._clock()

    def _refuse(self, refused: MessageRefused) -> None:
        """Answer that a message was not accepted (MSG-5)."""
        self.outbox.send(Frame(encode(Error(refused.reason.value, str(refused))).encode()))
        self._count_refused(refused)

    def _count_refused(self, refused: MessageRefused) -> None:
        why = str(refused)  # a log record with the error would keep this connection alive
        log.warning("Refused a message of %s: %s (%s)", self.name, why, refused.reason.value)
        self._refused += 1
        if self._refused >= MAX_REFUSED:
            self.close(CloseReason.BAD_MESSAGES)

    def _give_up(self, reason: CloseReason) -> None:
        why = "Closing the connection of %s (%s); it synchronises when it is back"
        log.warning(why, self.name, reason.word)
        self.close(reason)

    def _caught_up(self) -> None:
        if self._handler is not None:
            self._handler.send_all_presence(self)

    async def _close(self, reason: CloseReason) -> None:
        try:
            await asyncio.wait_for(self._ws.close(reason.code, reason.word), CLOSE_SECONDS)
        except asyncio.TimeoutError:
            self._ws.transport.abort()


def reason_of(error: StorageError) -> CloseReason:
    """Why to close connections if a session can't be stored: another server has it, or storage failed."""
    return CloseReason.MOVED if isinstance(error, Elsewhere) else CloseReason.SESSION_FAILED
