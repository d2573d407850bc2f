"""Presence: cursor, selection, drag in progress, view, colour, name (PRES-1 to PRES-7).

In memory only, off the clock; for each key of each participant the latest value wins.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from optiverse_collab.core.checks import check_id, check_value
from optiverse_collab.core.limits import Limits
from optiverse_collab.core.protocol.codec import size_of
from optiverse_collab.core.protocol.messages import PresencePatch
from optiverse_collab.core.protocol.pages import marked_pages
from optiverse_collab.errors import ChangeRefused, Reason

States = dict[str, dict[str, Any]]
"""connection_id → key → value."""


class Presence:
    """Everybody's presence, and what of it changed since somebody last took the changes.

    Args:
        limits: of the session.
        most: how long the presence of all may be together, as JSON in bytes; None for any length.

    Attributes:
        states: connection_id → key → value.
    """

    def __init__(self, limits: Limits, most: int | None = None) -> None:
        self.states: States = {}
        self._limits = limits
        self._most = most
        self._sizes: dict[str, int] = {}
        self._changed: States = {}

    def update(self, participant: str, state: Mapping[str, Any]) -> None:
        """Merge `state` into a participant's; None takes a key away, and is no change if it is not there.

        Raises:
            ChangeRefused: a key or value that can't travel, or too much of it; nothing is merged.
        """
        for key in state:
            check_id(key, self._limits)
        check_value(dict(state), self._limits.depth + 1, "presence")
        known, changed = self.states.get(participant, {}), self._changed.get(participant, {})
        news = {key: value for key, value in state.items() if value is not None or key in known}
        merged = {key: value for key, value in {**known, **news}.items() if value is not None}
        told = {**changed, **news}
        size = size_of(merged)
        if max(size, size_of(told)) > self._limits.presence_bytes:
            raise ChangeRefused(
                Reason.TOO_LARGE,
                f"The presence is longer than {self._limits.presence_bytes} bytes; select fewer items.",
            )
        self._check_room(participant, size)
        self._sizes[participant] = size
        self.states[participant] = merged
        if told:
            self._changed[participant] = told

    def forget(self, participant: str) -> None:
        """A participant left; whoever hears of that forgets their presence too."""
        self.states.pop(participant, None)
        self._sizes.pop(participant, None)
        self._changed.pop(participant, None)

    def replace(self, states: Mapping[str, Mapping[str, Any]]) -> None:
        """Take `states` as all there is."""
        self.states = {participant: dict(state) for participant, state in states.items()}
        self._sizes.clear()
        self._changed.clear()

    @property
    def changed(self) -> bool:
        """Whether there is something to take."""
        return bool(self._changed)

    def take(self) -> States:
        """What changed since the last call: the latest value of each key, None where it went."""
        changed, self._changed = self._changed, {}
        return changed

    def _check_room(self, participant: str, size: int) -> None:
        """Refuse what takes more than half of the room that the others leave (PRES-7)."""
        before = self._sizes.get(participant, 0)
        if self._most is None or size <= before:
            return
        room = (self._most - sum(self._sizes.values()) + before) // 2
        if size > room:
            raise ChangeRefused(
                Reason.TOO_LARGE,
                f"The presence has {size} bytes, and there is room for {room}; select fewer items.",
            )


def patches(states: States, most: int, full: bool = False) -> list[PresencePatch]:
    """Messages of up to `most` bytes, but for one participant's (PRES-7); nothing for no states.

    Args:
        full: they take the place of what was known.
    """
    parts = (dict(part) for part, _ in marked_pages(states.items(), most) if part)
    return [PresencePatch(part, full and not number) for number, part in enumerate(parts)]
