"""How fast a connection may send (LIM-8)."""

from __future__ import annotations

MESSAGES_PER_SECOND = 200
BURST = 1000


class TokenBucket:
    """Allows `BURST` messages at once and `MESSAGES_PER_SECOND` in the long run; what is above waits."""

    def __init__(self, now: float) -> None:
        self._tokens = float(BURST)
        self._then = now

    def take(self, now: float) -> float:
        """Count one message at `now` (seconds); returns for how many seconds to read no other."""
        self._tokens = min(BURST, self._tokens + (now - self._then) * MESSAGES_PER_SECOND) - 1
        self._then = now
        return max(0.0, -self._tokens / MESSAGES_PER_SECOND)
