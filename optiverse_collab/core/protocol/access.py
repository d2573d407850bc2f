"""The messages about access and roles (ACC rules)."""

from __future__ import annotations

from enum import Enum
from typing import Annotated

import msgspec

from optiverse_collab.core.access import Role
from optiverse_collab.core.protocol.message import Message, RequestNumber

LABEL_CHARS = 256
"""The longest label of a grant, in characters."""

LONGEST_S, MOST_USES = 10**9, 10**6
"""The longest time that a grant may last, in seconds (about 30 years), and the most uses of an invite."""

WAITING = 20
"""At most this many people wait outside a session (ACC-13)."""

Label = Annotated[str, msgspec.Meta(max_length=LABEL_CHARS)]
TokenHash = Annotated[str, msgspec.Meta(pattern="^([0-9a-f]{64})?$")]
Seconds = Annotated[int, msgspec.Meta(ge=0, le=LONGEST_S)]
Uses = Annotated[int, msgspec.Meta(ge=1, le=MOST_USES)]


class GrantKind(str, Enum):
    """How a grant lets somebody in (ACC-4); a closed set (MSG-6)."""

    INVITE = "invite"
    """Through a link, which several people may use."""
    DEVICE = "device"
    """From the one device that has the token."""


class Grant(msgspec.Struct, frozen=True, omit_defaults=True):
    """A right to enter (ACC-4). It never contains the token.

    Attributes:
        id: unique on the server; no secret.
        role: `none` if it was revoked or its holder was removed.
        label: of a device, the name of its user at the first use.
        made: when, as a timestamp.
        expires: when it ends, as a timestamp; None for never.
        uses: how often an invite can still be used; None for any number.
        knock: an owner has to let in everybody who comes with this invite (ACC-12).
        seen: when somebody last came in with it, as a timestamp; None for never.
        connections: the ids of the connections of this session that came in with it.
    """

    id: str
    kind: GrantKind
    role: Role
    made: str
    label: str = ""
    expires: str | None = None
    uses: int | None = None
    seen: str | None = None
    connections: list[str] = []
    knock: bool = False


# From client to server


class AccessList(Message, frozen=True, tag="access:list"):
    """Ask for all grants of the session (ACC-4)."""

    request: RequestNumber


class AccessInvite(Message, frozen=True, tag="access:invite"):
    """Ask for an invite (ACC-5).

    Attributes:
        expires_s: how long it and the devices that it lets in last, in seconds; 0 for no end.
        uses: how often it can be used; None for any number.
        knock: an owner has to let in everybody who comes with it (ACC-12).
        hash: of the token of a standby, who alone knows it (STAND-10); empty for an invite.
    """

    request: RequestNumber
    role: Role
    label: Label = ""
    expires_s: Seconds = 0
    uses: Uses | None = None
    knock: bool = False
    hash: TokenHash = ""


class AccessSet(Message, frozen=True, tag="access:set"):
    """Ask to change a grant's role or end (ACC-6).

    Attributes:
        id: of the grant.
        role: none removes or revokes; None leaves the role unchanged.
        expires_s: how long it lasts from now, in seconds; 0 for no end; None leaves the end unchanged.
    """

    request: RequestNumber
    id: str
    role: Role | None = None
    expires_s: Seconds | None = None


class AccessAdmit(Message, frozen=True, tag="access:admit"):
    """Let in somebody who waits outside, or turn them away (ACC-14).

    Attributes:
        knock: as `AccessKnock` names it.
    """

    request: RequestNumber
    knock: str
    admitted: bool


Request = AccessList | AccessInvite | AccessSet | AccessAdmit


# From server to client


class AccessGrants(Message, frozen=True, tag="access:grants"):
    """The requested grants (ACC-4).

    Attributes:
        grants: this page's.
        done: True in the last page.
    """

    request: int
    grants: list[Grant]
    done: bool = False


class AccessInvited(Message, frozen=True, tag="access:invited"):
    """The requested invite, and its token, which is sent only once (ACC-5); none for a standby's grant."""

    request: int
    grant: Grant
    token: str


class AccessRefused(Message, frozen=True, tag="access:refused"):
    """A request was refused (ACC-7).

    Attributes:
        reason: an `AccessRefusal`, or one that only a newer server knows.
        message: a sentence.
    """

    request: int
    reason: str
    message: str


class UserRole(Message, frozen=True, tag="user:role"):
    """A participant's role changed (ACC-2); sent to everybody, including the participant."""

    connection_id: str
    role: Role


class AccessExpires(Message, frozen=True, tag="access:expires"):
    """The receiver's role ends soon, or at another time than before (ACC-3).

    Attributes:
        expires: when, as a timestamp; None for never.
    """

    expires: str | None


class AccessWait(Message, frozen=True, tag="access:wait"):
    """The receiver waits outside until an owner lets it in (ACC-12)."""


class AccessKnock(Message, frozen=True, tag="access:knock"):
    """Somebody waits outside until an owner, perhaps the receiver, lets them in (ACC-13).

    Attributes:
        knock: identifies this knock on this server.
        user_id: their chosen name, unchecked.
        role: the role that they would get.
        label: the invite's.
        again: an owner has recently sent them away.
        script: it is a program without a person in front of it (PRES-18).
    """

    knock: str
    user_id: str
    role: Role
    label: str = ""
    again: bool = False
    script: bool = False


class AccessKnockOver(Message, frozen=True, tag="access:knock_over"):
    """Somebody no longer waits: they were answered, or have left (ACC-13)."""

    knock: str


ServerMessage = (
    AccessGrants
    | AccessInvited
    | AccessRefused
    | UserRole
    | AccessExpires
    | AccessWait
    | AccessKnock
    | AccessKnockOver
)


class AccessRefusal(str, Enum):
    """Why a request was refused (ACC-7); more words may be added."""

    NOT_ALLOWED = "not_allowed"
    """Only owners may."""
    LAST_OWNER = "last_owner"
    """The session would have no owner left."""
    NO_SUCH_GRANT = "no_such_grant"
    """The session has no such grant."""
    NO_SUCH_KNOCK = "no_such_knock"
    """They were answered, or have left."""
    TOO_MANY = "too_many"
    """The session has as many grants as it may."""
    NO_TOKENS = "no_tokens"
    """The server asks nobody for a token, so there is nothing to manage."""
    BUSY = "busy"
    """Too many requests at a time."""
    NOT_SAVED = "not_saved"
    """Storage failed, and nothing was changed."""
