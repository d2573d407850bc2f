"""The server's answers to monitoring programs: on the port of the WebSockets, to a plain GET."""

from __future__ import annotations

import contextlib
import time
from http import HTTPStatus

from prometheus_client.exposition import CONTENT_TYPE_LATEST
from websockets.datastructures import Headers
from websockets.http11 import Request, Response

from optiverse_collab.core.protocol.close_codes import CloseReason
from optiverse_collab.errors import StorageError
from optiverse_collab_server.access.entrance import Entrance
from optiverse_collab_server.access.grants import EVERY_SESSION, refusal
from optiverse_collab_server.access.tokens import is_forwarded, token_in
from optiverse_collab_server.doors import Doors, is_own
from optiverse_collab_server.hub import Hub
from optiverse_collab_server.metrics import Metrics
from optiverse_collab_server.standby.service import StandbyService

RUNNING = "The server is running."
READY = "Ready."
STOPPING = "The server is restarting."
LATE = "Storage does not answer; nothing is saved for now."
FAILED = "Storage refuses changes; the server's log says why."
NOT_SERVING = {
    CloseReason.STANDBY: "This server is a standby; another one serves.",
    CloseReason.DEPOSED: "Another server has taken over from this one.",
}
NO_METRICS = "Metrics are for this machine only; from elsewhere, use a token that is valid in every session."


class Health:
    """Answers for the whole server.

    Args:
        hub: the sessions.
        doors: the connections.
        entrance: who may come in; None for everybody.
        standby: this server's part in a pair; None if it can't have one.
    """

    def __init__(
        self, hub: Hub, doors: Doors, entrance: Entrance | None, standby: StandbyService | None
    ) -> None:
        self._hub, self._entrance = hub, entrance
        self._metrics = Metrics(hub, doors, standby)

    async def answer(self, request: Request, address: str) -> Response | None:
        """The answer to a request for one of these paths; None to any other.

        Args:
            address: where it came from.
        """
        path = request.path.partition("?")[0]
        if path == "/healthz":
            return text_answer(HTTPStatus.OK, RUNNING)
        if path == "/readyz":
            why = self.not_ready()
            return (
                text_answer(HTTPStatus.SERVICE_UNAVAILABLE, why) if why else text_answer(HTTPStatus.OK, READY)
            )
        if path == "/metrics":
            if await self._may_have_metrics(request.headers, address):
                return _response(HTTPStatus.OK, CONTENT_TYPE_LATEST, self._metrics.text())
            return text_answer(HTTPStatus.FORBIDDEN, NO_METRICS)
        return None

    def not_ready(self) -> str:
        """Why the server is not ready; empty if it is."""
        if self._hub.is_stopping:
            return STOPPING
        if self._hub.refusal is not None:
            return NOT_SERVING[self._hub.refusal]
        if self._hub.tally.has_failed(time.monotonic()):
            return FAILED
        return LATE if any(session.is_late for session in self._hub.sessions) else ""

    async def _may_have_metrics(self, headers: Headers, address: str) -> bool:
        if is_own(address) and not is_forwarded(headers):
            return True
        token = token_in(headers)
        if self._entrance is None or token is None:
            return False
        book = self._entrance.book
        with contextlib.suppress(StorageError):
            return refusal(await book.find(token), EVERY_SESSION, book.clock()) is None
        return False


def text_answer(status: HTTPStatus, sentence: str) -> Response:
    """An answer of one sentence."""
    return _response(status, "text/plain; charset=utf-8", f"{sentence}\n".encode())


def _response(status: HTTPStatus, content_type: str, body: bytes) -> Response:
    headers = Headers(
        [
            ("Connection", "close"),
            ("Cache-Control", "no-store"),
            ("Content-Length", str(len(body))),
            ("Content-Type", content_type),
        ]
    )
    return Response(status.value, status.phrase, headers, body)
