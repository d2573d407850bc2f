"""Throttles edits and frames: the first at once, the rest together (PUSH-2, PUSH-5)."""

from __future__ import annotations


class Throttle:
    """Allows an action at most once per interval, the first time at once.

    Args:
        interval_ms: the shortest time between two.
    """

    def __init__(self, interval_ms: float) -> None:
        self._interval_ms = interval_ms
        self._next_ms = float("-inf")

    def wait_ms(self, now_ms: float) -> float:
        """How long to wait; 0 if it may happen now."""
        return max(0.0, self._next_ms - now_ms)

    def fire(self, now_ms: float) -> None:
        """Record that it happens now."""
        self._next_ms = now_ms + self._interval_ms
