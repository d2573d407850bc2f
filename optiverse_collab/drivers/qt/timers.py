"""Timers that fire once."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import QObject, QTimer


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
