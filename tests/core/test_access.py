"""What each role may do: ACC-1 of docs/protocol.md."""

from __future__ import annotations

import pytest

from optiverse_collab.core.access import Role, all_that_is_allowed, may_manage, may_write
from optiverse_collab.core.records import Lane

WRITES: dict[str, set[Lane]] = {
    "none": set(),
    "follower": set(),
    "viewer": set(),
    "commenter": {Lane.TALK},
    "editor": {Lane.BENCH, Lane.TALK, Lane.META},
    "owner": {Lane.BENCH, Lane.TALK, Lane.META},
}


@pytest.mark.parametrize("role", Role)
def test_each_role_writes_its_lanes(role: Role) -> None:
    """ACC-1."""
    assert {lane for lane in Lane if may_write(role, lane)} == WRITES[role.value]


def test_owners_alone_manage() -> None:
    """ACC-1."""
    assert [role for role in Role if may_manage(role)] == [Role.OWNER]


@pytest.mark.parametrize(
    ("role", "text"),
    [(Role.VIEWER, "view this session"), (Role.COMMENTER, "comment on this session")],
)
def test_what_is_left_without_the_right_to_edit(role: Role, text: str) -> None:
    assert all_that_is_allowed(role) == text


def test_roles_go_from_least_to_most() -> None:
    """ACC-1: each allows at least as much as the one before it."""
    assert [role.value for role in Role] == list(WRITES)
