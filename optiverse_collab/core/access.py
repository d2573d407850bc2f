"""Who may do what in a session (ACC-1); both ends ask here."""

from __future__ import annotations

from enum import Enum

from optiverse_collab.core.records import Lane


class Role(str, Enum):
    """What somebody may do, from least to most; a closed set (MSG-6)."""

    NONE = "none"
    """Nothing: removed or revoked."""
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
    Role.VIEWER: frozenset[Lane](),
    Role.COMMENTER: frozenset([Lane.TALK]),
    Role.EDITOR: frozenset(Lane),
    Role.OWNER: frozenset(Lane),
}


def may_write(role: Role, lane: Lane) -> bool:
    """Whether changes of `role` in `lane` take effect."""
    return lane in _WRITES[role]


def all_that_is_allowed(role: Role) -> str:
    """What somebody who may not edit may do, as in ``You may only view this session``."""
    return "comment on this session" if may_write(role, Lane.TALK) else "view this session"


def may_manage(role: Role) -> bool:
    """Whether `role` invites, changes the roles of others, and removes them."""
    return role is Role.OWNER
