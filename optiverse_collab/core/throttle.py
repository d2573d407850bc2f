"""Throttles edits and frames: the first at once, the rest together (PUSH-2, PUSH-5)."""

from __future__ import annotations


class Throttle:
    """Allows an action at most once per interval, the first time at once.

    Args:
        interval_ms: the shortest time between two, on average.
        early_ms: how much sooner one may happen, so that a stream of one per interval is never delayed when
            it jitters. The next ones then wait longer.
    """

    def __init__(self, interval_ms: float, early_ms: float = 0.0) -> None:
        self._interval_ms, self._early_ms = interval_ms, early_ms
        self._next_ms = float("-inf")

    def wait_ms(self, now_ms: float) -> float:
        """How long to wait; 0 if it may happen now."""
        return max(0.0, self._next_ms - self._early_ms - now_ms)

    def fire(self, now_ms: float) -> None:
        """Record that it happens now."""
        self._next_ms = max(now_ms, min(self._next_ms, now_ms + self._early_ms)) + self._interval_ms
