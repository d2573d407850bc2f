"""Finds whose presence changed: most messages are about a few cursors. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from optiverse_collab.core.client.activity import ACTIVITY
from optiverse_collab.core.protocol.participants import Participant

State = Mapping[str, Any]

_ABOUT_ITEMS = (ACTIVITY, "selection")


class News(NamedTuple):
    """Changes of presence.

    Attributes:
        changed: connection → its presence, for changed ones.
        about_items: somebody came, left, is called differently, or is in other items.
    """

    changed: dict[str, State]
    about_items: bool


class PresenceNews:
    """Remembers what it saw; a state that changes is another object each time."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[State, Participant]] = {}

    @property
    def ids(self) -> list[str]:
        """The connections that were there at the last look."""
        return list(self._known)

    def look(self, states: Mapping[str, State], participants: Mapping[str, Participant]) -> News:
        """Compare everybody's presence: connection → key → value."""
        before, known = self._known, dict[str, tuple[State, Participant]]()
        changed, about_items = dict[str, State](), False
        for id, state in states.items():
            participant = participants.get(id)
            if participant is None:
                continue
            known[id] = state, participant
            seen, who = before.get(id, (None, None))
            if seen is not state:
                changed[id] = state
            if seen is None or who is not participant:
                about_items = True
            elif seen is not state:
                about_items |= any(seen.get(key) is not state.get(key) for key in _ABOUT_ITEMS)
        self._known = known
        return News(changed, about_items or known.keys() != before.keys())

    def forget(self) -> None:
        """Count everything as new at the next look."""
        self._known = {}
