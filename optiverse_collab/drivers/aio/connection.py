"""Opens a WebSocket, asks a server whether it speaks TLS, and runs the tasks of a connection."""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar
from urllib.parse import urlsplit

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException
from websockets.typing import Subprotocol

from optiverse_collab.core.client.connector import GOODBYE_S
from optiverse_collab.core.client.failures import Failure, FailureKind
from optiverse_collab.core.limits import RECEIVED_BYTES
from optiverse_collab.core.protocol.messages import CAN_WAIT, SUBPROTOCOL
from optiverse_collab.core.protocol.pins import pin_of
from optiverse_collab.drivers.aio.failures import ConnectionEnded, WrongKey, failure_of

T = TypeVar("T")

_LOG = logging.getLogger("optiverse_collab.websockets")
_LOG.setLevel(logging.INFO)
"""The library's debug lines contain the headers, and with them the token."""


class Connection(ClientConnection):
    """A WebSocket that reports when bytes arrive.

    Attributes:
        stirred: the callback.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.stirred: Callable[[], None] = _ignore

    @property
    def backlog(self) -> int:
        """How many bytes were sent and have not left yet."""
        return self.transport.get_write_buffer_size()

    def data_received(self, data: bytes) -> None:
        """Take bytes from the network."""
        self.stirred()
        super().data_received(data)


def _ignore() -> None:
    """The default callback, which does nothing."""


class _Opening(connect):
    """An attempt without redirections, which would take the token elsewhere."""

    def process_redirect(self, exc: Exception) -> Exception | str:
        return exc


def pinned(pin: str) -> ssl.SSLContext:
    """The TLS context for a server with this key, whoever signed its certificate (LINK-3)."""

    class Checked(ssl.SSLObject):
        """A handshake that checks the key before anything else is sent, above all the token."""

        def do_handshake(self) -> None:
            super().do_handshake()
            certificate = self.getpeercert(binary_form=True)
            if certificate is None or pin_of(certificate) != pin:
                raise WrongKey

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.sslobject_class = Checked
    return context


async def open_websocket(url: str, token: str | None = None, pin: str | None = None) -> Connection:
    """Open a WebSocket; the caller sets the time limit.

    Args:
        url: its address.
        token: our token, if the server asks for one (LINK-2).
        pin: the server's key; None if the system's authorities decide.

    Raises:
        ConnectionEnded: it failed.
    """
    try:
        opened = await _Opening(
            url,
            create_connection=Connection,
            ssl=pinned(pin) if pin is not None else url.startswith("wss:") or None,
            additional_headers=None
            if token is None
            else {"Authorization": f"Bearer {token}", "Prefer": CAN_WAIT},
            subprotocols=[Subprotocol(SUBPROTOCOL)],
            compression=None,
            logger=_LOG,
            proxy=None,  # as in the editor; a lab's server is not behind the lab's internet proxy
            open_timeout=None,
            ping_interval=None,  # liveness is the JSON heartbeat (HB-1)
            close_timeout=GOODBYE_S,
            max_size=RECEIVED_BYTES,
        )
    except (OSError, UnicodeError, WebSocketException) as error:
        raise ConnectionEnded(failure_of(error)) from error
    assert isinstance(opened, Connection)
    return opened


async def first_message(ws: ClientConnection) -> str | bytes:
    """The server's first message.

    Raises:
        ConnectionEnded: it chose no subprotocol, so it is not our server.
        websockets.ConnectionClosed: it closed instead.
    """
    message = await ws.recv()
    if ws.subprotocol != SUBPROTOCOL:
        raise ConnectionEnded(Failure(FailureKind.WRONG_SERVER))
    return message


async def speaks_tls(url: str) -> bool:
    """Start a TLS handshake with the server of a ``ws://`` URL, and send nothing else."""
    parts = urlsplit(url)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    try:
        _, writer = await asyncio.open_connection(parts.hostname, parts.port or 80, ssl=context)
    except OSError:
        return False
    writer.transport.abort()
    return True


async def within(seconds: float, work: Coroutine[Any, Any, T]) -> T:
    """The result of some work that may take so long.

    Not asyncio.wait_for: before Python 3.12 it swallows a cancellation that arrives together with the result
    (python/cpython#86296), and the connection would never end.

    Raises:
        asyncio.TimeoutError: it took longer.
    """
    task = asyncio.ensure_future(work)
    try:
        if not (await asyncio.wait([task], timeout=seconds))[0]:
            raise asyncio.TimeoutError
        return task.result()
    finally:
        task.cancel()


async def first_of(*coroutines: Coroutine[Any, Any, None]) -> None:
    """Run these until one ends, and cancel the others; raises its error."""
    tasks = [asyncio.ensure_future(one) for one in coroutines]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
