"""The WebSocket server: who is let in, and how it starts and stops."""

from __future__ import annotations

import asyncio
import itertools
import logging
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from http import HTTPStatus
from typing import Any, cast

from websockets.asyncio.server import Server as WebSocketServer
from websockets.asyncio.server import ServerConnection, serve
from websockets.http11 import Request, Response
from websockets.typing import Subprotocol

from optiverse_collab.core.limits import Limits
from optiverse_collab.core.protocol.address import Place, parse_path
from optiverse_collab.core.protocol.close_codes import CloseCode, CloseReason
from optiverse_collab.core.protocol.messages import SUBPROTOCOL
from optiverse_collab.core.protocol.server_name import header
from optiverse_collab.errors import AddressError, StorageError
from optiverse_collab_server import __version__
from optiverse_collab_server.access.entrance import Entrance
from optiverse_collab_server.access.grants import StoredGrant, Visit
from optiverse_collab_server.access.tokens import is_forwarded, token_in
from optiverse_collab_server.access.tries import FailedTries
from optiverse_collab_server.connection import CLOSE_SECONDS, Connection, reason_of
from optiverse_collab_server.doors import Bounds, Doors
from optiverse_collab_server.garbage import Garbage
from optiverse_collab_server.health import STOPPING, Health
from optiverse_collab_server.heard import HeardConnection
from optiverse_collab_server.held import Held
from optiverse_collab_server.hub import SILENCE_SECONDS, Hub
from optiverse_collab_server.quotas import Quotas
from optiverse_collab_server.secured import SecuredConnection
from optiverse_collab_server.standby.messages import PATH as FOLLOW_PATH
from optiverse_collab_server.standby.messages import PROTOCOL as FOLLOW_PROTOCOL
from optiverse_collab_server.standby.service import StandbyService
from optiverse_collab_server.storage import Store

NAME = f"optiverse-collab-server {__version__}"
"""The server's name for clients."""

NOT_A_STANDBY = "A standby needs a link made with invite --all --role follower."

NO_ANSWER = "Storage does not answer; what is not stored was not acknowledged, and its authors have it."

NODE_HEADER = "Optiverse-Node"
"""The header with the name of the server that has the session (OWN-7)."""

HANDSHAKE_SECONDS = 10.0
"""How long a peer may take to request a WebSocket."""

log = logging.getLogger("optiverse_collab_server")


class App:
    """Lets connections in and hands them to the hub.

    Attributes:
        doors: counts them.
        garbage: collects Python's garbage now and then.
    """

    def __init__(
        self,
        hub: Hub,
        doors: Doors,
        tls: ssl.SSLContext | None = None,
        entrance: Entrance | None = None,
        standby: StandbyService | None = None,
    ) -> None:
        self._hub = hub
        self._tls = tls
        self._entrance, self._standby = entrance, standby
        self._failed = FailedTries()
        self._numbers = itertools.count(1)
        self.doors = doors
        self._held = Held()
        self.garbage = Garbage()
        self._health = Health(hub, self.doors, entrance, None if standby is None else standby.followers)

    def accept(self, *args: Any, **options: Any) -> HeardConnection:
        """Take a connection whose peer has not requested a WebSocket yet."""
        self.garbage.connections += 1
        if self._tls is not None:
            return SecuredConnection(self.doors, self._held, self._tls, *args, **options)
        return HeardConnection(self.doors, self._held, *args, **options)

    def standing(self) -> AbstractAsyncContextManager[None]:
        """The server follows another one, or takes over from it, inside the block."""
        return nullcontext() if self._standby is None else self._standby.running()

    async def close(self) -> bool:
        """Admit nobody new, say so to those who ask, and end all connections (CLOSE-3).

        Returns:
            False if the disk doesn't answer; then the wait was cut short.
        """
        self.doors.cut_unfinished()
        self._failed.stop()
        disk_answers, _ = await asyncio.gather(self._hub.close(), self._close_entrance())
        if self._standby is not None:
            await self._standby.reception.close()
        return disk_answers

    async def _close_entrance(self) -> None:
        if self._entrance is not None:
            self._entrance.waiting.close()
            await self._entrance.book.close()

    async def check_request(self, ws: ServerConnection, request: Request) -> Response | None:
        """Refuse paths that are not a session's, and connections above the limit (MSG-4, LIM-15)."""
        assert isinstance(ws, HeardConnection)
        full = self.doors.asked(ws)
        if health := await self._health.answer(request, ws.address):
            return health
        if self._hub.is_stopping:
            return ws.respond(HTTPStatus.SERVICE_UNAVAILABLE, f"{STOPPING}\n")
        refused_count = self._hub.tally.refused
        if full:
            refused_count["full"] += 1
            log.warning("Refused a connection: %s", full)
            return ws.respond(HTTPStatus.SERVICE_UNAVAILABLE, f"{full}\n")
        if self._standby is not None and request.path == FOLLOW_PATH:
            return await self._check_follower(self._standby, ws, request)
        try:
            session_id = parse_path(request.path).session_id
        except AddressError as refused:
            refused_count["no_session"] += 1
            log.warning("Refused %s: %s", request.path.partition("?")[0], refused)
            return ws.respond(HTTPStatus.NOT_FOUND, f"{refused}\n")
        if is_forwarded(request.headers) and (node := await self._hub.elsewhere(session_id)):
            return _misdirected(ws, session_id, node)
        return None

    async def handle(self, ws: ServerConnection) -> None:
        """Serve one connection; its errors affect no other."""
        if ws.request is None:  # the handshake was not finished
            return
        assert isinstance(ws, HeardConnection)
        if ws.request.path == FOLLOW_PATH and self._standby is not None:
            await self._standby.reception.serve(ws)
            return
        place = parse_path(ws.request.path)
        if ws.request.headers.get_all("Sec-WebSocket-Protocol") and ws.subprotocol is None:
            log.warning("%s speaks another protocol than %s", place.user_id, SUBPROTOCOL)
            await _close(ws, CloseReason.VERSION)
            return
        if self._hub.refusal is not None:
            self._hub.tally.refused[self._hub.refusal.word] += 1
            await _close(ws, self._hub.refusal)
            return
        loop = asyncio.get_running_loop()
        id, hub = f"c{next(self._numbers)}", self._hub
        connection = Connection(id, ws, hub.limits, loop.time, hub.tally, self._held)
        self._held.join(connection)
        try:
            visit = await self._admit(connection, ws, ws.request, place)
            if visit is not None:
                await self._hub.serve(connection, place, visit)
        except StorageError as error:
            reason = reason_of(error)
            level = logging.INFO if reason is CloseReason.MOVED else logging.ERROR
            log.log(level, "Session %s can't be opened: %s", place.session_id, error)
            await _close(ws, reason)
        except Exception:
            log.exception("The connection of %s failed", place.user_id)
            await _close(ws, CloseReason.INTERNAL_ERROR)
        finally:
            self._held.leave(connection)
            connection.outbox.close()

    async def _check_follower(
        self, standby: StandbyService, ws: HeardConnection, request: Request
    ) -> Response | None:
        """Refuse a server that may not follow this one (STAND-1)."""
        if self._entrance is None or await standby.may_follow(token_in(request.headers)):
            return None
        self._hub.tally.refused["standby"] += 1
        log.warning("Refused a standby at %s: %s", ws.address, NOT_A_STANDBY)
        await self._failed.wait(ws)
        return ws.respond(HTTPStatus.UNAUTHORIZED, f"{NOT_A_STANDBY}\n")

    async def _admit(
        self, connection: Connection, ws: HeardConnection, request: Request, place: Place
    ) -> Visit | None:
        """Check the token of a request (ACC-9); None if it is not valid, and the connection is closed.

        Raises:
            StorageError: an invite could not be used.
        """
        if self._entrance is None:
            return Visit()
        visit: Visit | CloseReason | StoredGrant | None
        visit = await self._entrance.admit(request.headers, ws.address, place)
        if isinstance(visit, StoredGrant):
            await self._failed.wait(ws)  # each knock counts as a try
            visit = await self._entrance.waiting.wait(connection, place, visit, ws.address)
        if visit is None or isinstance(visit, Visit):
            return visit
        self._hub.tally.refused[visit.word] += 1
        log.warning("Refused %s in session %s: %s", place.user_id, place.session_id, visit.word)
        if visit.code in (CloseCode.UNAUTHORIZED, CloseCode.FORBIDDEN):
            await self._failed.wait(ws)
        await _close(ws, visit)
        return None


async def _close(ws: ServerConnection, reason: CloseReason) -> None:
    await ws.close(reason.code, reason.word)


def select_subprotocol(ws: ServerConnection, offered: Sequence[Subprotocol]) -> Subprotocol | None:
    """Ours if it is offered; a client that offers none is served anyway (MSG-3)."""
    return next((Subprotocol(one) for one in (SUBPROTOCOL, FOLLOW_PROTOCOL) if one in offered), None)


@asynccontextmanager
async def running(
    store: Store,
    host: str,
    port: int,
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
        host: the address to listen on.
        port: 0 for any that is free.
        tls: the key and the certificate; None for connections that are not encrypted.
        entrance: who may come in; None for everybody. Its book is closed at the end.
        quotas: the limits that were set; the defaults if not given.
        key: signs heads (BACK-1); None to sign none.
        standby: its part in a pair, on the same store; None if it can have no standby.

    Raises:
        OSError: the server can't listen on the address.
        StorageError: at the end, the disk doesn't answer.
    """
    quotas = quotas or Quotas()
    limits = limits or Limits(session_bytes=quotas.records_bytes)
    post, store = (None, store) if standby is None else (standby.post, standby.store)
    hub = Hub(store, limits, NAME, silence_seconds, entrance, quotas, key, post)
    app = App(hub, Doors(Bounds(all=quotas.connections)), tls, entrance, standby)
    disk_answers, server = True, None
    try:
        try:
            server = await _listen(app, host, port, limits)
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
        await server.wait_closed()
    return disk_answers


def _misdirected(ws: ServerConnection, session_id: str, node: str) -> Response:
    """Tell the proxy which server has the session (OWN-7)."""
    log.info("Session %s is served by %s, and the proxy learns that", session_id, node)
    response = ws.respond(HTTPStatus.MISDIRECTED_REQUEST, f"Session {session_id!r} is served by {node}.\n")
    response.headers[NODE_HEADER] = node
    return response


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
        max_queue=2,  # messages that are read and wait: 1 MiB each
        write_limit=2**15,
        server_header=header(__version__),
    )
