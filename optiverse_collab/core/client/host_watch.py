"""Whose editor runs the server, so that its guests learn what happened when it is closed (PRES-6)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from optiverse_collab.core.client.failures import Failure, FailureKind
from optiverse_collab.core.protocol.close_codes import CloseCode
from optiverse_collab.core.protocol.participants import Participant

HOSTS = "hosts"
"""The key of the presence: true for the host of the session."""


class HostWatch:
    """Follows the presence of the others.

    Attributes:
        name: the host's; empty if there is none, as far as known.
    """

    def __init__(self) -> None:
        self.name = ""
        self._connection_id = ""
        self._own: set[tuple[str, str]] = set()

    def connected(self, me: Participant, participants: Iterable[Participant]) -> None:
        """Another connection: it may lead to another server.

        Args:
            me: this participant. An earlier connection of the same person, whose end the server has not
                noticed yet, is nobody else.
            participants: all.
        """
        self.name = self._connection_id = ""
        self._own = {key for key in map(_key, participants) if key in self._own} | {_key(me)}

    def look(self, participants: Mapping[str, Participant], states: Mapping[str, Mapping[str, Any]]) -> None:
        """The others changed, or their presence did.

        Args:
            participants: connection_id → participant.
            states: connection_id → key → value.
        """
        for id, participant in participants.items():
            if states.get(id, {}).get(HOSTS) is True and _key(participant) not in self._own:
                self.name, self._connection_id = participant.user_id, id
                return
        if self._connection_id in participants:  # a host who is still here, but no longer hosts
            self.name = ""

    def judge(self, failure: Failure) -> Failure:
        """What a failure means if the server ran in somebody's editor (CONN-8)."""
        going = failure.kind is FailureKind.CLOSED and failure.number == CloseCode.GOING_AWAY
        if self.name and (going or failure.kind is FailureKind.REFUSED):
            return Failure(FailureKind.HOST_LEFT, detail=self.name)
        return failure


def _key(participant: Participant) -> tuple[str, str]:
    """A connection; after a restart, a server gives the same ids again."""
    return participant.connection_id, participant.connected_at
