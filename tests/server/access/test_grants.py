"""Which grants admit someone: ACC rules of docs/protocol.md."""

from __future__ import annotations

import pytest

from optiverse_collab.core.access import Role
from optiverse_collab.core.protocol.access import Grant, GrantKind
from optiverse_collab.core.protocol.close_codes import CloseReason
from optiverse_collab_server.access import grants as module
from optiverse_collab_server.access.grants import EVERY_SESSION, Grants, StoredGrant, refusal
from tests.helpers.grants import grant

NOW = 1_740_832_496_789


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        (None, CloseReason.UNKNOWN_TOKEN),
        (grant(), None),
        (grant(session=EVERY_SESSION), None),
        (grant(session="other"), CloseReason.UNKNOWN_TOKEN),
        (grant(session="other", role=Role.NONE), CloseReason.UNKNOWN_TOKEN),
        (grant(role=Role.NONE), CloseReason.REMOVED),
        (grant(role=Role.NONE, expires_ms=NOW - 1), CloseReason.REMOVED),
        (grant(expires_ms=NOW), CloseReason.EXPIRED),
        (grant(expires_ms=NOW + 1), None),
        (grant(uses=0), CloseReason.EXPIRED),
        (grant(uses=1), None),
    ],
)
def test_why_somebody_is_not_let_in(found: StoredGrant | None, reason: CloseReason | None) -> None:
    """ACC-9: a grant for another session gets the same answer as an unknown one."""
    assert refusal(found, "default", NOW) is reason


def test_grants_are_found_by_id_and_token() -> None:
    grants = Grants([grant("one", id="1"), grant("two", id="2")])
    found = grants.of_token("two")
    assert found is not None
    assert found == grants.get("2")
    grants.put(found._replace(role=Role.VIEWER))
    assert grants.of_token("two") == found._replace(role=Role.VIEWER)
    grants.forget("2")
    assert (grants.of_token("two"), grants.get("2"), grants.of_token("three")) == (None, None, None)


def test_owners_are_those_who_can_come_in() -> None:
    """ACC-7: to this session, or to all."""
    owner = grant(id="own", role=Role.OWNER)
    assert Grants([owner]).has_owner("default", NOW)
    assert not Grants([owner]).has_owner("other", NOW)
    assert not Grants([owner]).has_owner(EVERY_SESSION, NOW)
    assert not Grants([owner]).has_owner("default", NOW, besides="own")
    assert not Grants([owner._replace(expires_ms=NOW)]).has_owner("default", NOW)
    assert not Grants([owner._replace(uses=0)]).has_owner("default", NOW)
    assert not Grants([owner._replace(role=Role.EDITOR)]).has_owner("default", NOW)
    assert Grants([owner._replace(session=EVERY_SESSION)]).has_owner("default", NOW)


def test_useless_grants_make_room_for_another(monkeypatch: pytest.MonkeyPatch) -> None:
    """ACC-7: the limit is 1,000 per session; other sessions don't count."""
    monkeypatch.setattr(module, "GRANTS", 3)
    grants = Grants([grant(id="a"), grant(id="b", uses=0), grant(session="other")])
    assert grants.in_the_way("default", NOW) == []
    grants.put(grant(id="c", role=Role.NONE))
    assert grants.in_the_way("default", NOW) == ["b", "c"]
    for id in ("b", "c"):
        grants.put(grant(id=id))
    assert grants.in_the_way("default", NOW) is None
    assert grants.in_the_way("other", NOW) == []


def test_owners_are_told_all_but_the_hash() -> None:
    """ACC-4."""
    one = grant(id="1", kind=GrantKind.INVITE, role=Role.VIEWER, uses=3, expires_ms=NOW, seen_ms=NOW)
    when = "2025-03-01T12:34:56.789Z"
    assert one._replace(made_ms=NOW).shown(["c1"]) == Grant(
        "1", GrantKind.INVITE, Role.VIEWER, when, "label", when, 3, when, ["c1"]
    )
    assert grant(id="2").shown([]).expires is None
