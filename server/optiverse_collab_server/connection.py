"""One participant's connection: reads its messages, and answers for what is wrong with them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed

from optiverse_collab.core.limits import Limits
from optiverse_collab.core.protocol.close_codes import CloseReason
from optiverse_collab.core.protocol.codec import PushUnreadable, decode_client, encode
from optiverse_collab.core.protocol.messages import Error
from optiverse_collab.errors import MessageRefused
from optiverse_collab_server.outbox import Frame, Outbox
from optiverse_collab_server.rate import TokenBucket

if TYPE_CHECKING:
    from optiverse_collab_server.session import LiveSession

MAX_REFUSED = 20
"""After so many messages that were not accepted, the connection is closed (LIM-10)."""

CLOSE_SECONDS = 2.0
"""How long a peer may take to answer a close, before the connection is cut."""

log = logging.getLogger("optiverse_collab_server")


class Connection:
    """A WebSocket in a session.

    Attributes:
        id: unique in this server.
        name: the name under which the participant is shown, once in the session.
        outbox: what leaves through it.
        heard: loop time, in s, of the last message.
    """

    def __init__(self, id: str, ws: ServerConnection, limits: Limits, clock: Callable[[], float]) -> None:
        self.id = id
        self.name = ""
        self._ws = ws
        self._limits = limits
        self._clock = clock
        self._refused = 0
        self._closing: asyncio.Task[None] | None = None
        self._rate = TokenBucket(clock())
        self.heard = clock()
        self.session: LiveSession | None = None
        self.outbox = Outbox(ws, self._give_up, self._caught_up)

    async def listen(self, session: LiveSession) -> None:
        """Pass messages to the session until the connection closes."""
        self.session = session
        try:
            while self._closing is None:
                message = await self._ws.recv()
                self.heard = now = self._clock()
                if not self._rate.take(now):
                    self.close(CloseReason.TOO_FAST)
                elif isinstance(message, bytes):
                    self.close(CloseReason.BINARY)
                else:
                    self._receive(session, message)
        except ConnectionClosed as closed:
            log.debug("Connection of %s closed: %s", self.name, closed)
        if self._closing is not None:
            await asyncio.wait([self._closing])

    def close(self, reason: CloseReason) -> None:
        """Close; nothing that still waits is sent, and the peer's answer is not waited for."""
        if self._closing is None:
            self.outbox.close()
            self._closing = asyncio.create_task(self._close(reason))

    async def closed(self) -> None:
        """Wait until a close that was begun is done."""
        if self._closing is not None:
            await asyncio.wait([self._closing])

    def _receive(self, session: LiveSession, text: str) -> None:
        try:
            message = decode_client(text, self._limits)
        except PushUnreadable as refused:
            session.refuse(self, refused.client_clocks, refused)
            self._count_refused(refused)
        except MessageRefused as refused:
            self.outbox.send(Frame(encode(Error(refused.reason.value, str(refused))).encode()))
            self._count_refused(refused)
        else:
            session.receive(self, message)

    def _count_refused(self, refused: MessageRefused) -> None:
        log.warning("Refused a message of %s: %s (%s)", self.name, refused, refused.reason.value)
        self._refused += 1
        if self._refused >= MAX_REFUSED:
            self.close(CloseReason.BAD_MESSAGES)

    def _give_up(self, reason: CloseReason) -> None:
        why = "Closing the connection of %s (%s); it synchronises when it is back"
        log.warning(why, self.name, reason.word)
        self.close(reason)

    def _caught_up(self) -> None:
        if self.session is not None:
            self.session.send_all_presence(self)

    async def _close(self, reason: CloseReason) -> None:
        try:
            await asyncio.wait_for(self._ws.close(reason.code, reason.word), CLOSE_SECONDS)
        except asyncio.TimeoutError:
            self._ws.transport.abort()
