"""Which items each participant drags, has open in a dialog, or types in (PRES-13). Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import Enum
from itertools import islice
from typing import Any

from optiverse_collab.core.protocol.participants import Participant

ACTIVITY = "activity"
"""The key of the presence: item id → `Doing`."""

MOST = 16
"""The most items that are shown, or read from others' presence."""

_LONGEST_ID = 128


class Doing(str, Enum):
    """What a participant does with an item."""

    DRAG = "drag"
    DIALOG = "dialog"
    TEXT = "text"


_DOING = {doing.value: doing for doing in Doing}


def shown_activity(items: Iterable[tuple[str, Doing]]) -> dict[str, str] | None:
    """The value of `ACTIVITY` for a participant who is in these items; None, which removes the key, for
    none."""
    return {id: doing.value for id, doing in islice(items, MOST)} or None


def activity_in(state: Mapping[str, Any]) -> dict[str, Doing]:
    """The items that a participant is in, as their presence has it; unknown values are ignored."""
    shown = state.get(ACTIVITY)
    if not isinstance(shown, dict):
        return {}
    found: dict[str, Doing] = {}
    for id, value in islice(shown.items(), MOST):
        doing = _DOING.get(value) if isinstance(value, str) else None
        if doing is not None and 0 < len(id) <= _LONGEST_ID:
            found[id] = doing
    return found


def occupied(
    participants: Mapping[str, Participant], states: Mapping[str, Mapping[str, Any]]
) -> dict[str, dict[str, Doing]]:
    """Who is in which item: item id → connection id → what they do; nobody who is away.

    Args:
        participants: connection_id → participant.
        states: connection_id → key → value.
    """
    found: dict[str, dict[str, Doing]] = {}
    for id, participant in participants.items():
        if not participant.away:
            for item, doing in activity_in(states.get(id, {})).items():
                found.setdefault(item, {})[id] = doing
    return found
