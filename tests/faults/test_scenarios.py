"""Stalls, slow lines and changed benches, in short; `make faults` plays them at full length."""

from __future__ import annotations

import asyncio

from tests.faults.scenarios import behind, many_changes, portal, slow_line, stalled_drag

LOADED = 3.0
"""A machine that runs other tests at the same time may take this many times as long."""


def test_stall_in_the_midst_of_a_drag_ends_well() -> None:
    """The queued edits are no burst that the server refuses."""
    assert asyncio.run(stalled_drag(2.0)).problems == []


def test_portal_in_the_place_of_the_server_ends_nothing() -> None:
    """CONN-2: whatever answers, a session that has synchronised keeps retrying."""
    assert asyncio.run(portal(302)) == []


def test_two_people_drag_on_a_slow_line() -> None:
    """64 kbit/s each way: each sees the other's moves soon (SYNC-11)."""
    line = asyncio.run(slow_line(4.0))
    assert line.problems == []
    assert line.behind_s <= 3.0 * LOADED
    assert line.drained_s <= 5.0 * LOADED


def test_return_to_a_changed_bench_is_as_smooth_as_a_join() -> None:
    returned = asyncio.run(many_changes(1500))
    assert returned.problems == []
    assert max(returned.return_gap_ms, returned.merge_gap_ms) <= max(100.0, LOADED * returned.join_gap_ms)


def test_age_of_a_view_is_that_of_the_place_it_still_shows() -> None:
    moved = [(0.0, [0.0, 0.0]), (1.0, [1.0, 0.0]), (2.0, [2.0, 0.0])]
    assert behind(moved, [(0.5, [0.0, 0.0]), (2.5, [2.0, 0.0])]) == 2.5
    assert behind(moved, [(0.5, [9.0, 9.0])]) == 0.0
