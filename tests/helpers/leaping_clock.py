"""A loop whose clock leaps to the next deadline when nothing else is left to do, so that no test waits."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any


class _Leaps(selectors.DefaultSelector):
    """What the loop waits with; `now` is its time."""

    now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        found = super().select(0)
        if timeout is None and not found:
            raise AssertionError("everybody waits for something that never comes")
        self.now += timeout or 0.0
        return found


class LeapingLoop(asyncio.SelectorEventLoop):
    """The loop; it is for code that uses no threads and no sockets."""

    def __init__(self) -> None:
        self._leaps = _Leaps()
        super().__init__(self._leaps)

    def time(self) -> float:
        """The time in seconds."""
        return self._leaps.now


def run_leaping(main: Coroutine[Any, Any, None]) -> None:
    """Run to the end, and end what is left."""
    loop = LeapingLoop()
    try:
        loop.run_until_complete(main)
    finally:
        loop.run_until_complete(_end_all())
        loop.close()


async def _end_all() -> None:
    await asyncio.sleep(0)  # so that all have begun: what never begins warns
    left = asyncio.all_tasks() - {asyncio.current_task()}
    for task in left:
        task.cancel()
    await asyncio.gather(*left, return_exceptions=True)
