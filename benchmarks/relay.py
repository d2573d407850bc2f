"""The reference: a relay that only sends every message to everybody else.

``python -m benchmarks.relay`` prints its port and runs until it is killed; with ``--tls`` it encrypts.
"""

from __future__ import annotations

import asyncio
import ssl
import sys
from datetime import datetime, timezone
from pathlib import Path
from tempfile import TemporaryDirectory

from websockets.asyncio.server import ServerConnection, broadcast, serve
from websockets.exceptions import ConnectionClosed

from benchmarks.loop import run
from optiverse_collab_server.tls import own_identity


async def main() -> None:
    """Relay, with the server's WebSocket settings."""
    connections: set[ServerConnection] = set()

    async def handle(ws: ServerConnection) -> None:
        connections.add(ws)
        try:
            while True:
                message = await ws.recv()
                broadcast(connections - {ws}, message)
        except ConnectionClosed:
            connections.discard(ws)

    tls = _context() if "--tls" in sys.argv else None
    async with serve(handle, "127.0.0.1", 0, ssl=tls, compression=None, ping_interval=None) as server:
        sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


def _context() -> ssl.SSLContext:
    with TemporaryDirectory() as folder:
        return own_identity(Path(folder), ["127.0.0.1"], datetime.now(timezone.utc)).context


if __name__ == "__main__":
    run(main())
