"""A WebSocket that knows when it heard from its peer, and lets the system hide little of a slow line."""

from __future__ import annotations

import asyncio
import socket
from typing import Any

from websockets.asyncio.server import ServerConnection

UNSENT_BYTES = 64 * 1024
"""So much that was not sent yet may wait in the system's buffer, beside what is on its way."""


class HeardConnection(ServerConnection):
    """What `serve` makes for each peer.

    Attributes:
        heard: loop time, in s, of the last bytes.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.heard = self.loop.time()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Let the system hold little of what has yet to be sent: it would hide how slow the line is."""
        open_socket = transport.get_extra_info("socket")
        if open_socket is not None and hasattr(socket, "TCP_NOTSENT_LOWAT"):
            open_socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, UNSENT_BYTES)
        super().connection_made(transport)

    def data_received(self, data: bytes) -> None:
        """Take bytes from the network."""
        self.heard = self.loop.time()
        super().data_received(data)
