"""The time of day for people and files; it may jump, unlike the clock of the event loop."""

from __future__ import annotations

import time


def now_ms() -> int:
    """The time of day, in ms since 1970 UTC."""
    return time.time_ns() // 1_000_000
