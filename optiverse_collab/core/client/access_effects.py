"""What a client's half of the core reports about access (ACC)."""

from __future__ import annotations

from dataclasses import dataclass, field

from optiverse_collab.core.client.credentials import Device
from optiverse_collab.core.protocol.access import AccessKnock, Grant, Request
from optiverse_collab.core.protocol.participants import Participant


@dataclass(frozen=True)
class RoleChanged:
    """Somebody's role changed, perhaps this user's: see `Participant.role`."""

    participant: Participant


@dataclass(frozen=True)
class AccessEnds:
    """This user's role ends soon, or at another time than before.

    Attributes:
        expires: when, as a timestamp; None for never.
    """

    expires: str | None


@dataclass(frozen=True)
class DeviceMade:
    """The server sent a token for this device; store it and use it from now on (ACC-2)."""

    device: Device = field(repr=False)


@dataclass(frozen=True)
class GrantsArrived:
    """The requested grants: all of them, or the one that was changed."""

    grants: tuple[Grant, ...]
    is_all: bool


@dataclass(frozen=True)
class InviteMade:
    """The requested invite, and its token, which is not sent again.

    Attributes:
        asked: the request that this answers, as `AccessRequests.invite` returned it.
    """

    grant: Grant
    token: str = field(repr=False)
    asked: Request | None = field(default=None, compare=False)


@dataclass(frozen=True)
class AccessDenied:
    """A request was refused; `message` is a sentence, `asked` the request."""

    message: str
    asked: Request | None = field(default=None, compare=False)


@dataclass(frozen=True)
class WaitsOutside:
    """An owner has yet to let this user in (ACC-12)."""


@dataclass(frozen=True)
class Knocked:
    """Somebody waits until this user, or another owner, lets them in (ACC-13)."""

    knock: AccessKnock


@dataclass(frozen=True)
class KnockOver:
    """Somebody no longer waits."""

    knock: AccessKnock


AccessEffect = (
    RoleChanged
    | AccessEnds
    | DeviceMade
    | GrantsArrived
    | InviteMade
    | AccessDenied
    | WaitsOutside
    | Knocked
    | KnockOver
)
