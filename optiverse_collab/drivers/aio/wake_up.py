"""Detects that the machine slept: the state of a connection may be out of date."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

LOOK_S, SLEPT_S = 2.0, 10.0
"""How often to check the wall clock; if more time has passed, the machine slept, or the program was
blocked."""


class WakeUp:
    """Watches the wall clock; the timers' clock may stop while a machine sleeps.

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
        """Stop watching."""
        self._timer.cancel()

    def _look(self) -> None:
        self._looked_s = time.time()
        self._timer = self._loop.call_later(LOOK_S, self._on_timer)

    def _on_timer(self) -> None:
        before = self._looked_s
        self._look()
        if self._looked_s - before > SLEPT_S:
            self._woke()
