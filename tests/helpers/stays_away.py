"""Clients that don't bring back what a restored server lacks."""

from __future__ import annotations

from optiverse_collab.core.client.effects import ReplicaEffect
from optiverse_collab.core.client.going_back import GoingBack
from optiverse_collab.core.protocol.messages import DocumentMessage


class StaysAway(GoingBack):
    """What is in place of `GoingBack` in a client that is older than BACK-11."""

    def receive(self, message: DocumentMessage, size: int) -> list[ReplicaEffect]:
        """Let the replica take a message, and its user hear what it says."""
        return self._replica.receive(message, size)
