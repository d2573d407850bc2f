"""Counters of the server's work since it started, for its metrics."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter

BUCKETS_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""The upper bounds of the buckets for durations; there is one more for longer ones."""

FAILED_SECONDS = 60.0
"""How long a server whose storage refused changes counts as not ready, if nothing else is stored."""


class Durations:
    """A histogram of durations.

    Attributes:
        counts: how many there were in each bucket of `BUCKETS_S`, and then how many were longer.
        total_s: of all of them.
    """

    def __init__(self) -> None:
        self.counts = [0] * (len(BUCKETS_S) + 1)
        self.total_s = 0.0

    def add(self, seconds: float) -> None:
        """Count a duration."""
        self.counts[bisect_left(BUCKETS_S, seconds)] += 1
        self.total_s += seconds


class Tally:
    """Counts events of all connections and sessions together.

    Attributes:
        messages: that were read, and `message_chars` how long they were.
        changes: that were stored.
        storing: how long each storing of a session's changes took.
        refused: connections that were not let in, by the reason.
        closed: connections that the server closed, by the word of the reason (CLOSE-2).
        failed_s: when storage last refused changes, on the monotonic clock; None if it has taken some since.
    """

    def __init__(self) -> None:
        self.messages = self.message_chars = self.changes = 0
        self.storing = Durations()
        self.refused: Counter[str] = Counter()
        self.closed: Counter[str] = Counter()
        self.failed_s: float | None = None

    def stored(self, changes: int, seconds: float) -> None:
        """Changes of a session were stored together.

        Args:
            changes: how many.
            seconds: how long that took.
        """
        self.changes += changes
        self.storing.add(seconds)
        self.failed_s = None

    def has_failed(self, now_s: float) -> bool:
        """Whether storage has refused changes lately, and taken none since.

        Later, a proxy sends people here again, and they find out whether that is still so.

        Args:
            now_s: on the monotonic clock.
        """
        return self.failed_s is not None and now_s - self.failed_s < FAILED_SECONDS
