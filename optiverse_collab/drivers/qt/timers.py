"""Timers that fire once, and those of a window at rest, which fire together."""

from __future__ import annotations

import time
from collections.abc import Callable

from PyQt6.QtCore import QObject, QTimer

REST_MS = 2000
"""How often a window at rest does what it does all day, in ms. A processor that sleeps needs several times as
long for the little that each waking has to do."""


def single_shot(parent: QObject, slot: Callable[[], None], milliseconds: int = 0) -> QTimer:
    """A timer that calls a slot once after each start.

    Args:
        milliseconds: the delay, unless `start` gets another one.
    """
    timer = QTimer(parent)
    timer.setSingleShot(True)
    timer.setInterval(milliseconds)
    timer.timeout.connect(slot)
    return timer


def rest_ms() -> int:
    """How many ms a timer at rest sleeps: until a multiple of `REST_MS` of the clock, as all others do.

    So the program wakes once for all of them, however many windows it has. Qt's timers may fire 5 % early;
    one that did waits for the next multiple.
    """
    until_next = REST_MS - int(time.monotonic() * 1000) % REST_MS
    return until_next if until_next > REST_MS // 4 else until_next + REST_MS
