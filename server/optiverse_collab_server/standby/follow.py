"""The connection of a standby to the server that it follows (STAND-2, STAND-4)."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable
from http import HTTPStatus
from typing import NamedTuple
from urllib.parse import urlsplit

import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException
from websockets.typing import Subprotocol

from optiverse_collab.core.client.failures import FailureKind
from optiverse_collab.core.protocol.address import Address, parse_address
from optiverse_collab.drivers.aio.connection import first_of, pinned, within
from optiverse_collab.drivers.aio.failures import failure_of
from optiverse_collab.errors import BatchRefused
from optiverse_collab_server.access.book import GrantBook
from optiverse_collab_server.access.grants import StoredGrant
from optiverse_collab_server.doors import is_loopback
from optiverse_collab_server.quotas import DEFAULTS, Quotas
from optiverse_collab_server.standby.benches import Benches
from optiverse_collab_server.standby.copies import Copies
from optiverse_collab_server.standby.messages import (
    MESSAGE_BYTES,
    PATH,
    PROTOCOL,
    Access,
    Alive,
    Bench,
    Changes,
    Durable,
    FromPrimary,
    FromStandby,
    Hello,
    Parted,
    Piece,
    Positions,
    Start,
    TurnedAway,
    Welcome,
    decode_from_primary,
    encode,
    portions,
)
from optiverse_collab_server.standby.reception import ALIVE_SECONDS, SILENT_SECONDS
from optiverse_collab_server.storage import StandbyStore

OPEN_SECONDS = 10.0

CLOSE_SECONDS = 1.0
"""How long to wait for the other server's goodbye, which comes after all that it has sent already."""

TOO_MANY_GRANTS = (
    "The list of grants takes more memory than memory-mb allows; raise that, at least to what the other "
    "server has."
)

NOT_LET_IN = (
    "it does not accept this link, which may be revoked or for people; make another one there with "
    "invite --all --role follower"
)

WHY = {
    FailureKind.UNKNOWN_HOST: "there is no host called {host}; check the link and the network",
    FailureKind.REFUSED: "nothing answers at {place}; check that a server runs there, and the firewall",
    FailureKind.UNREACHABLE: "this machine has no network route to {host}; check the network",
    FailureKind.WRONG_KEY: "its key is not the one in the link; make another link there",
    FailureKind.UNTRUSTED: "its certificate is not trusted here; make a link there, which has its key",
    FailureKind.NO_TLS: "{place} does not encrypt connections; write ws:// in the link, not wss://",
}
"""Why the other server can't be reached → the sentence."""

log = logging.getLogger("optiverse_collab_server")


class Ended(Exception):
    """A connection has ended; with the reason."""


class Here(NamedTuple):
    """Where participants find this server, once it serves (STAND-9).

    Attributes:
        host: its name or address; empty for the address from which it connects to the other server.
        port: where it listens.
        pin: the hash of its key; None if an authority vouches for it, or connections are not encrypted.
        is_encrypted: whether they are.
    """

    host: str
    port: int
    pin: str | None
    is_encrypted: bool


class Line:
    """An open connection.

    Attributes:
        welcome: the server's answer to our term.
    """

    def __init__(self, ws: ClientConnection, welcome: Welcome | TurnedAway) -> None:
        self._ws, self.welcome = ws, welcome

    async def send(self, message: FromStandby) -> None:
        """Send a message."""
        await self._ws.send(encode(message))

    async def receive(self) -> FromPrimary:
        """The next message.

        Raises:
            Ended: the connection has ended, or is silent.
        """
        return await _receive(self._ws)


@contextlib.asynccontextmanager
async def line_to(link: str, term: int, here: Here | None = None) -> AsyncIterator[Line]:
    """Connect to a server, and tell it our term.

    Args:
        link: its address, the token that lets us in, and its pin.
        term: the highest that we know.
        here: where participants will find us; None not to say so.

    Raises:
        Ended: it can't be reached, or does not take standbys.
    """
    to = parse_address(link)
    try:
        async with _opened(to) as ws:
            await ws.send(encode(Hello(term, _shown(here, ws, to))))
            answer = await _receive(ws)
            if not isinstance(answer, (Welcome, TurnedAway)):
                raise Ended(f"it answered {type(answer).__name__}")
            yield Line(ws, answer)
    except (OSError, WebSocketException) as error:
        raise Ended(_why(error, to)) from error


def _why(error: OSError | WebSocketException, to: Address) -> str:
    """Why a server can't be reached, and what to do."""
    failure, parts = failure_of(error), urlsplit(to.server)
    if failure.kind is FailureKind.HTTP and failure.number == HTTPStatus.UNAUTHORIZED:
        return NOT_LET_IN
    if sentence := WHY.get(failure.kind):
        return sentence.format(host=parts.hostname, place=parts.netloc)
    return f"{parts.netloc} can't be used: {str(error) or type(error).__name__}"


def _shown(here: Here | None, ws: ClientConnection, to: Address) -> str:
    """Where participants will find this server; empty if only those of its own machine can."""
    own = ws.local_address[0]
    if here is None or (is_loopback(here.host) and not is_loopback(own)):
        return ""
    if is_loopback(own):  # both are on one machine, so participants know its name
        own = urlsplit(to.server).hostname or own
    host, scheme = here.host or own, "wss" if here.is_encrypted else "ws"
    shown = f"[{host}]" if ":" in host else host
    return Address(f"{scheme}://{shown}:{here.port}", None, pin=here.pin).remembered


def _opened(to: Address) -> connect:
    return connect(
        to.server + PATH,
        ssl=pinned(to.pin) if to.pin is not None else to.server.startswith("wss:") or None,
        additional_headers=None if to.token is None else {"Authorization": f"Bearer {to.token}"},
        subprotocols=[Subprotocol(PROTOCOL)],
        compression=None,
        proxy=None,
        open_timeout=OPEN_SECONDS,
        close_timeout=CLOSE_SECONDS,
        ping_interval=None,
        max_size=MESSAGE_BYTES,
        max_queue=2,
    )


async def _receive(ws: ClientConnection) -> FromPrimary:
    try:
        data = await within(SILENT_SECONDS, ws.recv(decode=False))
        message: FromPrimary = decode_from_primary(data)
    except asyncio.TimeoutError:
        raise Ended(f"it sent nothing for {SILENT_SECONDS:.0f} s") from None
    except ConnectionClosed as closed:
        raise Ended(
            f"it closed the connection ({closed.rcvd.reason or closed.rcvd.code})"
            if closed.rcvd
            else "the connection broke off"
        ) from closed
    except msgspec.MsgspecError as error:
        raise Ended(f"its message can't be read: {error}") from error
    return message


class Following:
    """What a standby does with one connection.

    Args:
        line: the connection.
        store: this server's storage.
        book: this server's grants; None if it asks nobody for one.
        others: called with the addresses of the primary's other standbys.
        quotas: the most sessions, and the memory for their state (LIM-16), of which there is none yet.
        leaves_out: called for each session that would be one too many (STAND-14).
    """

    def __init__(
        self,
        line: Line,
        store: StandbyStore,
        book: GrantBook | None,
        others: Callable[[list[str]], None] = lambda addresses: None,
        quotas: Quotas = DEFAULTS,
        leaves_out: Callable[[str], None] = lambda session: None,
    ) -> None:
        self._others = others
        self._line, self._book = line, book
        gives_benches = isinstance(line.welcome, Welcome) and line.welcome.gives_benches
        self._benches = Benches(store, line.send if gives_benches else None, quotas.space_bytes)
        self._copies = Copies(store, self._on_durable, self._benches, quotas, leaves_out)
        self._grants: list[StoredGrant] = []
        self._grants_bytes, self._space_bytes = 0, quotas.space_bytes
        self._adding: asyncio.Task[None] | None = None

    async def run(self) -> None:
        """Follow until the connection ends.

        Raises:
            Ended: it has.
            StorageError: this server's disk failed.
        """
        try:
            await first_of(self._follow(), self._beat())
        except BatchRefused as refused:
            raise Ended(str(refused)) from refused
        except WebSocketException as error:
            raise Ended(str(error)) from error
        finally:
            await self._copies.settled()
            if self._adding is not None:
                await asyncio.wait([self._adding])

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(ALIVE_SECONDS)
            await self._line.send(Alive())

    async def _follow(self) -> None:
        positions = await self._copies.positions()  # which takes long if there are many sessions
        for some, is_last in portions(list(positions.items())):
            await self._line.send(Positions(dict(some), is_last))
        while True:
            await self._benches.ask_next()
            await self._take(await self._line.receive())

    async def _take(self, message: FromPrimary) -> None:
        if isinstance(message, Changes):
            await self._copies.extend(message.session, message.batch, message.parents)
        elif isinstance(message, Bench):
            await self._benches.take(message)
        elif isinstance(message, Piece):
            self._copies.take_piece(message.data)
        elif isinstance(message, Start):
            await self._copies.begin(message.session, message.names)
        elif isinstance(message, Access):
            await self._take_grants(message)
        elif isinstance(message, Parted):
            log.warning("Session %s can't be followed: %s", message.session, message.why)
        elif isinstance(message, Alive):
            self._others(message.others)
        else:
            raise Ended(f"it sent {type(message).__name__}, which is not expected here")

    async def _take_grants(self, message: Access) -> None:
        book = self._book
        if book is None:
            return
        self._grants_bytes += len(encode(message))
        if self._grants_bytes > self._space_bytes and not message.all:  # which may have replaced others
            self._grants_bytes = len(encode(Access([*book.grants, *message.grants], [])))
        if self._grants_bytes > self._space_bytes:
            raise BatchRefused(TOO_MANY_GRANTS)
        if not message.all:
            await self._add(book, message.grants, message.gone)
            return
        self._grants += message.grants
        if message.done:
            ids = {grant.id for grant in self._grants}
            gone = [grant.id for grant in book.grants if grant.id not in ids]
            await self._add(book, self._grants, gone)
            self._grants = []

    async def _add(self, book: GrantBook, grants: list[StoredGrant], gone: list[str]) -> None:
        """Add grants, to the end even if this server is promoted meanwhile."""
        self._adding = asyncio.create_task(book.add(grants, gone))
        await asyncio.shield(self._adding)

    async def _on_durable(self, session: str, clock: int) -> None:
        with contextlib.suppress(WebSocketException):  # the listener notices, too
            await self._line.send(Durable(session, clock))
