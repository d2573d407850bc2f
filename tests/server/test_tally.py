"""Numbers that only grow."""

from __future__ import annotations

from optiverse_collab_server.tally import BUCKETS_S, Durations, Tally


def test_each_duration_is_in_one_range() -> None:
    durations = Durations()
    for seconds in (0.0, 0.001, 0.0011, 10.0, 11.0):
        durations.add(seconds)
    assert durations.counts[0] == 2, "a range includes its end"
    assert durations.counts[1] == 1
    assert durations.counts[-2:] == [1, 1]
    assert (len(durations.counts), sum(durations.counts)) == (len(BUCKETS_S) + 1, 5)
    assert durations.total_s == 21.0021


def test_changes_that_are_stored_together_are_one_duration() -> None:
    tally = Tally()
    tally.stored(3, 0.5)
    tally.stored(2, 0.5)
    assert (tally.changes, sum(tally.storing.counts), tally.storing.total_s) == (5, 2, 1.0)
