"""Collects Python's garbage when there is time for it.

By default Python looks for cycles whenever enough has been allocated. Many small values in a message make it
do so repeatedly while the message is read, which takes longer than everything else; and now and then it scans
every record of every session at once.
"""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

YOUNG_EVERY_S = 1.0
"""How often it scans recent objects, which takes a few ms."""

ALL_EVERY = 600
"""One scan in this many covers everything …"""

ALL_AFTER = 5_000
"""… or the first after this many connections: no connection leaves a cycle that we know of, but each
consists of many objects of libraries."""


class Garbage:
    """Counts possible garbage.

    Attributes:
        connections: how many there were since the last full scan.
    """

    def __init__(self) -> None:
        self.connections = 0
        self._looks = 0

    def look(self) -> bool:
        """Collect cycles; returns whether that was a full scan."""
        self._looks += 1
        is_whole = self._looks >= ALL_EVERY or self.connections >= ALL_AFTER
        if is_whole:
            self._looks = self.connections = 0
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
