"""When to confirm arrivals to the server (SYNC-11)."""

from __future__ import annotations

from optiverse_collab.core.protocol.messages import Have
from optiverse_collab.core.throttle import Throttle

HAVE_EVERY_MS, HAVE_BYTES = 500, 16 * 1024
"""While changes arrive: twice a second, or once this much has arrived since the last time."""


class Receipts:
    """Which arrivals were confirmed to the server."""

    def __init__(self) -> None:
        self._throttle = Throttle(HAVE_EVERY_MS)
        self._told_clock = self._untold_bytes = 0

    def begin(self, clock: int) -> None:
        """The server already knows that everything up to `clock` has arrived."""
        self._told_clock, self._untold_bytes = clock, 0

    def arrived(self, size: int) -> None:
        """A message of `size` bytes has arrived."""
        self._untold_bytes += size

    def wait_ms(self, clock: int, now_ms: float) -> float | None:
        """How long to wait before confirming everything up to `clock`; None if that is done."""
        if clock <= self._told_clock:
            return None
        return 0.0 if self._untold_bytes >= HAVE_BYTES else self._throttle.wait_ms(now_ms)

    def take(self, clock: int, now_ms: float) -> list[Have]:
        """The message that is due, if one is."""
        if self.wait_ms(clock, now_ms) != 0:
            return []
        self._throttle.fire(now_ms)
        self.begin(clock)
        return [Have(clock)]
