"""A TLS connection that counts as soon as somebody connects, not only after the handshake."""

from __future__ import annotations

import asyncio
import logging
import ssl
import types
from collections.abc import Coroutine, Generator
from typing import Any, TypeVar, cast

from websockets.asyncio.server import ServerConnection

from optiverse_collab_server.doors import Doors
from optiverse_collab_server.heard import HeardConnection
from optiverse_collab_server.held import Held

TLS_SECONDS = 10.0
"""How long a TLS handshake may take."""

T = TypeVar("T")

log = logging.getLogger("optiverse_collab_server")


class SecuredConnection(HeardConnection):
    """The connection that `serve` makes for each TLS peer; `serve` itself doesn't know about TLS.

    If it did, it would make a connection only after the TLS handshake: a peer that never finishes it would
    not be counted, and could not be cut (LIM-15).

    Args:
        doors: count it.
        held: counts what all connections hold.
        tls: the server's key and certificate.
    """

    def __init__(self, doors: Doors, held: Held, tls: ssl.SSLContext, *args: Any, **options: Any) -> None:
        super().__init__(doors, held, *args, **options)
        self._tls = tls
        self._early: list[bytes] | None = []  # None once the WebSocket's handshake may begin

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Start TLS. Until it is established, cutting means cutting the bare connection."""
        self.transport = cast(asyncio.Transport, transport)
        self.arrive(transport)
        handshake = self.loop.start_tls(
            self.transport, self, self._tls, server_side=True, ssl_handshake_timeout=TLS_SECONDS
        )
        # Its first step makes TLS the reader of the connection: at once, before uvloop reads for us.
        self._handshake = self.loop.create_task(_rest(handshake, handshake.send(None)))
        self._handshake.add_done_callback(self._on_handshake_done)

    def data_received(self, data: bytes) -> None:
        """Take bytes from the network; the first may arrive together with the end of the handshake."""
        if self._early is not None:
            self._early.append(data)
        else:
            super().data_received(data)

    def eof_received(self) -> None:
        """The peer sends nothing more."""
        if self._early is None:
            super().eof_received()

    def connection_lost(self, error: Exception | None) -> None:
        """The connection is gone."""
        if self._early is None:
            super().connection_lost(error)

    def _on_handshake_done(self, handshake: asyncio.Task[asyncio.Transport | None]) -> None:
        del self._handshake
        transport = None
        if handshake.cancelled() or (error := handshake.exception()) is not None:
            log.debug("TLS failed: %s", "cancelled" if handshake.cancelled() else repr(error))
        else:
            transport = handshake.result()
        if transport is None or transport.is_closing():
            self._forget()
            return
        early, self._early = self._early or [], None
        ServerConnection.connection_made(self, transport)
        for data in early:
            super().data_received(data)

    def _forget(self) -> None:
        """TLS failed.

        Strangers can make many of these, so none leaves cycles, which would wait for the garbage's turn.
        """
        self.transport.abort()
        self._doors.closed(self)
        vars(self.protocol).clear()


async def _rest(coroutine: Coroutine[Any, Any, T], awaited: Any) -> T:
    """The rest of a coroutine that has taken its first step, up to an await."""
    return await _resumed(coroutine, awaited)


@types.coroutine
def _resumed(coroutine: Coroutine[Any, Any, T], awaited: Any) -> Generator[Any, Any, T]:
    yield awaited
    result: T = yield from coroutine
    return result
