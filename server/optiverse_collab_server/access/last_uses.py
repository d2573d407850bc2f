"""When grants were last used: shown at once, and stored now and then."""

from __future__ import annotations

from collections.abc import Sequence

from optiverse_collab_server.access.grants import Grants, StoredGrant

EVERY_MS = 60_000
"""The times are written at most this often."""


class LastUses:
    """The times that are not stored yet.

    Args:
        now_ms: the time of day, in ms.
    """

    def __init__(self, now_ms: int) -> None:
        self._times_ms: dict[str, int] = {}
        self._asked_ms = now_ms

    def note(self, id: str, now_ms: int) -> None:
        """Somebody came in with a grant."""
        self._times_ms[id] = now_ms

    def shown(self, grant: StoredGrant) -> StoredGrant:
        """A grant with the time of its last use."""
        return grant._replace(seen_ms=self._times_ms.get(grant.id, grant.seen_ms))

    def are_due(self, now_ms: int) -> bool:
        """Whether to store them: there are some, and the last time that this was so is long ago."""
        if not self._times_ms or abs(now_ms - self._asked_ms) < EVERY_MS:
            return False
        self._asked_ms = now_ms
        return True

    def unstored(self, grants: Grants) -> list[StoredGrant]:
        """The grants that have been used since they were stored, with these times."""
        self._times_ms = {id: ms for id, ms in self._times_ms.items() if grants.get(id) is not None}
        found = map(grants.get, self._times_ms)
        return [self.shown(grant) for grant in found if grant is not None]

    def stored(self, used: Sequence[StoredGrant]) -> None:
        """These times are stored."""
        for grant in used:
            if self._times_ms.get(grant.id) == grant.seen_ms:
                del self._times_ms[grant.id]
