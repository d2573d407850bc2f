"""How many bytes may be unanswered: what the line carries in about a second (PUSH-10).

If the line is slower than the user, data given to the system waits there, out of reach. Changes that wait
here are squashed: only the latest position of a drag is left.
"""

from __future__ import annotations

FIRST_BYTES = 32 * 1024
"""Until something is known about the line: more than a drag sends in a second."""

LEAST_BYTES, MOST_BYTES = 2 * 1024, 1024 * 1024
"""The lower and upper limits: a few pushes of a drag, and the longest message."""

MOST_IN_FLIGHT = 2**62
"""No limit."""

QUICK_MS, SLOW_MS = 300.0, 1000.0
"""An answer is quick, or slow, if it comes this much later than the quickest one."""


class PushWindow:
    """Follows one connection.

    Attributes:
        bytes: how many may be unanswered.
    """

    def __init__(self) -> None:
        self.bytes = FIRST_BYTES
        self._quickest_ms = float("inf")

    def answered(self, latency_ms: float, ahead: int) -> None:
        """A push was answered.

        Args:
            latency_ms: after how long.
            ahead: how many bytes were on their way when it was sent, including its own.
        """
        self._quickest_ms = min(self._quickest_ms, latency_ms)
        delay_ms = latency_ms - self._quickest_ms
        if delay_ms > SLOW_MS:
            per_second = int(ahead * 1000 / latency_ms)
            self.bytes = max(LEAST_BYTES, min(self.bytes, per_second))
        elif delay_ms <= QUICK_MS and ahead > self.bytes // 2:
            self.bytes = min(MOST_BYTES, 2 * self.bytes)
