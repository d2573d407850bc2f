"""A WebSocket that knows when it heard from its peer, also in the midst of a long message."""

from __future__ import annotations

from typing import Any

from websockets.asyncio.server import ServerConnection


class HeardConnection(ServerConnection):
    """What `serve` makes for each peer.

    Attributes:
        heard: loop time, in s, of the last bytes.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.heard = self.loop.time()

    def data_received(self, data: bytes) -> None:
        """Take bytes from the network."""
        self.heard = self.loop.time()
        super().data_received(data)
