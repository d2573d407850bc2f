"""An owner's requests to see and change who may enter (ACC-4 to ACC-7, ACC-13)."""

from __future__ import annotations

from collections import deque

from msgspec import structs

from optiverse_collab.core.access import Role
from optiverse_collab.core.client.access_effects import (
    AccessDenied,
    GrantsArrived,
    InviteMade,
    Knocked,
    KnockOver,
    WaitsOutside,
)
from optiverse_collab.core.client.effects import Transmit
from optiverse_collab.core.protocol.access import (
    LABEL_CHARS,
    WAITING,
    AccessAdmit,
    AccessGrants,
    AccessInvite,
    AccessInvited,
    AccessKnock,
    AccessKnockOver,
    AccessList,
    AccessRefused,
    AccessSet,
    AccessWait,
    Grant,
    Request,
)

Answer = AccessGrants | AccessInvited | AccessRefused
Outside = AccessWait | AccessKnock | AccessKnockOver


class AccessRequests:
    """The requests of one session's client, one at a time; a lost connection cancels the open ones.

    Attributes:
        is_outside: an owner has to let this user in, as the server said on this connection.
        knocks: people who wait until an owner lets them in, by the ids of their knocks, oldest first.
    """

    def __init__(self) -> None:
        self.is_outside = False
        self.knocks: dict[str, AccessKnock] = {}
        self._waiting: deque[Request] = deque()
        self._sent: Request | None = None
        self._last = 0
        self._grants: list[Grant] = []

    def ask_all(self) -> None:
        """Ask for all grants of the session; `poll` sends it."""
        self._waiting.append(AccessList(0))

    def invite(
        self, role: Role, label: str = "", expires_s: int = 0, uses: int | None = None, knock: bool = False
    ) -> AccessInvite:
        """Ask for a new invite; returns the request, which the answer names as `asked`.

        Args:
            label: what it is for.
            expires_s: how long it and the devices that it lets in last, in s; 0 for no end.
            uses: how often it can be used; None for any number.
            knock: an owner has to let in everybody who comes with it.
        """
        request = AccessInvite(0, role, label, expires_s, uses, knock)
        self._waiting.append(request)
        return request

    def let_follow(self, hash: str, label: str) -> AccessInvite:
        """Ask to let a standby follow the server (STAND-10); returns the request.

        Args:
            hash: of the standby's token.
            label: whose it is.
        """
        request = AccessInvite(0, Role.FOLLOWER, label[:LABEL_CHARS], hash=hash)
        self._waiting.append(request)
        return request

    def change(self, grant: str, role: Role | None = None, expires_s: int | None = None) -> AccessSet:
        """Ask to change the role or the end of a grant; role `NONE` revokes or removes it.

        Returns:
            The request, which a refusal names as `asked`.
        """
        request = AccessSet(0, grant, role, expires_s)
        self._waiting.append(request)
        return request

    def admit(self, knock: str, admitted: bool) -> AccessAdmit:
        """Let in somebody who waits, or turn them away.

        Returns:
            The request, which a refusal names as `asked`.
        """
        request = AccessAdmit(0, knock, admitted)
        self._waiting.append(request)
        return request

    def disconnected(self) -> None:
        """The connection is gone, and with it the open requests."""
        self.is_outside = False
        self.knocks.clear()
        self._waiting.clear()
        self._sent = None
        self._grants = []

    @property
    def is_due(self) -> bool:
        """Whether `poll` has something to send."""
        return bool(self._waiting) and self._sent is None

    def poll(self) -> list[Transmit]:
        """Send the next request, if the previous one was answered."""
        if not self.is_due:
            return []
        self._last += 1
        self._sent = self._waiting.popleft()
        return [Transmit(structs.replace(self._sent, request=self._last))]

    def hear(self, message: Outside) -> list[WaitsOutside | Knocked | KnockOver]:
        """Take a message about waiting people, or about this user's own wait."""
        if isinstance(message, AccessWait):
            self.is_outside = True
            return [WaitsOutside()]
        if isinstance(message, AccessKnockOver):
            over = self.knocks.pop(message.knock, None)
            return [] if over is None else [KnockOver(over)]
        if message.knock in self.knocks or len(self.knocks) >= WAITING:
            return []
        self.knocks[message.knock] = message
        return [Knocked(message)]

    def receive(self, message: Answer) -> list[GrantsArrived | InviteMade | AccessDenied]:
        """Process an answer, or a page of it; ignores answers to other requests."""
        if self._sent is None or message.request != self._last:
            return []
        if isinstance(message, AccessGrants):
            self._grants += message.grants
            if not message.done:
                return []
        sent, grants = self._sent, tuple(self._grants)
        self._sent, self._grants = None, []
        if isinstance(message, AccessGrants):
            return [GrantsArrived(grants, isinstance(sent, AccessList))]
        if isinstance(message, AccessInvited):
            return [InviteMade(message.grant, message.token, sent)]
        return [AccessDenied(message.message, sent)]
