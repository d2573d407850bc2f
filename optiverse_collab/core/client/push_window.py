"""How much may be on its way without an answer: what the line takes in about a second (PUSH-10).

If the line is slower than the user, what the system is given waits there, out of sight. What waits here is
squashed: of a drag, only the latest place is left.
"""

from __future__ import annotations

FIRST_BYTES = 32 * 1024
"""Before anything is known of the line: more than a drag sends in a second."""

LEAST_BYTES, MOST_BYTES = 2 * 1024, 1024 * 1024
"""A few pushes of a drag, and the longest message."""

QUICK_MS, SLOW_MS = 300.0, 1000.0
"""An answer is quick, or slow, if it comes so much later than the quickest did."""


class PushWindow:
    """Follows one connection.

    Attributes:
        bytes: how much may be on its way.
    """

    def __init__(self) -> None:
        self.bytes = FIRST_BYTES
        self._quickest_ms = float("inf")

    def answered(self, latency_ms: float, ahead: int) -> None:
        """A push was answered.

        Args:
            latency_ms: after how long.
            ahead: how many bytes were on their way when it was sent, its own among them.
        """
        self._quickest_ms = min(self._quickest_ms, latency_ms)
        delay_ms = latency_ms - self._quickest_ms
        if delay_ms > SLOW_MS:
            per_second = int(ahead * 1000 / latency_ms)
            self.bytes = max(LEAST_BYTES, min(self.bytes, per_second))
        elif delay_ms <= QUICK_MS and ahead > self.bytes // 2:
            self.bytes = min(MOST_BYTES, 2 * self.bytes)
