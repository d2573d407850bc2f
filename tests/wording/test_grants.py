"""Who may join, in words."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from optiverse_collab.core.access import Role
from optiverse_collab.core.protocol.access import Grant, GrantKind
from optiverse_collab.wording import grants

NOW = datetime(2026, 5, 3, 12, 0, tzinfo=timezone.utc)


def grant(**more: object) -> Grant:
    kind = GrantKind.DEVICE
    return Grant("g1", kind, Role.VIEWER, "2026-05-01T12:00:00.000Z", **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("role", Role)
def test_every_role_has_a_name(role: Role) -> None:
    one = Grant("g1", GrantKind.INVITE, role, "")
    assert grants.role(one, is_link=False)
    assert (grants.role(one, is_link=True) == "Revoked") is (role is Role.NONE)


def test_when_somebody_was_here() -> None:
    assert grants.seen(grant(connections=["c1"]), ["c1", "c2"], NOW) == "Here"
    assert grants.seen(grant(connections=["c3"]), ["c1"], NOW) == "Never"
    assert grants.seen(grant(seen="2026-04-02T09:30:00.000Z"), [], NOW).startswith("2026-04-02 ")


def test_how_long_and_how_often() -> None:
    assert grants.until(grant(), NOW) == "Never"
    assert grants.until(grant(expires="2026-06-02T09:30:00.000Z"), NOW).startswith("2026-06-02 ")
    assert [grants.uses(grant(uses=left)) for left in (None, 0, 7)] == ["Any number", "0", "7"]


def test_names_of_others_are_made_printable() -> None:
    assert [grants.name(grant()), grants.name(grant(label="Bo\tb"))] == ["—", "Bo\\tb"]


@pytest.mark.parametrize("role", grants.ASSIGNED)
def test_what_a_link_lets_in(role: Role) -> None:
    assert f"{role.value}s; keep" in grants.copied(role, knock=False)
    assert f"{role.value}s once an owner agrees; keep" in grants.copied(role, knock=True)


def test_a_link_that_asks_first_says_so() -> None:
    asks, revoked = (Grant("g1", GrantKind.INVITE, role, "", knock=True) for role in (Role.EDITOR, Role.NONE))
    assert grants.role(asks, is_link=True) == "Editor (asks first)"
    assert grants.role(revoked, is_link=True) == "Revoked"


def test_first_end_is_never() -> None:
    """A row without an end shows that."""
    assert grants.ENDS[0][1] == 0
