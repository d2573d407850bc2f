"""A copy of the grants is merged with a log that does not know it (OWN-11)."""

from __future__ import annotations

from optiverse_collab.core.access import Role
from optiverse_collab_server.cluster.merging import lacking, stricter
from tests.helpers.grants import grant


def test_revoked_is_revoked() -> None:
    """Whichever of both knows it."""
    revoked, valid = grant("one", Role.NONE), grant("one", Role.OWNER)
    assert stricter(revoked, valid).role is stricter(valid, revoked).role is Role.NONE


def test_the_earlier_end_and_the_fewer_uses_count() -> None:
    one = grant("one", expires_ms=5, uses=None)
    other = one._replace(expires_ms=None, uses=2, seen_ms=7)
    assert stricter(one, other) == other._replace(expires_ms=5)
    assert stricter(other._replace(expires_ms=9), one) == one._replace(uses=2)


def test_what_is_lacking_is_new_or_stricter() -> None:
    same, new, revoked = grant("same"), grant("new"), grant("old", Role.NONE)
    there = {one.id: one for one in (same, revoked._replace(role=Role.EDITOR))}
    assert lacking([same, new, revoked], there) == [new, revoked]
    assert lacking([revoked._replace(role=Role.EDITOR)], {revoked.id: revoked}) == []
