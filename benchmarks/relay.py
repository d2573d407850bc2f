"""The measure of all: a relay that sends every message to everybody else, and nothing more.

``python -m benchmarks.relay`` prints its port and runs until it is killed.
"""

from __future__ import annotations

import asyncio
import sys

from websockets.asyncio.server import ServerConnection, broadcast, serve
from websockets.exceptions import ConnectionClosed

from benchmarks.loop import run


async def main() -> None:
    """Relay, with the server's own settings of the WebSocket."""
    connections: set[ServerConnection] = set()

    async def handle(ws: ServerConnection) -> None:
        connections.add(ws)
        try:
            while True:
                message = await ws.recv()
                broadcast(connections - {ws}, message)
        except ConnectionClosed:
            connections.discard(ws)

    async with serve(handle, "127.0.0.1", 0, compression=None, ping_interval=None) as server:
        sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    run(main())
