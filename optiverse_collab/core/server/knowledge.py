"""The memory of a session's state besides its records, approximately (LIM-16)."""

from __future__ import annotations

from collections.abc import Mapping

from optiverse_collab.core.server.chain import Chain
from optiverse_collab.core.server.clients import Clients
from optiverse_collab.core.server.names import Names
from optiverse_collab.core.server.outcomes import Outcomes
from optiverse_collab.core.server.stamps import Tombstone
from optiverse_collab.core.space import Share, Space

CLIENT_BYTES, SKIPPED_BYTES, NAME_BYTES, CHARACTER_BYTES, TOMBSTONE_BYTES = 400, 40, 256, 4, 900
"""Approximate memory of a client id, one of its refused changes, a name, a character of it, and a removed
id."""


class Knowledge:
    """Counts the state of one session's history besides its records.

    Args:
        clients, names, outcomes, chain: the history's.
        space: memory shared with other sessions; None for no limit.
    """

    def __init__(
        self, clients: Clients, names: Names, outcomes: Outcomes, chain: Chain, space: Space | None = None
    ) -> None:
        self._clients, self._names, self._outcomes, self._chain = clients, names, outcomes, chain
        self._share = Share(space)
        self._is_live = True

    def count(self, tombstones: Mapping[str, Tombstone]) -> None:
        """Count the current state, with these tombstones; does nothing once the session is no longer live."""
        if not self._is_live:
            return
        of_clients = CLIENT_BYTES * self._clients.count + SKIPPED_BYTES * self._clients.skips
        of_names = NAME_BYTES * self._names.count + CHARACTER_BYTES * self._names.characters
        rest = len(self._chain) + TOMBSTONE_BYTES * len(tombstones) + self._outcomes.memory
        self._share.resize(of_clients + of_names + rest)

    def release(self) -> None:
        """The session is no longer live."""
        self._is_live = False
        self._share.resize(0)
