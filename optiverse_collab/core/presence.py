"""Presence: cursor, selection, drag in progress, view, colour, name (PRES-1 to PRES-7).

In memory only, without a clock; for each key of each participant the latest value wins.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from optiverse_collab.core.checks import check_id, check_value
from optiverse_collab.core.limits import Limits
from optiverse_collab.core.protocol.codec import encoded, size_of
from optiverse_collab.core.protocol.messages import PresencePatch
from optiverse_collab.core.protocol.pages import marked_pages
from optiverse_collab.core.record_size import memory_of
from optiverse_collab.core.space import Share, Space
from optiverse_collab.errors import ChangeRefused, Reason

SMALL_BYTES = 2048
"""Memory that presence may take even if the server has none left."""

States = dict[str, dict[str, Any]]
"""connection_id → key → value."""


class Presence:
    """Everybody's presence, and its changes since they were last taken.

    Args:
        limits: of the session.
        most: the longest presence of all together, as JSON in bytes; None for any length.
        space: memory for presence beyond `SMALL_BYTES`, shared with others; None for no limit.

    Attributes:
        states: connection_id → key → value.
    """

    def __init__(self, limits: Limits, most: int | None = None, space: Space | None = None) -> None:
        self.states: States = {}
        self._limits = limits
        self._most = most
        self._sizes: dict[str, int] = {}
        self._changed: States = {}
        self._shares: dict[str, Share] = {}
        self._space = space

    def update(self, participant: str, state: Mapping[str, Any]) -> None:
        """Merge `state` into a participant's; None removes a key, and is no change if the key is missing.

        Raises:
            ChangeRefused: a key or value that can't be sent, or too much of it; nothing is merged.
        """
        for key in state:
            check_id(key, self._limits)
        check_value(dict(state), self._limits.depth + 1, "presence")
        known, changed = self.states.get(participant, {}), self._changed.get(participant, {})
        news = {key: value for key, value in state.items() if value is not None or key in known}
        merged = {key: value for key, value in {**known, **news}.items() if value is not None}
        told = {**changed, **news}
        text = encoded(merged)
        size = len(text)
        if max(size, size_of(told)) > self._limits.presence_bytes:
            raise ChangeRefused(
                Reason.TOO_LARGE,
                f"The presence is longer than {self._limits.presence_bytes} bytes; select fewer items.",
            )
        self._check_room(participant, size)
        self._take_space(participant, text)
        self._sizes[participant] = size
        self.states[participant] = merged
        if told:
            self._changed[participant] = told

    def forget(self, participant: str) -> None:
        """A participant left; receivers of that message forget their presence, too."""
        self.states.pop(participant, None)
        self._sizes.pop(participant, None)
        self._changed.pop(participant, None)
        if participant in self._shares:
            self._shares.pop(participant).resize(0)

    def replace(self, states: Mapping[str, Mapping[str, Any]]) -> None:
        """Replace everything by `states`."""
        self.states = {participant: dict(state) for participant, state in states.items()}
        self._sizes.clear()
        self._changed.clear()

    @property
    def changes(self) -> Mapping[str, Mapping[str, Any]]:
        """The latest value of each changed key, None if it is gone; the longest wait first."""
        return self._changed

    def take(self, participants: Iterable[str] | None = None) -> States:
        """Take the changes of these participants, or of all."""
        taken = list(self._changed if participants is None else participants)
        return {participant: self._changed.pop(participant) for participant in taken}

    def _check_room(self, participant: str, size: int) -> None:
        """Refuse presence that takes more than half of the room that the others leave (PRES-7)."""
        before = self._sizes.get(participant, 0)
        if self._most is None or size <= before:
            return
        room = (self._most - sum(self._sizes.values()) + before) // 2
        if size > room:
            raise ChangeRefused(
                Reason.TOO_LARGE,
                f"The presence has {size} bytes, and there is room for {room}; select fewer items.",
            )

    def _take_space(self, participant: str, text: bytes) -> None:
        """Count the memory of a participant's presence; refuse more if there is none left (LIM-16)."""
        if self._space is None:
            return
        share = self._shares.setdefault(participant, Share(self._space))
        memory = max(0, memory_of(text) - SMALL_BYTES)
        if memory > share.bytes + share.space.left:
            raise ChangeRefused(
                Reason.TOO_LARGE,
                "The server has too little memory left for this presence; select fewer items.",
            )
        share.resize(memory)


def patches(states: States, most: int, full: bool = False) -> list[PresencePatch]:
    """Messages of up to `most` bytes, except for one participant's (PRES-7); nothing for no states.

    Args:
        full: they replace everything known before.
    """
    parts = (dict(part) for part, _ in marked_pages(states.items(), most) if part)
    return [PresencePatch(part, full and not number) for number, part in enumerate(parts)]
