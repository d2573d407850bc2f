"""Takes the connections of standbys, on the path ``/follow`` (STAND-1, STAND-2)."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from functools import partial

import msgspec
from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed

from optiverse_collab.core.protocol.close_codes import CloseReason
from optiverse_collab.drivers.aio.connection import first_of, within
from optiverse_collab.errors import StorageError
from optiverse_collab_server.access.book import GrantBook
from optiverse_collab_server.access.grants import may_follow
from optiverse_collab_server.access.tokens import token_in
from optiverse_collab_server.standby.followers import Followers
from optiverse_collab_server.standby.messages import (
    Alive,
    Durable,
    FromPrimary,
    FromStandby,
    Hello,
    Positions,
    TurnedAway,
    Wanted,
    Welcome,
    Where,
    decode_from_standby,
    encode,
)
from optiverse_collab_server.standby.sender import Sender
from optiverse_collab_server.standby.standing import Post, State, place_of
from optiverse_collab_server.storage import StandbyStore

ALIVE_SECONDS, SILENT_SECONDS = 2.0, 15.0
"""How often each end says that it lives, and how long it waits for a message, or for room to send one."""

STANDBYS = 4
"""The most standbys of a server, with those that have not said yet what they have."""

WHY = {
    State.STANDBY: "it is a standby itself",
    State.DEPOSED: "another server has taken over from it",
}

log = logging.getLogger("optiverse_collab_server")


class Reception:
    """Receives standbys.

    Args:
        post: whether this server serves.
        store: its storage.
        book: its grants; None if it asks nobody for one.
        followers: the standbys.
    """

    def __init__(self, post: Post, store: StandbyStore, book: GrantBook | None, followers: Followers) -> None:
        self._post, self._store, self._book = post, store, book
        self._followers = followers
        self._open: set[ServerConnection] = set()

    async def close(self) -> None:
        """End all connections."""
        await asyncio.gather(*(ws.close(CloseReason.RESTARTING.code) for ws in self._open))

    async def serve(self, ws: ServerConnection) -> None:
        """Serve a connection that was let in, until it closes."""
        host, port, *_ = ws.remote_address
        self._open.add(ws)
        with contextlib.suppress(ConnectionClosed):
            try:
                await self._serve(ws)
            except (msgspec.MsgspecError, _Over, asyncio.TimeoutError, StorageError) as error:
                why = "it was silent for too long" if isinstance(error, asyncio.TimeoutError) else str(error)
                log.warning("The connection of the standby at %s:%d ends: %s", host, port, why)
                await ws.close()
            finally:
                self._open.discard(ws)

    async def _serve(self, ws: ServerConnection) -> None:
        hello = await _next(ws)
        if not isinstance(hello, Hello):
            raise _Unexpected(hello)
        is_news = self._post.meet(hello.term, place_of(hello.address))
        standing = self._post.standing
        if standing.state is not State.PRIMARY:
            if is_news:
                log.error(
                    "Another server has taken over (term %d): this one serves nobody any more", hello.term
                )
            winner = standing.other if standing.state is State.DEPOSED else standing.winner
            await _send(
                ws, TurnedAway(max(standing.term, standing.heard), WHY[standing.state], place_of(winner))
            )
            return
        if len(self._open) > STANDBYS:
            await _send(ws, TurnedAway(standing.term, f"it has {STANDBYS} standbys already"))
            return
        await _send(ws, Welcome(standing.term, self._post.key, gives_benches=True))
        known = {*await self._store.sessions()}
        claimed: dict[str, Where] = {}
        while isinstance(message := await _next(ws), (Positions, Alive)):
            if isinstance(message, Positions):
                claimed.update({id: where for id, where in message.sessions.items() if id in known})
                if message.done:
                    await self._feed(ws, claimed, place_of(hello.address))
                    return
        raise _Unexpected(message)

    async def _beat(
        self,
        ws: ServerConnection,
        send: Callable[[FromPrimary], Awaitable[None]],
        others: Callable[[], list[str]],
    ) -> None:
        """Say that this server lives, as long as it serves and the standby has the right to follow."""
        token = None if ws.request is None else token_in(ws.request.headers)
        while True:
            await asyncio.sleep(ALIVE_SECONDS)
            book = self._book
            if book is not None and not may_follow(book.grants.of_token(token or ""), book.clock()):
                raise _Over("its right to follow has ended")
            if self._post.standing.state is not State.PRIMARY:
                raise _Over("another server has taken over")
            await send(Alive(others()))

    async def _feed(self, ws: ServerConnection, claimed: dict[str, Where], address: str) -> None:
        sending = asyncio.Lock()

        async def send(message: FromPrimary) -> None:
            async with sending:
                await within(SILENT_SECONDS, _send(ws, message))

        sender = Sender(self._store, self._book, self._followers, claimed, send, address)
        self._followers.join(sender)
        log.info("A standby at %s follows", ws.remote_address[0])
        try:
            await first_of(
                sender.run(),
                _listen(ws, sender),
                self._beat(ws, send, partial(self._followers.others, sender)),
            )
        finally:
            self._followers.leave(sender)
            log.warning("The standby at %s is gone", ws.remote_address[0])


class _Over(Exception):
    """The connection ends; with the reason."""


class _Unexpected(_Over):
    def __init__(self, message: object) -> None:
        super().__init__(f"it sent {type(message).__name__}, which is not expected there")


async def _listen(ws: ServerConnection, sender: Sender) -> None:
    while True:
        message = await _next(ws)
        if isinstance(message, Durable):
            sender.confirmed(message.session, message.clock)
        elif not isinstance(message, Alive) and not _asks(sender, message):
            raise _Unexpected(message)


def _asks(sender: Sender, message: FromStandby) -> bool:
    return isinstance(message, Wanted) and sender.ask(message.session, message.clock)


async def _next(ws: ServerConnection) -> FromStandby:
    data = await within(SILENT_SECONDS, ws.recv(decode=False))
    message: FromStandby = decode_from_standby(data)
    return message


async def _send(ws: ServerConnection, message: FromPrimary) -> None:
    await ws.send(encode(message))
