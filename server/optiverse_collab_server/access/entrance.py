"""The entrance: who may come in, and with which role (ACC-2, ACC-9, ACC-10)."""

from __future__ import annotations

import logging
from pathlib import Path

from websockets.datastructures import Headers

from optiverse_collab.core.protocol.access import GrantKind
from optiverse_collab.core.protocol.address import Place
from optiverse_collab.core.protocol.close_codes import CloseReason
from optiverse_collab.core.server.members import EVERYTHING, Admission
from optiverse_collab_server.access.book import GrantBook
from optiverse_collab_server.access.grants import StoredGrant, Visit, refusal
from optiverse_collab_server.access.tokens import can_wait, is_forwarded, token_in
from optiverse_collab_server.access.waiting import WaitingRoom
from optiverse_collab_server.doors import is_own
from optiverse_collab_server.wall_clock import now_ms

log = logging.getLogger("optiverse_collab_server")


class Entrance:
    """Checks the token of a request.

    Attributes:
        book: the grants.
        trusts_own: users of this machine need no token: the server listens for them alone.
        waiting: people whom an owner has to let in.
    """

    def __init__(self, book: GrantBook, trusts_own: bool) -> None:
        self.book = book
        self.trusts_own = trusts_own
        self.waiting = WaitingRoom(book)

    @staticmethod
    def open(folder: Path, trusts_own: bool) -> Entrance:
        """The entrance to the server of a data folder.

        Raises:
            StorageError: the stored grants can't be used.
        """
        return Entrance(GrantBook.open(folder, now_ms), trusts_own)

    async def admit(self, headers: Headers, address: str, place: Place) -> Visit | CloseReason | StoredGrant:
        """Let somebody in, or return why not.

        Args:
            headers: of the request.
            address: where it came from.
            place: the session and the user's name.

        Returns:
            Why not; or an invite with which they have to wait until an owner lets them in (ACC-12).

        Raises:
            StorageError: an invite could not be used; nothing was changed.
        """
        token = token_in(headers)
        grant = None if token is None else await self.book.find(token)
        reason = refusal(grant, place.session_id, self.book.clock())
        if reason is not None or grant is None or token is None:
            if self.trusts_own and is_own(address) and not is_forwarded(headers):
                return Visit()
            return CloseReason.NO_TOKEN if token is None else reason or CloseReason.UNKNOWN_TOKEN
        if grant.kind is GrantKind.DEVICE:
            self.book.note_seen(grant.id)
            return Visit(grant.id)
        if grant.knock:
            return grant if can_wait(headers) else CloseReason.CANNOT_WAIT
        made = await self.book.exchange(grant.id, place.session_id, place.user_id)
        if isinstance(made, CloseReason):
            return made
        log.info("Invite %s made the device %s of %s", grant.id, made[0].id, place.user_id)
        return Visit(made[0].id, made[1])

    def admission(self, visit: Visit, session: str) -> Admission | CloseReason:
        """The role of somebody who was let in; it may have changed on the way."""
        if not visit.grant:
            return EVERYTHING
        grant = self.book.grants.get(visit.grant)
        reason = refusal(grant, session, self.book.clock())
        if grant is None or reason is not None:
            return reason or CloseReason.UNKNOWN_TOKEN
        return Admission(grant.role, grant.id, visit.token, grant.expires_ms)
