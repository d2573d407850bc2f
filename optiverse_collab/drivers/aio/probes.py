"""Probes a server step by step: its name, its port, its key, and its answer."""

from __future__ import annotations

import asyncio
import re
import ssl
import time
from typing import NamedTuple
from urllib.parse import urlsplit

from optiverse_collab.core.client.failures import Failure, FailureKind
from optiverse_collab.core.protocol.address import Address
from optiverse_collab.core.protocol.server_name import ServerName, parse
from optiverse_collab.drivers.aio.connection import pinned, speaks_tls
from optiverse_collab.drivers.aio.failures import ConnectionEnded, failure_of

HEAD_BYTES = 65536
PORTS = {"ws": 80, "wss": 443}


class Answer(NamedTuple):
    """A server's answer to a plain GET.

    Attributes:
        status: the HTTP status.
        server: its name and version; None if it is not ours, or a gateway hides them.
        ms: how long it took, from the start of the connection.
    """

    status: int
    server: ServerName | None
    ms: float


class Prober:
    """Probes one server.

    Args:
        address: its address, with the pin of its key.
        patience_s: how long each step may take.

    Every method raises `ConnectionEnded` if its step fails.
    """

    def __init__(self, address: Address, patience_s: float) -> None:
        self._address, self._patience_s = address, patience_s
        parts = urlsplit(address.server)
        self.is_encrypted = parts.scheme == "wss"
        self._host = parts.hostname or ""
        self._port = parts.port or PORTS[parts.scheme]
        self._netloc, self._path = parts.netloc, f"{parts.path}/healthz"

    async def addresses(self) -> list[str]:
        """The addresses of its host name."""
        loop = asyncio.get_running_loop()
        try:
            looked_up = loop.getaddrinfo(self._host, self._port)
            found = await asyncio.wait_for(looked_up, self._patience_s)
        except (OSError, UnicodeError, asyncio.TimeoutError) as error:
            raise self._ended(error) from error
        return list(dict.fromkeys(str(entry[4][0]) for entry in found))

    async def reach(self) -> float:
        """Open its port and close it again; returns the time in ms."""
        began = time.perf_counter()
        _, writer = await self._opened(None)
        writer.transport.abort()
        return (time.perf_counter() - began) * 1000

    async def encrypt(self) -> None:
        """Do the TLS handshake, and check the key: the link's, or one that an authority has signed."""
        _, writer = await self._opened(self._context())
        writer.transport.abort()

    async def ask(self) -> Answer:
        """Ask for its state."""
        began = time.perf_counter()
        reader, writer = await self._opened(self._context() if self.is_encrypted else None)
        request = f"GET {self._path} HTTP/1.1\r\nHost: {self._netloc}\r\nConnection: close\r\n\r\n"
        try:
            writer.write(request.encode("ascii", "replace"))
            head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), self._patience_s)
        except asyncio.IncompleteReadError as error:
            raise ConnectionEnded(Failure(await self._why_broken_off())) from error
        except asyncio.LimitOverrunError as error:
            raise ConnectionEnded(Failure(FailureKind.NO_WEBSOCKET)) from error
        except (OSError, asyncio.TimeoutError) as error:
            raise self._ended(error) from error
        finally:
            writer.transport.abort()
        return _answer(head.decode("latin-1"), (time.perf_counter() - began) * 1000)

    async def _opened(
        self, context: ssl.SSLContext | None
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        opening = asyncio.open_connection(self._host, self._port, ssl=context, limit=HEAD_BYTES)
        try:
            return await asyncio.wait_for(opening, self._patience_s)
        except (OSError, asyncio.TimeoutError) as error:
            raise self._ended(error) from error

    def _context(self) -> ssl.SSLContext:
        pin = self._address.pin
        return ssl.create_default_context() if pin is None else pinned(pin)

    async def _why_broken_off(self) -> FailureKind:
        if self.is_encrypted:
            return FailureKind.BROKEN_OFF
        try:
            wants_tls = await asyncio.wait_for(speaks_tls(self._address.server), self._patience_s)
        except asyncio.TimeoutError:
            wants_tls = False
        return FailureKind.WANTS_TLS if wants_tls else FailureKind.BROKEN_OFF

    def _ended(self, error: Exception) -> ConnectionEnded:
        if isinstance(error, asyncio.TimeoutError):
            return ConnectionEnded(Failure(FailureKind.LATE, self._patience_s))
        return ConnectionEnded(failure_of(error))


def _answer(head: str, ms: float) -> Answer:
    """Parse the head of an answer.

    Raises:
        ConnectionEnded: it is not HTTP.
    """
    first, *fields = head.split("\r\n")
    version, _, status = first.partition(" ")
    if not (version.startswith("HTTP/") and re.match("[0-9]{3}", status)):
        raise ConnectionEnded(Failure(FailureKind.NO_WEBSOCKET))
    pairs = (field.partition(":") for field in fields)
    headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
    return Answer(int(status[:3]), parse(headers.get("server", "")), ms)
