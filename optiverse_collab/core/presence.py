"""Presence: cursor, selection, drag in progress, view, colour, name (PRES-1 to PRES-5).

In memory only, off the clock; for each key of each participant the latest value wins.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from optiverse_collab.core.checks import check_id, check_value
from optiverse_collab.core.limits import Limits
from optiverse_collab.core.protocol.codec import size_of
from optiverse_collab.errors import ChangeRefused, Reason


class Presence:
    """Everybody's presence, and what of it changed since somebody last took the changes.

    Attributes:
        states: connection_id → key → value.
    """

    def __init__(self, limits: Limits) -> None:
        self.states: dict[str, dict[str, Any]] = {}
        self._limits = limits
        self._changed: dict[str, dict[str, Any]] = {}

    def update(self, participant: str, state: Mapping[str, Any]) -> None:
        """Merge `state` into a participant's; None takes a key away.

        Raises:
            ChangeRefused: a key or value that can't travel, or too much of it; nothing is merged.
        """
        for key, value in state.items():
            check_id(key, self._limits)
            check_value(value, self._limits.depth, f"presence {key!r}")
        known = self.states.get(participant, {})
        merged = {key: value for key, value in {**known, **state}.items() if value is not None}
        if size_of(merged) > self._limits.presence_bytes:
            raise ChangeRefused(
                Reason.TOO_LARGE,
                f"The presence is longer than {self._limits.presence_bytes} bytes; select fewer items.",
            )
        self.states[participant] = merged
        self._changed.setdefault(participant, {}).update(state)

    def forget(self, participant: str) -> None:
        """A participant left; whoever hears of that forgets their presence too."""
        self.states.pop(participant, None)
        self._changed.pop(participant, None)

    def replace(self, states: Mapping[str, Mapping[str, Any]]) -> None:
        """Take `states` as all there is."""
        self.states = {participant: dict(state) for participant, state in states.items()}
        self._changed.clear()

    @property
    def changed(self) -> bool:
        """Whether there is something to take."""
        return bool(self._changed)

    def take(self) -> dict[str, dict[str, Any]]:
        """What changed since the last call: the latest value of each key, None where it went."""
        changed, self._changed = self._changed, {}
        return changed
