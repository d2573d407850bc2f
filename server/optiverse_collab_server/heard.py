"""A WebSocket that knows when it last received data, and limits the system's send buffer."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections import deque
from collections.abc import Callable
from typing import Any

from websockets.asyncio.server import ServerConnection
from websockets.frames import Frame, Opcode
from websockets.protocol import Event, State

from optiverse_collab_server.doors import Doors
from optiverse_collab_server.held import Held
from optiverse_collab_server.rate import MESSAGES, TokenBucket
from optiverse_collab_server.whole_frame import text_of

UNREAD_BYTES = 2 * 1024 * 1024
"""More than the server gives to the transport before the peer reads it (LIM-9), so the excess is pongs."""

UNSENT_BYTES = 64 * 1024
"""The most unsent data in the system's buffer, besides data on its way."""

_END_OF_REQUEST = b"\r\n\r\n"

log = logging.getLogger("optiverse_collab_server")


class HeardConnection(ServerConnection):
    """The connection that `serve` makes for each peer.

    Args:
        doors: count it.
        held: counts what all connections hold.

    Attributes:
        heard: loop time, in s, of the last bytes.
        address: where it comes from; empty if that is not known.
        ahead: how many bytes were read but not processed: whole messages, and the start of one.
        take: gets a message that nothing is ahead of, and returns whether it processed that; if not, `recv`
        returns it. None if nobody waits for a message.
    """

    take: Callable[[str], bool] | None = None

    def __init__(self, doors: Doors, held: Held, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._doors, self._held = doors, held
        self.ahead = self._message_bytes = 0
        self._request: bytes | None = b""  # its last bytes, and what follows; None once it is known
        self._messages: deque[int] = deque()  # the lengths of the complete ones
        self.heard = self.loop.time()
        self.address = ""
        self._frames = TokenBucket(self.heard, MESSAGES)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The connection is open."""
        super().connection_made(transport)
        self.arrive(transport)

    def arrive(self, transport: asyncio.BaseTransport) -> None:
        """Count the connection, and limit the system's buffer of unsent data.

        More would hide how slow the line is.
        """
        open_socket = transport.get_extra_info("socket")
        if open_socket is not None and hasattr(socket, "TCP_NOTSENT_LOWAT"):
            open_socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, UNSENT_BYTES)
        peer = transport.get_extra_info("peername")
        self.address = peer[0] if isinstance(peer, tuple) else ""
        self._doors.opened(self, self.address)

    def connection_lost(self, error: Exception | None) -> None:
        """The connection is gone."""
        super().connection_lost(error)
        self._doors.closed(self)
        vars(self.protocol).pop("select_subprotocol", None)  # it leads back to the connection

    def data_received(self, data: bytes) -> None:
        """Take bytes from the network. Usually they are one message, which is processed at once (0023)."""
        self.heard = self.loop.time()
        if self.ahead == 0 and self.take is not None and self.state is State.OPEN:
            text = text_of(data)
            if text is not None and self.take(text):
                return
        if self._request is not None:
            self._request = self._request[1 - len(_END_OF_REQUEST) :] + data
        self.ahead += len(data)
        super().data_received(data)
        self._held.add(len(data))
        if self.transport.get_write_buffer_size() > UNREAD_BYTES:  # other data waits for the peer
            self.cut("does not read the answers to its WebSocket pings")

    def process_event(self, event: Event) -> None:
        """Take a frame. Pings, pongs and parts of messages are limited: they cost more than their bytes."""
        self._count(event)
        is_beginning = isinstance(event, Frame) and event.opcode in (Opcode.TEXT, Opcode.BINARY)
        if not is_beginning and self._frames.take(self.loop.time()):
            self.cut("sends WebSocket pings, or parts of messages, without end")
        super().process_event(event)

    @property
    def has_more(self) -> bool:
        """Whether another message was read completely."""
        return len(self._messages) > 1

    def took_message(self) -> None:
        """A message was processed: it is no longer held."""
        self.ahead -= self._messages.popleft() if self._messages else 0

    def _count(self, event: Event) -> None:
        """Measure incoming messages; other bytes are not kept."""
        if not isinstance(event, Frame):  # the request
            _, _, after = (self._request or b"").partition(_END_OF_REQUEST)
            self.ahead, self._request = len(after), None
            return
        size = len(event.data) + _header_bytes(len(event.data))
        if event.opcode not in (Opcode.TEXT, Opcode.BINARY, Opcode.CONT):
            self.ahead -= size
            return
        self._message_bytes += size
        if event.fin:
            self._messages.append(self._message_bytes)
            self._message_bytes = 0

    def cut(self, why: str) -> None:
        """End the connection at once."""
        if not self.transport.is_closing():
            log.warning("Cutting a connection that %s", why)
            self.transport.abort()


def _header_bytes(length: int) -> int:
    """How long the header of a client's frame is (RFC 6455, 5.2)."""
    return 6 if length < 126 else 8 if length < 65_536 else 14
