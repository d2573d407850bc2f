"""A sleep of the machine is detected."""

from __future__ import annotations

import asyncio
import time

import pytest

from optiverse_collab.drivers.aio import wake_up
from optiverse_collab.drivers.aio.wake_up import SLEPT_S, WakeUp
from tests.helpers.aio import run


def test_wall_clock_that_jumps_is_a_sleep(monkeypatch: pytest.MonkeyPatch) -> None:
    """HB-4, CONN-7: once, and the clock of the timers stood still meanwhile."""
    monkeypatch.setattr(wake_up, "LOOK_S", 0.005)
    true, ahead = time.time, [0.0]
    monkeypatch.setattr(time, "time", lambda: true() + ahead[0])

    async def main() -> None:
        woke = asyncio.Event()
        watch = WakeUp(woke.set)
        watch.start()
        for _ in range(5):
            watch._on_timer()
        assert not woke.is_set()
        ahead[0] = 2 * SLEPT_S
        await woke.wait()
        woke.clear()
        watch._on_timer()
        assert not woke.is_set()
        watch.stop()

    run(main())
