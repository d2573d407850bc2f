"""People who wait outside until an owner lets them in (ACC-12 to ACC-14)."""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from optiverse_collab.core.protocol.access import (
    WAITING,
    AccessAdmit,
    AccessKnock,
    AccessKnockOver,
    AccessRefusal,
    AccessWait,
)
from optiverse_collab.core.protocol.address import Place
from optiverse_collab.core.protocol.close_codes import CloseReason
from optiverse_collab.core.protocol.codec import encode
from optiverse_collab.core.protocol.message import Message
from optiverse_collab_server.access.book import GrantBook
from optiverse_collab_server.access.grants import NotDone, StoredGrant, Visit, refusal
from optiverse_collab_server.access.refused_knocks import RefusedKnocks
from optiverse_collab_server.access.tries import network_of
from optiverse_collab_server.connection import Connection
from optiverse_collab_server.doors import is_own
from optiverse_collab_server.outbox import Frame

PATIENCE_S = 600.0
"""The longest wait."""

IN_ALL, OF_ONE = 100, 10
"""At most this many wait outside all sessions together, and from one address other than this machine's."""

log = logging.getLogger("optiverse_collab_server")


@dataclass(eq=False)
class _Guest:
    """Somebody who waits.

    Attributes:
        invite: with which they came.
        told: the message to owners.
        until_s: when they have waited for too long.
        answer: the outcome.
        is_being_let_in: an owner has agreed, but that is not stored yet.
    """

    place: Place
    invite: StoredGrant
    address: str
    connection: Connection
    told: AccessKnock
    until_s: float
    answer: asyncio.Future[Visit | CloseReason]
    is_being_let_in: bool = False

    def settle(self, answer: Visit | CloseReason) -> None:
        """Whether the wait is over."""
        if not self.answer.done():
            self.answer.set_result(answer)


class WaitingRoom:
    """Everybody who waits outside of a session, of all sessions of a server.

    Args:
        book: the grants.

    Attributes:
        owners: returns a session's connected owners; the hub replaces it.
    """

    def __init__(self, book: GrantBook) -> None:
        self.owners: Callable[[str], Iterable[Connection]] = lambda session: ()
        self._book = book
        self._guests: dict[str, _Guest] = {}
        self._numbers = itertools.count(1)
        self._refused = RefusedKnocks()
        self._is_closed = False

    async def wait(
        self, connection: Connection, place: Place, invite: StoredGrant, address: str
    ) -> Visit | CloseReason | None:
        """Let somebody wait until an owner answers, or until waiting is pointless.

        Args:
            invite: with which they came.
            address: where they came from.

        Returns:
            The outcome; None if they left.
        """
        reason = self._why_not(place.session_id, address)
        if reason is not None:
            return reason
        guest = self._arrive(connection, place, invite, address)
        attended = asyncio.create_task(connection.attend())
        ends: list[asyncio.Future[Any]] = [attended, guest.answer]
        try:
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        finally:
            attended.cancel()
            self._leave(guest)
        await asyncio.wait([attended])
        if not attended.cancelled():
            attended.result()  # they left, or it is our fault
        return guest.answer.result() if guest.answer.done() else None

    def notify_owner(self, owner: Connection, session: str) -> None:
        """Send a new owner the waiting people."""
        for guest in self._guests.values():
            if guest.place.session_id == session and self._may_answer(owner, guest):
                _send(owner, guest.told)

    async def answer(self, message: AccessAdmit, session: str, by: str) -> StoredGrant | None:
        """Carry out an owner's answer to somebody who waits.

        Args:
            session: where the owner is.
            by: the id of their grant; empty for those who need none.

        Returns:
            The device that lets the guest in; None if they were sent away.

        Raises:
            NotDone: they are no longer waiting, or the owner has lost that role.
            StorageError: they keep waiting; nothing was changed.
        """
        guest = self._guests.get(message.knock)
        if guest is None or guest.place.session_id != session or guest.is_being_let_in:
            raise NotDone(AccessRefusal.NO_SUCH_KNOCK)
        if guest.answer.done() or not self._book.is_managed_by(by, session, guest.invite):
            raise NotDone(AccessRefusal.NO_SUCH_KNOCK)
        if message.admitted:
            return await self._let_in(guest, by)
        self._refused.note(session, guest.address, guest.place.user_id, _now_s())
        guest.settle(CloseReason.NOT_ADMITTED)
        return None

    async def _let_in(self, guest: _Guest, by: str) -> StoredGrant:
        guest.is_being_let_in = True
        try:
            made = await self._book.exchange(guest.invite.id, guest.place.session_id, guest.place.user_id, by)
        finally:
            guest.is_being_let_in = False
        if isinstance(made, CloseReason):
            guest.settle(made)
            is_full = made is CloseReason.SESSION_FULL
            raise NotDone(AccessRefusal.TOO_MANY if is_full else AccessRefusal.NO_SUCH_KNOCK)
        guest.settle(Visit(made[0].id, made[1]))
        return made[0]

    def look(self, silence_s: float) -> None:
        """Send away those who can't be let in: they wait too long, silently, or with a useless invite.

        Args:
            silence_s: after how long a silence they count as gone.
        """
        now_s, now_ms = _now_s(), self._book.clock()
        for guest in self._guests.values():
            if guest.is_being_let_in:
                continue
            invite = self._book.grants.get(guest.invite.id)
            reason = refusal(invite, guest.place.session_id, now_ms)
            if reason is None and now_s >= guest.until_s:
                reason = CloseReason.UNANSWERED
            if reason is None and now_s - guest.connection.heard > silence_s:
                reason = CloseReason.SILENT
            if reason is not None:
                guest.settle(reason)

    def close(self) -> None:
        """The server stops: end all waits."""
        self._is_closed = True
        for guest in self._guests.values():
            guest.settle(CloseReason.RESTARTING)

    def _why_not(self, session: str, address: str) -> CloseReason | None:
        """Why nobody else can wait; None if they can."""
        if self._is_closed:
            return CloseReason.RESTARTING
        network = network_of(address)
        of_one = sum(network_of(guest.address) == network for guest in self._guests.values())
        if len(self._guests) >= IN_ALL or (of_one >= OF_ONE and not is_own(address)):
            return CloseReason.SERVER_FULL
        there = sum(guest.place.session_id == session for guest in self._guests.values())
        return CloseReason.SESSION_FULL if there >= WAITING else None

    def _arrive(self, connection: Connection, place: Place, invite: StoredGrant, address: str) -> _Guest:
        now_s, name = _now_s(), place.user_id
        again = self._refused.is_again(place.session_id, address, name, now_s)
        knock = f"k{next(self._numbers)}"
        told = AccessKnock(knock, name, invite.role, invite.label, again, place.is_script)
        answer: asyncio.Future[Visit | CloseReason] = asyncio.get_running_loop().create_future()
        guest = _Guest(place, invite, address, connection, told, now_s + PATIENCE_S, answer)
        self._guests[knock] = guest
        connection.name = name
        log.info("%s is waiting to join session %s, with the invite %s", name, place.session_id, invite.id)
        _send(connection, AccessWait())
        self._notify_owners(guest, told)
        return guest

    def _leave(self, guest: _Guest) -> None:
        del self._guests[guest.told.knock]
        self._notify_owners(guest, AccessKnockOver(guest.told.knock))

    def _notify_owners(self, guest: _Guest, message: Message) -> None:
        for owner in self.owners(guest.place.session_id):
            if self._may_answer(owner, guest):
                _send(owner, message)

    def _may_answer(self, owner: Connection, guest: _Guest) -> bool:
        return self._book.is_managed_by(owner.grant, guest.place.session_id, guest.invite)


def _now_s() -> float:
    return asyncio.get_running_loop().time()


def _send(connection: Connection, message: Message) -> None:
    connection.outbox.send(Frame(encode(message).encode()))
