"""How the server starts and stops, and where its connections come from."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any, TypeAlias, cast

from websockets.asyncio.server import Server as WebSocketServer
from websockets.asyncio.server import ServerConnection, serve
from websockets.typing import Subprotocol

from optiverse_collab.core.limits import Limits
from optiverse_collab.core.protocol.messages import SUBPROTOCOL
from optiverse_collab.core.protocol.server_name import header
from optiverse_collab.drivers.aio.connection import within
from optiverse_collab.errors import StorageError
from optiverse_collab_server import __version__
from optiverse_collab_server.access.entrance import Entrance
from optiverse_collab_server.app import NAME, App
from optiverse_collab_server.connection import CLOSE_SECONDS
from optiverse_collab_server.doors import Bounds, Doors
from optiverse_collab_server.hub import Hub
from optiverse_collab_server.quotas import DEFAULTS, Quotas
from optiverse_collab_server.rounds import SILENCE_SECONDS
from optiverse_collab_server.standby.messages import PROTOCOL as FOLLOW_PROTOCOL
from optiverse_collab_server.standby.service import StandbyService
from optiverse_collab_server.storage import Store

NO_ANSWER = "Storage does not answer; what is not stored was not acknowledged, and its authors have it."

HANDSHAKE_SECONDS = 10.0
"""How long a peer may take to request a WebSocket."""

ENDS_SECONDS = 1.5
"""How long closed connections may take; one whose session waits for the disk takes longer (CLOSE-3)."""

Listen: TypeAlias = Callable[[App, Limits], Awaitable[WebSocketServer]]
"""Begins to accept connections for an app, whose participants keep to some limits.

It may raise an `OSError`.
"""

CONNECTION: dict[str, Any] = {
    "ping_interval": None,  # liveness is the JSON heartbeat (HB-1)
    "ping_timeout": None,
    "close_timeout": CLOSE_SECONDS,
    "max_queue": 2,  # messages that are read and wait: 1 MiB each
    "write_limit": 2**15,
}
"""What websockets is to do for a connection."""

ORIGINS = [None]
"""No web page may use a visitor's browser to reach a server in the lab."""


def select_subprotocol(of: object, offered: Sequence[Subprotocol]) -> Subprotocol | None:
    """Ours if it is offered; a client that offers none is served anyway (MSG-3)."""
    return next((Subprotocol(one) for one in (SUBPROTOCOL, FOLLOW_PROTOCOL) if one in offered), None)


def at(host: str, port: int) -> Listen:
    """Listen on an address.

    Args:
        host: the address.
        port: 0 for any that is free.
    """
    return lambda app, limits: listening(app, limits, host=host, port=port)


async def listening(app: App, limits: Limits, **where: Any) -> WebSocketServer:
    """Accept connections.

    Args:
        where: as for the event loop's `create_server`, or its `create_unix_server` with ``unix``.

    Raises:
        OSError: the address can't be used.
    """
    return await serve(
        app.handle,
        create_connection=cast("type[ServerConnection]", app.accept),  # any factory will do
        process_request=app.check_request,
        select_subprotocol=select_subprotocol,
        origins=ORIGINS,
        compression=None,
        open_timeout=HANDSHAKE_SECONDS,
        max_size=limits.message_bytes,
        server_header=header(__version__),
        **CONNECTION,
        **where,
    )


@asynccontextmanager
async def running(
    store: Store,
    listen: Listen,
    limits: Limits | None = None,
    silence_seconds: float = SILENCE_SECONDS,
    tls: ssl.SSLContext | None = None,
    entrance: Entrance | None = None,
    quotas: Quotas | None = None,
    key: bytes | None = None,
    standby: StandbyService | None = None,
) -> AsyncIterator[WebSocketServer]:
    """A server that accepts connections inside the block, and stops cleanly after it (CLOSE-3).

    Args:
        store: closed at the end.
        listen: where connections come from, such as `at` an address.
        tls: the key and the certificate; None for connections that are not encrypted.
        entrance: who may come in; None for everybody. Its book is closed at the end.
        quotas: the limits that were set; the defaults if not given.
        key: signs heads (BACK-1); None to sign none.
        standby: its part in a pair, on the same store; None if it can have no standby.

    Raises:
        OSError: the server can't listen on the address.
        StorageError: at the end, the disk doesn't answer.
    """
    quotas = quotas or DEFAULTS
    limits = limits or Limits(session_bytes=quotas.records_bytes)
    post, store = (None, store) if standby is None else (standby.post, standby.store)
    hub = Hub(store, limits, NAME, silence_seconds, entrance, quotas, key, post)
    app = App(hub, Doors(Bounds(all=quotas.connections)), tls, entrance, standby)
    disk_answers, server = True, None
    try:
        try:
            server = await listen(app, limits)
            async with app.garbage.tended(), app.standing():
                yield server
        finally:
            disk_answers = await _stop(app, server)
    finally:
        if disk_answers:
            await store.close()
    if not disk_answers:
        raise StorageError(NO_ANSWER)


async def _stop(app: App, server: WebSocketServer | None) -> bool:
    """Stop cleanly; returns False if the disk doesn't answer."""
    disk_answers = await app.close()
    if server is not None:
        server.close(close_connections=False)
        app.doors.cut_unfinished()  # connections that came meanwhile
        try:
            await within(ENDS_SECONDS, server.wait_closed())
        except asyncio.TimeoutError:
            return False
    return disk_answers
