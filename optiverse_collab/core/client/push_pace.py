"""How often edits are pushed, and others' pushes shown (PUSH-2)."""

from __future__ import annotations

from optiverse_collab.core.throttle import Throttle

PUSH_EVERY_MS = 33
"""The time between two pushes, ms: 30 a second, as many as a drag needs to look smooth."""

QUICK_MS, FEW = 12, 4
"""The same while there are no more participants than this, ms: a little less than the time between two
movements of a mouse, so that the next push makes up for a delay."""


class PushPace:
    """Allows one push every 33 ms on average, or every 12 ms among few.

    A push may come half an interval early, so that a stream of one per interval is never delayed when it
    jitters: the disk takes longer for one push than for another. The next ones then wait longer.

    Attributes:
        few: whether at most `FEW` participants are in the session.
    """

    def __init__(self) -> None:
        self.few = True
        self._quick = Throttle(QUICK_MS, QUICK_MS / 2)
        self._slow = Throttle(PUSH_EVERY_MS, PUSH_EVERY_MS / 2)

    def wait_ms(self, now_ms: float, is_answered: bool = True) -> float:
        """How long to wait; 0 if it may happen now.

        Args:
            is_answered: whether the other end has answered all earlier ones; if not, it may be busy. It may
                answer by the time for which a quick one has to wait.
        """
        quick_ms = self._quick.wait_ms(now_ms)
        if self.few and (quick_ms or is_answered):
            return quick_ms
        return self._slow.wait_ms(now_ms)

    def fire(self, now_ms: float) -> None:
        """Record that it happens now."""
        self._quick.fire(now_ms)
        self._slow.fire(now_ms)
