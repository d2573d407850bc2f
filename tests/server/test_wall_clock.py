"""The time of day, in milliseconds."""

from __future__ import annotations

import time

from optiverse_collab_server.wall_clock import now_ms


def test_it_is_the_time_of_day_in_ms() -> None:
    before = time.time()
    assert int(before * 1000) <= now_ms() <= time.time() * 1000 + 1
