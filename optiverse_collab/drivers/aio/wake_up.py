"""Notices that the machine slept: what was known of a connection may be wrong."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

LOOK_S, SLEPT_S = 2.0, 10.0
"""The wall clock is looked at so often; if more has passed, the machine slept, or the program stood still."""


class WakeUp:
    """Watches the wall clock; the clock that timers follow may stand still while a machine sleeps.

    Args:
        woke: called when the machine slept.
    """

    def __init__(self, woke: Callable[[], None]) -> None:
        self._woke = woke
        self._loop = asyncio.get_running_loop()

    def start(self) -> None:
        """Watch."""
        self._look()

    def stop(self) -> None:
        """Watch no longer."""
        self._timer.cancel()

    def _look(self) -> None:
        self._looked_s = time.time()
        self._timer = self._loop.call_later(LOOK_S, self._on_timer)

    def _on_timer(self) -> None:
        before = self._looked_s
        self._look()
        if self._looked_s - before > SLEPT_S:
            self._woke()
