"""Owners' requests about access, answered concurrently and within bounds (ACC-4 to ACC-7)."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Mapping

from optiverse_collab.core.protocol.access import (
    AccessAdmit,
    AccessGrants,
    AccessInvite,
    AccessInvited,
    AccessList,
    AccessRefusal,
    Grant,
)
from optiverse_collab.core.protocol.codec import encode
from optiverse_collab.core.protocol.message import Message
from optiverse_collab.core.protocol.pages import marked_pages
from optiverse_collab.core.server.access import refused
from optiverse_collab.core.server.effects import ManageAccess
from optiverse_collab.errors import StorageError
from optiverse_collab_server.access.book import GrantBook
from optiverse_collab_server.access.entrance import Entrance
from optiverse_collab_server.access.grants import NotDone, StoredGrant
from optiverse_collab_server.connection import Connection
from optiverse_collab_server.outbox import Frame

AT_ONCE = 8
"""How many requests a connection may have in progress."""

log = logging.getLogger("optiverse_collab_server")


class AccessRequests:
    """Answers the owners of one session.

    Args:
        session_id: the session.
        connections: its connections, by id.
        entrance: has the grants, and the waiting people; None if the server asks nobody for a grant.
        page_bytes: how long a page may be.
    """

    def __init__(
        self,
        session_id: str,
        connections: Mapping[str, Connection],
        entrance: Entrance | None,
        page_bytes: int,
    ) -> None:
        self._session_id = session_id
        self._connections = connections
        self._entrance = entrance
        self._page_bytes = page_bytes
        self._under_way: Counter[str] = Counter()
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self, connection: Connection, effect: ManageAccess) -> None:
        """Handle an owner's request, now or after the earlier ones."""
        if self._entrance is None or self._under_way[connection.id] >= AT_ONCE:
            reason = AccessRefusal.NO_TOKENS if self._entrance is None else AccessRefusal.BUSY
            _send(connection, refused(effect.message.request, reason))
            return
        self._under_way[connection.id] += 1
        task = asyncio.create_task(self._answer(connection, self._entrance, effect))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _answer(self, connection: Connection, entrance: Entrance, effect: ManageAccess) -> None:
        request = effect.message.request
        try:
            await self._do(connection, entrance, effect)
        except NotDone as refusal:
            _send(connection, refused(request, refusal.reason))
        except StorageError as error:
            log.error("A change of access to session %s is not stored: %s", self._session_id, error)
            _send(connection, refused(request, AccessRefusal.NOT_SAVED))
        finally:
            self._under_way -= Counter([connection.id])  # an entry that reaches zero is removed

    async def _do(self, connection: Connection, entrance: Entrance, effect: ManageAccess) -> None:
        """Answer one request.

        Raises:
            NotDone: it is refused.
            StorageError: it could not be stored.
        """
        message, by, book = effect.message, effect.grant, entrance.book
        if isinstance(message, AccessList):
            await book.look_again()
            grants = self._shown(book, *book.manageable(self._session_id, by))
            pages = marked_pages(grants, self._page_bytes)
            connection.outbox.send_pages(AccessGrants(message.request, page, last) for page, last in pages)
            await connection.outbox.pages_sent()
        elif isinstance(message, AccessInvite):
            invite, token = await book.invite(message, self._session_id, by)
            log.info("%s made the invite %s: %s", connection.name, invite.id, invite.role.value)
            [shown] = self._shown(book, invite)
            _send(connection, AccessInvited(message.request, shown, token))
        elif isinstance(message, AccessAdmit):
            device = await entrance.waiting.answer(message, self._session_id, by)
            log.info("%s %s the knock %s", connection.name, "let in" if device else "refused", message.knock)
            made = [] if device is None else self._shown(book, device)
            _send(connection, AccessGrants(message.request, made, done=True))
        else:
            grant = await book.set(message, self._session_id, by)
            log.info("%s set the grant %s: %s", connection.name, grant.id, grant.role.value)
            _send(connection, AccessGrants(message.request, self._shown(book, grant), done=True))

    def _shown(self, book: GrantBook, *grants: StoredGrant) -> list[Grant]:
        ids: dict[str, list[str]] = {}
        for connection in self._connections.values():
            ids.setdefault(connection.grant, []).append(connection.id)
        return [book.with_last_use(grant).shown(ids.get(grant.id, [])) for grant in grants]


def _send(connection: Connection, message: Message) -> None:
    connection.outbox.send(Frame(encode(message).encode()))
