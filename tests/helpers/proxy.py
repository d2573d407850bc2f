"""A network that can fail: passes bytes between clients and a server until told otherwise."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Proxy:
    """What stands between clients and a server on this machine.

    Attributes:
        url: where clients connect to in the server's place.
        up: whether new connections get through; if not, they are cut at once.
    """

    def __init__(self, server_port: int) -> None:
        self.url = ""
        self.up = True
        self._server_port = server_port
        self._flowing = asyncio.Event()
        self._flowing.set()
        self._writers: set[asyncio.StreamWriter] = set()

    def cut(self) -> None:
        """Break every connection, without a word of WebSocket; new ones get through if `up`."""
        for writer in self._writers:
            writer.transport.abort()

    def stall(self) -> None:
        """Let nothing pass any more, in either direction, on open and new connections."""
        self._flowing.clear()

    def resume(self) -> None:
        """Let everything pass again."""
        self._flowing.set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Join a client to a connection of its own to the server."""
        self._writers.add(writer)
        if not self.up:
            self.cut()
        else:
            to_server = await asyncio.open_connection("127.0.0.1", self._server_port)
            self._writers.add(to_server[1])
            await asyncio.gather(self._pass(reader, to_server[1]), self._pass(to_server[0], writer))
            self._writers.discard(to_server[1])
        self._writers.discard(writer)

    async def _pass(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await source.read(2**16):
                await self._flowing.wait()
                sink.write(data)
                await sink.drain()
        with contextlib.suppress(OSError):
            sink.close()


@asynccontextmanager
async def proxy(server_port: int) -> AsyncIterator[Proxy]:
    """A `Proxy` in front of the server on this port."""
    it = Proxy(server_port)
    server = await asyncio.start_server(it.serve, "127.0.0.1", 0)
    it.url = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield it
    finally:
        server.close()
        it.resume()
        it.cut()
        await asyncio.sleep(0)
