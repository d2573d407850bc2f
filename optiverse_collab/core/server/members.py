"""Who is in a room, and what they are called."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from optiverse_collab.core.protocol.messages import SyncRequest
from optiverse_collab.core.protocol.participants import Participant


@dataclass
class Member:
    """One connection.

    Attributes:
        wanted_name: what it asked to be called; `participant` has the name that it got.
        request: how it synchronised; None before.
        origin: its replica's.
        settled: the numbers of the origins that it settled (SYNC-8).
        pushed: its last change.
    """

    wanted_name: str
    participant: Participant
    request: SyncRequest | None = None
    origin: str = ""
    settled: frozenset[int] = frozenset()
    pushed: int = 0


def free_name(wanted: str, others: Iterable[Member]) -> str:
    """`wanted`, or ``wanted (2)`` and so on where somebody is called that already (MSG-2)."""
    taken = {member.participant.user_id for member in others}
    name, number = wanted, 1
    while name in taken:
        number += 1
        name = f"{wanted} ({number})"
    return name
