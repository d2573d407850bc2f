"""Collects Python's garbage when there is time for it.

By default Python looks for cycles whenever enough has been allocated. Many small values in a message make it
do so repeatedly while the message is read, which takes longer than everything else; and now and then it scans
every record of every session at once.
"""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

YOUNG_EVERY_S = 1.0
"""How often it scans recent objects, which takes a few ms …"""

YOUNG_AFTER = 50
"""… and also after this many new connections, each of which consists of many objects of libraries."""

ALL_EVERY = 600
"""One scan in this many covers everything, if a connection has ended since the last such scan …"""

ALL_AFTER = 5_000
"""… or the first after this many have ended: no connection leaves a cycle that we know of. To scan everything
takes a second for a few thousand connections, or for a few benches of 100,000 items."""


class Garbage:
    """Counts possible garbage.

    Args:
        connections: how many there are now.
    """

    def __init__(self, connections: Callable[[], int]) -> None:
        self._connections = connections
        self._opened = self._recent = self._looks = 0
        self._ended = 0  # before the last full scan

    def opened(self) -> None:
        """A connection was opened."""
        self._opened += 1
        self._recent += 1
        if self._recent >= YOUNG_AFTER:
            self.look()

    def look(self) -> bool:
        """Collect cycles; returns whether that was a full scan."""
        self._recent = 0
        self._looks += 1
        ended = self._opened - self._connections()
        is_whole = ended - self._ended >= (1 if self._looks >= ALL_EVERY else ALL_AFTER)
        if is_whole:
            self._looks, self._ended = 0, ended
        gc.collect(2 if is_whole else 1)
        return is_whole

    @asynccontextmanager
    async def tended(self) -> AsyncIterator[None]:
        """Inside this block, garbage is collected only on schedule."""
        was_enabled = gc.isenabled()
        gc.disable()
        tending = asyncio.create_task(self._tend())
        try:
            yield
        finally:
            tending.cancel()
            with suppress(asyncio.CancelledError):
                await tending
            if was_enabled:
                gc.enable()

    async def _tend(self) -> None:
        while True:
            await asyncio.sleep(YOUNG_EVERY_S)
            self.look()
