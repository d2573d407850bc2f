"""How fast a connection may send (LIM-8)."""

from __future__ import annotations

MESSAGES_PER_SECOND = 200
BURST = 1000


class TokenBucket:
    """Allows `BURST` messages at once and `MESSAGES_PER_SECOND` in the long run."""

    def __init__(self, now: float) -> None:
        self._tokens = float(BURST)
        self._then = now

    def take(self, now: float) -> bool:
        """Count one message at `now` (seconds); False if it is one too many."""
        self._tokens = min(BURST, self._tokens + (now - self._then) * MESSAGES_PER_SECOND)
        self._then = now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True
