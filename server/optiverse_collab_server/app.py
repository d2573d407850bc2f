"""The WebSocket server: who is let in."""

from __future__ import annotations

import asyncio
import itertools
import logging
import ssl
from contextlib import AbstractAsyncContextManager, nullcontext
from http import HTTPStatus
from typing import Any

from websockets.asyncio.server import ServerConnection
from websockets.http11 import Request, Response

from optiverse_collab.core.protocol.address import Place, parse_path
from optiverse_collab.core.protocol.close_codes import CloseCode, CloseReason
from optiverse_collab.core.protocol.messages import SUBPROTOCOL
from optiverse_collab.errors import AddressError, StorageError
from optiverse_collab_server import __version__
from optiverse_collab_server.access.entrance import Entrance
from optiverse_collab_server.access.grants import StoredGrant, Visit
from optiverse_collab_server.access.tokens import is_forwarded, token_in
from optiverse_collab_server.access.tries import FailedTries
from optiverse_collab_server.connection import Connection, reason_of
from optiverse_collab_server.doors import Doors
from optiverse_collab_server.garbage import Garbage
from optiverse_collab_server.health import STOPPING, Health
from optiverse_collab_server.heard import HeardConnection
from optiverse_collab_server.held import Held
from optiverse_collab_server.hub import Hub
from optiverse_collab_server.secured import SecuredConnection
from optiverse_collab_server.standby.messages import PATH as FOLLOW_PATH
from optiverse_collab_server.standby.service import StandbyService

NAME = f"optiverse-collab-server {__version__}"
"""The server's name for clients."""

NOT_A_STANDBY = "A standby needs a link made with invite --all --role follower."

NODE_HEADER = "Optiverse-Node"
"""The header with the name of the server that has the session (OWN-7)."""

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
        self.garbage = Garbage(lambda: doors.count)
        self._health = Health(hub, self.doors, entrance, standby)

    def accept(self, *args: Any, **options: Any) -> HeardConnection:
        """Take a connection whose peer has not requested a WebSocket yet."""
        self.garbage.opened()
        if self._tls is not None:
            return SecuredConnection(self.doors, self._held, self._tls, *args, **options)
        return HeardConnection(self.doors, self._held, *args, **options)

    @property
    def not_ready(self) -> str:
        """Why the server serves nobody for now; empty if it does."""
        return self._health.not_ready()

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
        refusal, post = self._hub.refusal, self._hub.post
        if refusal is not None and post is not None:
            self._hub.tally.refused[refusal.word] += 1
            await ws.close(refusal.code, post.standing.closing)
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


def _misdirected(ws: ServerConnection, session_id: str, node: str) -> Response:
    """Tell the proxy which server has the session (OWN-7)."""
    log.info("Session %s is served by %s, and the proxy learns that", session_id, node)
    response = ws.respond(HTTPStatus.MISDIRECTED_REQUEST, f"Session {session_id!r} is served by {node}.\n")
    response.headers[NODE_HEADER] = node
    return response
