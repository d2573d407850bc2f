"""How fast a connection may send (LIM-8)."""

from __future__ import annotations

from typing import NamedTuple


class Quota(NamedTuple):
    """The burst, and the rate per second in the long run."""

    burst: float
    per_second: float


MESSAGES = Quota(1000, 200)
CHANGES = Quota(20_000, 2000)
BYTES = Quota(32 * 1024 * 1024, 4 * 1024 * 1024)


class TokenBucket:
    """Allows what a quota permits, and delays the rest."""

    def __init__(self, now: float, quota: Quota) -> None:
        self._burst, self._per_second = quota
        self._tokens = quota.burst
        self._then = now

    def take(self, now: float, amount: float = 1) -> float:
        """Count `amount` at `now` (seconds); returns how many seconds to wait before reading on."""
        self._tokens = self.left(now) - amount
        return -self._tokens / self._per_second if self._tokens < 0 else 0.0

    def left(self, now: float) -> float:
        """How much may be taken at `now` (seconds) without waiting; setting the clock back costs nothing."""
        if now > self._then:
            self._tokens = min(self._burst, self._tokens + (now - self._then) * self._per_second)
        self._then = now
        return self._tokens


class Rates:
    """The allowances of a connection.

    Args:
        now: in seconds.

    Attributes:
        ready: when the next message may be processed.
    """

    def __init__(self, now: float) -> None:
        self.ready = now
        self._messages = TokenBucket(now, MESSAGES)
        self._changes = TokenBucket(now, CHANGES)
        self._bytes = TokenBucket(now, BYTES)

    def take(self, now: float, size: int, changes: int) -> float:
        """Count a message of `size` bytes with `changes` changes; returns how long to wait before the next,
        in s."""
        waits = self._messages.take(now), self._bytes.take(now, size), self._changes.take(now, changes)
        wait = max(waits)
        self.ready = now + wait
        return wait
