"""pycrdt-websocket behind uvicorn with uvloop; runs in an environment of its own, without this project."""

# mypy: disable-error-code="import-not-found"
from __future__ import annotations

import asyncio
import socket
import sys

import uvicorn
from pycrdt.websocket import ASGIServer, WebsocketServer


async def main() -> None:
    """Listen on a port that the system chooses, and print it."""
    listening = socket.create_server(("127.0.0.1", 0), backlog=256)
    sys.stdout.write(f"{listening.getsockname()[1]}\n")
    sys.stdout.flush()
    async with WebsocketServer() as rooms:
        config = uvicorn.Config(ASGIServer(rooms), log_level="warning")
        await uvicorn.Server(config).serve(sockets=[listening])


if __name__ == "__main__":
    import uvloop

    asyncio.run(main()) if sys.platform == "win32" else uvloop.run(main())
