"""Accept connections on a port of this machine, and leave none open."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class Listener:
    """Serves each connection with `handler`, and closes it when that returns.

    asyncio.start_server won't do: connections that it accepts while it is being closed stay open.

    Args:
        handler: may raise the errors that a departing client causes.
        tls: the TLS context; None for plain TCP.
        port: the port to listen on; 0 for any free port.
        receive_bytes: the size of each connection's receive buffer; None for the system's default.

    Attributes:
        port: the port on which it listens.
    """

    def __init__(
        self,
        handler: Handler,
        tls: ssl.SSLContext | None = None,
        port: int = 0,
        receive_bytes: int | None = None,
    ) -> None:
        self._handler, self._tls = handler, tls
        self._loop = asyncio.get_running_loop()
        self._writers: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._socket = socket.create_server(("127.0.0.1", port))
        self._socket.setblocking(False)
        if receive_bytes is not None:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
        self.port: int = self._socket.getsockname()[1]
        self._loop.add_reader(self._socket, self._accept)

    def stop(self) -> None:
        """Refuse new connections; those that are open continue."""
        if self._socket.fileno() >= 0:
            self._loop.remove_reader(self._socket)
            self._socket.close()

    async def end(self) -> None:
        """Refuse new connections, and break those that are open."""
        self.stop()
        await asyncio.sleep(0)  # a task that has not started would forget its socket
        for writer in self._writers:
            writer.transport.abort()
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)
        await asyncio.sleep(0)  # a transport closes its socket in the next round

    def _accept(self) -> None:
        with contextlib.suppress(BlockingIOError, ConnectionError):
            task = self._loop.create_task(self._serve(self._socket.accept()[0]))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _serve(self, connection: socket.socket) -> None:
        reader = asyncio.StreamReader()
        protocol = asyncio.StreamReaderProtocol(reader)
        try:
            transport, _ = await self._loop.connect_accepted_socket(
                lambda: protocol, connection, ssl=self._tls
            )
        except OSError:  # the client left during the handshake
            return
        writer = asyncio.StreamWriter(transport, protocol, reader, self._loop)
        self._writers.add(writer)
        try:
            await self._handler(reader, writer)
        except (OSError, EOFError):
            pass  # the client left
        finally:
            self._writers.discard(writer)
            writer.close()


@asynccontextmanager
async def listening(handler: Handler, tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """A `Listener` on the port that this yields, ended with the block."""
    listener = Listener(handler, tls)
    try:
        yield listener.port
    finally:
        await listener.end()
