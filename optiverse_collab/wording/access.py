"""Texts about roles: why an edit was undone, and when access ends.

Pure. The sentences for a connection that ended because of a missing right are in `wording.connection`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from optiverse_collab.core.access import Role, all_that_is_allowed
from optiverse_collab.core.protocol.participants import Participant
from optiverse_collab.core.text import printable
from optiverse_collab.wording.numbers import counted

ENDS_MORE = "Ask an owner of the session to renew it; edits that are not sent by then stay on this computer."

WARN = timedelta(minutes=5)
"""How long before its end the bar says that somebody's access ends."""

SAVE = "&Save as a file…"
GIVE = "&Give to an editor…"
IMPORT_EDITS = "Import edits"
EDITS_FILES = "Edits for an Optiverse session (*.edits)"
LET_BACK_IN = "&Let back in"
NOT_SENT = "&Edits…"

ROLES = {
    Role.NONE: "Removed",
    Role.FOLLOWER: "Standby server",
    Role.VIEWER: "Viewer",
    Role.COMMENTER: "Commenter",
    Role.EDITOR: "Editor",
    Role.OWNER: "Owner",
}
"""The names of roles in lists."""

_MOST_OWNERS = 2


def view_only(withheld: int, role: Role) -> str:
    """The bar over the bench: ``View only``, or ``3 edits not sent: you may only view``."""
    may = "comment" if role is Role.COMMENTER else "view"
    if not withheld:
        return f"{may.capitalize()} only"
    return f"{counted(withheld, 'edit')} not sent: you may only {may}"


def view_only_more(owners: Sequence[str], withheld: int) -> str:
    """The tooltip of that: what to do about it."""
    kept = " Unsent edits are kept on this computer, and are sent once you may edit." if withheld else ""
    return f"Ask {_one_of(owners)} for the right to edit.{kept}"


def denied(role: Role, owners: Sequence[str]) -> str:
    """Why an edit was undone."""
    may, whom = all_that_is_allowed(role), _one_of(owners)
    return f"You may only {may}, so your edit was undone; ask {whom} for the right to edit."


def changed(name: str, role: Role, is_me: bool) -> str:
    """Somebody's role has changed, as in ``Ana may edit now``."""
    does = {
        Role.FOLLOWER: f"{'are' if is_me else 'is'} a standby server now",
        Role.VIEWER: "may only view now",
        Role.COMMENTER: "may comment but not edit now",
        Role.EDITOR: "may edit now",
        Role.OWNER: f"{'are' if is_me else 'is'} an owner of the session now",
        Role.NONE: f"{'were' if is_me else 'was'} removed",
    }
    return f"{'You' if is_me else printable(name)} {does[role]}."


def removed(name: str) -> str:
    """The user has removed somebody; `name` may say that it is a script."""
    return f"You removed {printable(name)} from the session."


def let_back_in(name: str) -> str:
    """The user has let somebody back in."""
    return f"{printable(name)} may come in again."


def owners_of(participants: Iterable[Participant]) -> list[str]:
    """The names of the owners who are here."""
    return [one.user_id for one in participants if one.role is Role.OWNER]


def ends(at: datetime) -> str:
    """The bar over the bench, shortly before: ``Your access ends at 14:05``; `at` is local time."""
    return f"Your access ends at {at:%H:%M}"


def given(path: str) -> str:
    """Unsent edits are in a file, for an editor."""
    how = "An editor imports them with Import edits… in the Collaboration menu."
    return f"✓ Your edits were saved: {path}. {how}"


def imported(count: int, author: str) -> str:
    """Edits of somebody else's are listed for this user to decide."""
    were = "was" if count == 1 else "were"
    return f"✓ {counted(count, 'edit')} by {printable(author)} {were} listed for you to decide."


def _one_of(owners: Sequence[str]) -> str:
    names = [printable(name) for name in owners[:_MOST_OWNERS]]
    return " or ".join(names) if names and len(owners) <= _MOST_OWNERS else "an owner"
