"""Merges one server's copy of the grants with a log that does not know it: revoked is revoked (OWN-11)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from optiverse_collab.core.access import Role
from optiverse_collab_server.access.grants import StoredGrant


def lacking(here: Iterable[StoredGrant], there: Mapping[str, StoredGrant]) -> list[StoredGrant]:
    """The grants of one server that others lack, and those that allow less here than there."""
    merged = [(grant, there.get(grant.id)) for grant in here]
    less = [(other, stricter(grant, other)) for grant, other in merged if other is not None]
    return [grant for grant, other in merged if other is None] + [new for old, new in less if old != new]


def stricter(one: StoredGrant, other: StoredGrant) -> StoredGrant:
    """A grant of which two servers have different states: what both allow."""
    roles = list(Role)
    ends = [ms for ms in (one.expires_ms, other.expires_ms) if ms is not None]
    uses = [uses for uses in (one.uses, other.uses) if uses is not None]
    return other._replace(
        role=min(one.role, other.role, key=roles.index),
        expires_ms=min(ends, default=None),
        uses=min(uses, default=None),
    )
