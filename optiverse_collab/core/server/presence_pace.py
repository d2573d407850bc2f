"""When changes of presence are sent: one message at a time, and fairly among participants (PRES-17)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from optiverse_collab.core.protocol.codec import size_of

TICK_MS = 33.0
"""A receiver gets presence at most this often."""

BURST_BYTES, BYTES_PER_S = 64 * 1024, 16 * 1024
"""How much a participant may change at once, and per second in the long run, without waiting."""


class PresencePace:
    """The allowances of all participants.

    Args:
        most: about how long a message may be, as JSON in bytes; one participant's part may be longer.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._left: dict[str, tuple[float, float]] = {}  # a participant's remaining bytes, and since when

    def due(self, changes: Mapping[str, Mapping[str, Any]], now_ms: float) -> list[str]:
        """The participants whose changes are sent now; the others wait, and their later changes replace
        waiting ones.

        Args:
            changes: the waiting changes of each participant, the longest wait first.
        """
        found: list[str] = []
        total = 0
        for participant, state in changes.items():
            left = self._left_of(participant, now_ms)
            if left <= 0:
                continue
            size = size_of(state)
            if found and total + size > self._most:
                break
            self._left[participant] = left - size, now_ms
            total += size
            found.append(participant)
        return found

    def forget(self, participant: str) -> None:
        """A participant left."""
        self._left.pop(participant, None)

    def _left_of(self, participant: str, now_ms: float) -> float:
        left, then = self._left.get(participant, (BURST_BYTES, now_ms))
        return min(BURST_BYTES, left + max(0.0, now_ms - then) * BYTES_PER_S / 1000)
