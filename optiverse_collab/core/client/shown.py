"""Others' presence under some key, kept from one message to the next. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any, Generic, TypeVar

from optiverse_collab.core.protocol.participants import Participant

T = TypeVar("T")
State = Mapping[str, Any]


class Shown(Generic[T]):
    """Reads only changed presence, so that the cost of a message depends on its size.

    Args:
        read: extracts the value from a participant's state; None for nothing.

    Attributes:
        found: connection id → the value.
    """

    def __init__(self, read: Callable[[Participant, State], T | None]) -> None:
        self.found: dict[str, T] = {}
        self._read = read

    def look(
        self,
        participants: Mapping[str, Participant],
        states: Mapping[str, State],
        changed: Collection[str] | None = None,
    ) -> bool:
        """Bring `found` up to date; returns whether it changed.

        Args:
            participants: connection id → participant.
            states: connection id → presence.
            changed: the connections whose presence changed; None if people came or went, or roles changed,
                or if everything may have changed.
        """
        if changed is None:
            changed = {*self.found, *participants}
        is_other = False
        for id in changed:
            one = participants.get(id)
            value = None if one is None else self._read(one, states.get(id, {}))
            if value == self.found.get(id):
                continue
            is_other = True
            if value is None:
                del self.found[id]
            else:
                self.found[id] = value
        return is_other
