"""The WebSocket server: who is let in, and how it starts and stops."""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Any, cast

from websockets.asyncio.server import Server as WebSocketServer
from websockets.asyncio.server import ServerConnection, serve
from websockets.http11 import Request, Response
from websockets.typing import Subprotocol

from optiverse_collab.core.limits import Limits
from optiverse_collab.core.protocol.address import parse_path
from optiverse_collab.core.protocol.close_codes import CloseReason
from optiverse_collab.core.protocol.messages import SUBPROTOCOL
from optiverse_collab.errors import AddressError, StorageError
from optiverse_collab_server import __version__
from optiverse_collab_server.connection import CLOSE_SECONDS, Connection
from optiverse_collab_server.doors import Doors
from optiverse_collab_server.heard import HeardConnection
from optiverse_collab_server.hub import SILENCE_SECONDS, Hub
from optiverse_collab_server.storage import Store

HANDSHAKE_SECONDS = 10.0
"""How long a peer may take to ask for a WebSocket."""

log = logging.getLogger("optiverse_collab_server")


class App:
    """Lets connections in and hands them to the hub.

    Attributes:
        doors: how many there are.
    """

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._numbers = itertools.count(1)
        self.doors = Doors()

    def accept(self, *args: Any, **options: Any) -> HeardConnection:
        """Take a connection, whose peer has yet to ask for a WebSocket."""
        return HeardConnection(self.doors, *args, **options)

    def check_request(self, ws: ServerConnection, request: Request) -> Response | None:
        """Refuse what is not the path of a session, and who is one too many (MSG-4, LIM-15)."""
        assert isinstance(ws, HeardConnection)
        if full := self.doors.asked(ws):
            log.warning("Refused a connection: %s", full)
            return ws.respond(HTTPStatus.SERVICE_UNAVAILABLE, f"{full}\n")
        try:
            parse_path(request.path)
        except AddressError as refused:
            log.warning("Refused %s: %s", request.path, refused)
            return ws.respond(HTTPStatus.NOT_FOUND, f"{refused}\n")
        return None

    async def handle(self, ws: ServerConnection) -> None:
        """Serve one connection; whatever goes wrong stays in it."""
        if ws.request is None:  # the handshake was not finished
            return
        place = parse_path(ws.request.path)
        if ws.request.headers.get_all("Sec-WebSocket-Protocol") and ws.subprotocol is None:
            log.warning("%s speaks another protocol than %s", place.user_id, SUBPROTOCOL)
            await _close(ws, CloseReason.VERSION)
            return
        assert isinstance(ws, HeardConnection)
        loop = asyncio.get_running_loop()
        connection = Connection(f"c{next(self._numbers)}", ws, self._hub.limits, loop.time)
        try:
            await self._hub.serve(connection, place.session_id, place.user_id)
        except StorageError as error:
            log.error("Session %s can't be opened: %s", place.session_id, error)
            await _close(ws, CloseReason.SESSION_FAILED)
        except Exception:
            log.exception("The connection of %s failed", place.user_id)
            await _close(ws, CloseReason.INTERNAL_ERROR)


async def _close(ws: ServerConnection, reason: CloseReason) -> None:
    await ws.close(reason.code, reason.word)


def select_subprotocol(ws: ServerConnection, offered: Sequence[Subprotocol]) -> Subprotocol | None:
    """Ours if it is offered; a client that offers none is served all the same (MSG-3)."""
    return Subprotocol(SUBPROTOCOL) if SUBPROTOCOL in offered else None


@asynccontextmanager
async def running(
    store: Store,
    host: str,
    port: int,
    limits: Limits | None = None,
    silence_seconds: float = SILENCE_SECONDS,
) -> AsyncIterator[WebSocketServer]:
    """A server that accepts connections inside the block, and ends well after it (CLOSE-3).

    Args:
        store: closed at the end.
        host: the address to listen on.
        port: 0 for any that is free.

    Raises:
        OSError: the address can't be listened on.
        StorageError: at the end, the disk doesn't answer.
    """
    limits = limits or Limits()
    hub = Hub(store, limits, f"optiverse-collab-server {__version__}", silence_seconds)
    app = App(hub)
    disk_answers = True
    try:
        server = await _listen(app, host, port, limits)
        try:
            yield server
        finally:
            server.close(close_connections=False)
            app.doors.cut_unfinished()
            disk_answers = await hub.close()
            await server.wait_closed()
    finally:
        if disk_answers:
            await store.close()
    if not disk_answers:
        raise StorageError(
            "The disk does not answer; what is not stored was not acknowledged, and its authors have it."
        )


async def _listen(app: App, host: str, port: int, limits: Limits) -> WebSocketServer:
    return await serve(
        app.handle,
        host,
        port,
        create_connection=cast("type[ServerConnection]", app.accept),  # any factory will do
        process_request=app.check_request,
        select_subprotocol=select_subprotocol,
        origins=[None],  # no web page may use a visitor's browser to reach a server in the lab
        compression=None,
        open_timeout=HANDSHAKE_SECONDS,
        ping_interval=None,  # liveness is the JSON heartbeat (HB-1)
        ping_timeout=None,
        close_timeout=CLOSE_SECONDS,
        max_size=limits.message_bytes,
        max_queue=16,
        write_limit=2**15,
        server_header=None,
    )
