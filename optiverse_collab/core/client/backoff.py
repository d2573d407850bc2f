"""How long to wait before connecting again: longer each time, and at random moments.

After a server restarts, everybody in the lab reconnects at once; randomness spreads them out
("equal jitter" of https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/).
"""

from __future__ import annotations

from collections.abc import Callable

FIRST_S = 0.5
"""A restarted server is back within seconds; the first attempt comes before the delay is annoying."""

LONGEST_S = 30.0
"""The longest wait for a server that is back."""


class Backoff:
    """The waits between attempts.

    Args:
        chance: returns a uniformly random number from 0 to 1.
    """

    def __init__(self, chance: Callable[[], float]) -> None:
        self._chance = chance
        self._attempts = 0

    def next_s(self) -> float:
        """How long to wait now, in s: between half and all of a span that doubles each time."""
        longest = min(LONGEST_S, FIRST_S * 2.0 ** min(self._attempts, 30))
        self._attempts += 1
        return longest * (0.5 + 0.5 * self._chance())

    def reset(self) -> None:
        """A connection has synchronised: the next wait is the shortest again."""
        self._attempts = 0
