"""A server on a thread of its own that plays a script, so that every driver meets the same one.

Each connection gets the next act of the script; the last act is repeated. What happens to connections later
is up to the test: `ScriptedServer.cut`, `close`, `vanish` and `listen`.
"""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Coroutine, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from tests.helpers.aio import DEADLINE_S
from tests.helpers.listener import Listener
from tests.helpers.server_acts import Act, Caller
from tests.helpers.tls import server_context

TLS = b"\x16"
"""The first byte of a TLS handshake (RFC 8446 §5.1)."""


class ScriptedServer:
    """The server. Its methods may be called from any thread.

    Attributes:
        place: ``host:port``.
        accepted: how many connections it accepted.
    """

    def __init__(self, acts: Sequence[Act], tls: bool | ssl.SSLContext = False, port: int = 0) -> None:
        self.accepted = 0
        self._acts = list(acts)
        self._tls = tls if isinstance(tls, ssl.SSLContext) else server_context() if tls else None
        self._port = port
        self._callers: list[Caller] = []
        self._listeners: list[Listener] = []
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="scripted server")
        self._thread.start()

    @property
    def place(self) -> str:
        """Host and port."""
        return f"127.0.0.1:{self._port}"

    def listen(self) -> None:
        """Accept connections, always on the same port."""
        self._run(self._listen())

    def vanish(self) -> None:
        """Break every connection and refuse new ones."""
        self._run(self._vanish())

    def cut(self) -> None:
        """Break every connection silently."""
        self._run(self._cut())

    def close(self, code: int) -> None:
        """Close every WebSocket properly."""
        self._run(self._close(code))

    def stop(self) -> None:
        """Stop the server and its thread."""
        try:
            self._run(self._stop())
        finally:
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(DEADLINE_S)
            self._loop.close()

    def _run(self, coroutine: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(DEADLINE_S)

    async def _listen(self) -> None:
        self._listeners.append(Listener(self._serve, self._tls, self._port))
        self._port = self._listeners[-1].port

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        first = await reader.read(1)
        if first in (b"", TLS):  # the client left, or asks whether this is TLS
            return
        caller = Caller(first, reader, writer)
        self._callers.append(caller)
        act = self._acts[min(self.accepted, len(self._acts) - 1)]
        self.accepted += 1
        await act(caller)

    async def _cut(self) -> None:
        for caller in self._callers:
            caller.reset()
        self._callers.clear()

    async def _vanish(self) -> None:
        self._listeners[-1].stop()
        await self._cut()

    async def _close(self, code: int) -> None:
        for caller in self._callers:
            caller.close(code)
        self._callers.clear()

    async def _stop(self) -> None:
        await self._cut()
        for listener in self._listeners:
            await listener.end()


@contextmanager
def scripted_server(
    *acts: Act, tls: bool | ssl.SSLContext = False, away: bool = False, port: int = 0
) -> Iterator[ScriptedServer]:
    """A server that plays `acts`; if it is `away`, it refuses connections until `listen` is called."""
    server = ScriptedServer(acts, tls, port)
    try:
        server.listen()
        if away:
            server.vanish()
        yield server
    finally:
        server.stop()
