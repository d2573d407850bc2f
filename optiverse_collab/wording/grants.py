"""Texts of the access dialog for owners. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from optiverse_collab.core.access import Role
from optiverse_collab.core.protocol.access import Grant
from optiverse_collab.core.text import printable
from optiverse_collab.wording.access import ROLES
from optiverse_collab.wording.numbers import moment, time_of

TITLE = "People and links"
PEOPLE, LINKS = "&People", "&Links"
NAME, ROLE, SEEN, UNTIL, USES, LABEL = "Name", "Role", "Last here", "Until", "Uses left", "For"
CHANGE_ROLE, CHANGE_END = "&Role", "&Ends"
REMOVE, LET_IN = "Re&move", "Let back &in"
REVOKE, ALLOW = "Re&voke", "&Allow again"
NEW_LINK = "&New link…"
HERE, NEVER_SEEN = "Here", "Never"
NEVER, ANY_NUMBER, REVOKED = "Never", "Any number", "Revoked"
LOADING = "Asking the server…"
NO_CONNECTION = "There is no connection to the server now; the list may be out of date."
REMOVED_HINT = "People you remove leave at once, and keep the bench in their window."
REVOKED_HINT = "A revoked link admits nobody new; people who came in with it stay."

INVITE_TITLE = "New link"
INVITE_ROLE, INVITE_ENDS, INVITE_USES, INVITE_LABEL = "&Role", "&Ends", "&Uses", "&For"
LABEL_HINT = "for example: students"
COPY_LINK = "&Copy the link"
INVITE_KNOCK = "&Ask me before it lets anybody in"
KNOCK_TIP = "Each person waits outside, and sees nothing of the session, until an owner lets them in."
ASKS_FIRST = "(asks first)"
AGREED = " once an owner agrees"
COPIED = "The link was copied. It lets in {role}{agreed}; keep it, since it can't be shown again."

ASSIGNED = (Role.VIEWER, Role.COMMENTER, Role.EDITOR, Role.OWNER)
"""The roles that an owner can choose from."""

_LETS_IN = {
    Role.FOLLOWER: "standby servers",
    Role.VIEWER: "viewers",
    Role.COMMENTER: "commenters",
    Role.EDITOR: "editors",
    Role.OWNER: "owners",
}

DAY_S = 24 * 3600
ENDS = (
    ("never", 0),
    ("in 1 hour", 3600),
    ("in 1 day", DAY_S),
    ("in 1 week", 7 * DAY_S),
    ("in 30 days", 30 * DAY_S),
)
"""When access may end: its text, and in how many seconds; 0 for never."""


def role(grant: Grant, is_link: bool) -> str:
    """The role of a grant; a link without one was revoked, and with some an owner is asked first."""
    words = REVOKED if is_link and grant.role is Role.NONE else ROLES[grant.role]
    return f"{words} {ASKS_FIRST}" if grant.knock and grant.role is not Role.NONE else words


def seen(grant: Grant, here: Iterable[str], now: datetime) -> str:
    """When somebody was here last; `here` are the ids of the connections in the session."""
    if set(grant.connections) & set(here):
        return HERE
    at = time_of(grant.seen)
    return NEVER_SEEN if at is None else moment(at, now)


def until(grant: Grant, now: datetime) -> str:
    """When somebody's access ends."""
    at = time_of(grant.expires)
    return NEVER if at is None else moment(at, now)


def uses(grant: Grant) -> str:
    """How often a link can still be used."""
    return ANY_NUMBER if grant.uses is None else str(grant.uses)


def name(grant: Grant) -> str:
    """The name of a grant."""
    return printable(grant.label) or "—"


def copied(role: Role, knock: bool) -> str:
    """A new link is on the clipboard."""
    return COPIED.format(role=_LETS_IN[role], agreed=AGREED if knock else "")
