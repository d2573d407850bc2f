"""A WebSocket that knows when it heard from its peer, and lets the system hide little of a slow line."""

from __future__ import annotations

import asyncio
import logging
import socket
from typing import Any

from websockets.asyncio.server import ServerConnection
from websockets.frames import Frame, Opcode
from websockets.protocol import Event

from optiverse_collab_server.doors import Doors
from optiverse_collab_server.rate import MESSAGES, TokenBucket

UNREAD_BYTES = 2 * 1024 * 1024
"""More than what the server gives to the transport before the peer has read it (LIM-9): only pongs can be."""

UNSENT_BYTES = 64 * 1024
"""So much that was not sent yet may wait in the system's buffer, beside what is on its way."""

log = logging.getLogger("optiverse_collab_server")


class HeardConnection(ServerConnection):
    """What `serve` makes for each peer.

    Args:
        doors: count it.

    Attributes:
        heard: loop time, in s, of the last bytes.
    """

    def __init__(self, doors: Doors, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._doors = doors
        self.heard = self.loop.time()
        self._frames = TokenBucket(self.heard, MESSAGES)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Let the system hold little of what has yet to be sent: it would hide how slow the line is."""
        open_socket = transport.get_extra_info("socket")
        if open_socket is not None and hasattr(socket, "TCP_NOTSENT_LOWAT"):
            open_socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, UNSENT_BYTES)
        super().connection_made(transport)
        address = transport.get_extra_info("peername")
        self._doors.opened(self, address[0] if isinstance(address, tuple) else "")

    def connection_lost(self, error: Exception | None) -> None:
        """The connection is gone."""
        super().connection_lost(error)
        self._doors.closed(self)

    def data_received(self, data: bytes) -> None:
        """Take bytes from the network."""
        self.heard = self.loop.time()
        super().data_received(data)
        if self.transport.get_write_buffer_size() > UNREAD_BYTES:  # what else is sent waits for the peer
            self.cut("does not read the answers to its WebSocket pings")

    def process_event(self, event: Event) -> None:
        """Take a frame. Pings, pongs and parts of messages cost more than their bytes: they may be few."""
        is_beginning = isinstance(event, Frame) and event.opcode in (Opcode.TEXT, Opcode.BINARY)
        if not is_beginning and self._frames.take(self.loop.time()):
            self.cut("sends WebSocket pings, or parts of messages, without end")
        super().process_event(event)

    def cut(self, why: str) -> None:
        """End the connection at once."""
        if not self.transport.is_closing():
            log.warning("Cutting a connection that %s", why)
            self.transport.abort()
