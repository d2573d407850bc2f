"""The server's grants, in memory: who may come in, and with which role (ACC-4)."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from optiverse_collab.core.access import Role
from optiverse_collab.core.protocol.access import AccessInvite, AccessRefusal, Grant, GrantKind
from optiverse_collab.core.protocol.close_codes import CloseReason
from optiverse_collab.core.protocol.timestamps import timestamp
from optiverse_collab_server.access.tokens import hash_of, new_token

EVERY_SESSION = ""
"""The session of a grant that is valid in all: the server's owner has one. No session has this name."""

GRANTS = 1000
"""The most grants of a session, and of all sessions together for those that are valid everywhere."""


class StoredGrant(NamedTuple):
    """A stored grant. Times are in ms since 1970 UTC.

    Attributes:
        id: unique on the server; no secret.
        hash: of the token.
        session: the only one where it is valid, or `EVERY_SESSION`.
        role: none if it was revoked or its holder was removed.
        label: of an invite, its maker's text; of a device, the name of its user.
        expires_ms: None for never.
        uses: how often an invite can still be used; None for any number.
        invite: of a device, the id of the invite that made it.
        seen_ms: the last time it was used; None for never.
        knock: of an invite: an owner has to let in everybody who comes with it.
    """

    id: str
    kind: GrantKind
    hash: bytes
    session: str
    role: Role
    label: str
    made_ms: int
    expires_ms: int | None = None
    uses: int | None = None
    invite: str = ""
    seen_ms: int | None = None
    knock: bool = False

    def lets_in(self, now_ms: int) -> bool:
        """Whether anybody can still come in with it."""
        return self.role is not Role.NONE and not self.is_over(now_ms)

    def is_over(self, now_ms: int) -> bool:
        """Whether it has expired, or its uses are spent."""
        return self.uses == 0 or (self.expires_ms is not None and self.expires_ms <= now_ms)

    def shown(self, connections: list[str]) -> Grant:
        """What owners learn about it."""
        return Grant(
            id=self.id,
            kind=self.kind,
            role=self.role,
            made=timestamp(self.made_ms),
            label=self.label,
            expires=None if self.expires_ms is None else timestamp(self.expires_ms),
            uses=self.uses,
            seen=None if self.seen_ms is None else timestamp(self.seen_ms),
            connections=connections,
            knock=self.knock,
        )


def new_grant(kind: GrantKind, token: str, session: str, role: Role, label: str, now_ms: int) -> StoredGrant:
    """A grant with a new id."""
    return StoredGrant(secrets.token_hex(8), kind, hash_of(token), session, role, label, now_ms)


def owner_invite(now_ms: int) -> tuple[StoredGrant, str]:
    """An invite for the server's owner, in every session, and its token."""
    secret = new_token()
    return new_grant(
        GrantKind.INVITE, secret, EVERY_SESSION, Role.OWNER, "the server's owner", now_ms
    ), secret


def asked_for(wanted: AccessInvite, token: str, session: str, now_ms: int) -> StoredGrant:
    """The invite that an owner asked for; or a standby's grant, whose token the standby keeps (STAND-10)."""
    kind = GrantKind.DEVICE if wanted.hash else GrantKind.INVITE
    made = new_grant(kind, token, session, wanted.role, wanted.label, now_ms)
    return made._replace(
        hash=bytes.fromhex(wanted.hash) or made.hash,
        expires_ms=end_ms(now_ms, wanted.expires_s),
        uses=wanted.uses,
        knock=wanted.knock,
    )


def end_ms(now_ms: int, seconds: int) -> int | None:
    """The time that is some seconds from now; None for 0, which means no end."""
    return now_ms + 1000 * seconds if seconds else None


class Grants:
    """All grants, by id and by token.

    Args:
        grants: the stored ones.
    """

    def __init__(self, grants: Iterable[StoredGrant] = ()) -> None:
        self._all: dict[str, StoredGrant] = {}
        self._ids: dict[bytes, str] = {}
        self._of_session: dict[str, dict[str, StoredGrant]] = {}
        for grant in grants:
            self.put(grant)

    def __iter__(self) -> Iterator[StoredGrant]:
        return iter(list(self._all.values()))

    def put(self, grant: StoredGrant) -> None:
        """Add a grant, or replace the one with its id."""
        self._all[grant.id] = self._of_session.setdefault(grant.session, {})[grant.id] = grant
        self._ids[grant.hash] = grant.id

    def forget(self, id: str) -> None:
        """Drop a grant: its token becomes unknown."""
        grant = self._all.pop(id)
        del self._ids[grant.hash], self._of_session[grant.session][id]

    def get(self, id: str) -> StoredGrant | None:
        """The grant with an id."""
        return self._all.get(id)

    def of_token(self, token: str) -> StoredGrant | None:
        """The grant of a token."""
        return self._all.get(self._ids.get(hash_of(token), ""))

    def of_session(self, session: str, also_everywhere: bool = False) -> list[StoredGrant]:
        """The grants of one session, after those valid everywhere on request; each oldest first."""
        sessions = {EVERY_SESSION: None, session: None} if also_everywhere else {session: None}
        return [grant for one in sessions for grant in self._of_session.get(one, {}).values()]

    def has_owner(self, session: str, now_ms: int, besides: str = "") -> bool:
        """Whether somebody can come into a session as an owner, with another grant than `besides`."""
        return any(
            grant.role is Role.OWNER and grant.lets_in(now_ms) and grant.id != besides
            for grant in self.of_session(session, also_everywhere=True)
        )

    def in_the_way(self, session: str, now_ms: int) -> list[str] | None:
        """The ids of grants to forget before a session gets another one; None if it has too many."""
        grants = self.of_session(session)
        if len(grants) < GRANTS:
            return []
        useless = [grant.id for grant in grants if not grant.lets_in(now_ms)]
        return useless or None


class NotDone(Exception):
    """An owner's request was refused.

    Attributes:
        reason: why.
    """

    def __init__(self, reason: AccessRefusal) -> None:
        super().__init__(reason.value)
        self.reason = reason


class Visit(NamedTuple):
    """Somebody who was let in, on the way to their session.

    Attributes:
        grant: the id of their grant; empty for those who need none.
        token: its secret, if it is new.
    """

    grant: str = ""
    token: str = ""


def refusal(grant: StoredGrant | None, session: str, now_ms: int) -> CloseReason | None:
    """Why a grant does not admit to a session; None if it does."""
    if grant is None or grant.session not in (EVERY_SESSION, session) or grant.role is Role.FOLLOWER:
        return CloseReason.UNKNOWN_TOKEN
    if grant.role is Role.NONE:
        return CloseReason.REMOVED
    return CloseReason.EXPIRED if grant.is_over(now_ms) else None


def may_follow(grant: StoredGrant | None, now_ms: int) -> bool:
    """Whether a server may follow this one with a grant (STAND-1)."""
    if grant is None or grant.session != EVERY_SESSION or grant.role is not Role.FOLLOWER:
        return False
    return grant.lets_in(now_ms)
