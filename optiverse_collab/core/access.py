"""Who may do what in a session (ACC-1); used by client and server."""

from __future__ import annotations

from enum import Enum

from optiverse_collab.core.records import Lane


class Role(str, Enum):
    """What a participant may do, from least to most; a closed set (MSG-6)."""

    NONE = "none"
    """Nothing: removed or revoked."""
    FOLLOWER = "follower"
    """A standby server, which gets everything and takes part in nothing (STAND-1)."""
    VIEWER = "viewer"
    """See the bench and its history."""
    COMMENTER = "commenter"
    """See everything, and write comments."""
    EDITOR = "editor"
    """Change everything in the session."""
    OWNER = "owner"
    """Change everything, and decide what others may do."""


_WRITES = {
    Role.NONE: frozenset[Lane](),
    Role.FOLLOWER: frozenset[Lane](),
    Role.VIEWER: frozenset[Lane](),
    Role.COMMENTER: frozenset([Lane.TALK]),
    Role.EDITOR: frozenset(Lane),
    Role.OWNER: frozenset(Lane),
}


def may_write(role: Role, lane: Lane) -> bool:
    """Whether somebody with this role may write in `lane`."""
    return lane in _WRITES[role]


def all_that_is_allowed(role: Role) -> str:
    """What a role without the right to edit allows, as in ``You may only view this session``."""
    return "comment on this session" if may_write(role, Lane.TALK) else "view this session"


def may_manage(role: Role) -> bool:
    """Whether `role` may invite people, change their roles, and remove them."""
    return role is Role.OWNER
