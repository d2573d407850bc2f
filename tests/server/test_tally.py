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


def test_storage_that_refuses_is_remembered_for_a_minute() -> None:
    """Or until it takes something."""
    tally = Tally()
    assert not tally.has_failed(100.0)
    tally.failed_s = 100.0
    assert [tally.has_failed(now) for now in (100.0, 159.0, 161.0)] == [True, True, False]
    tally.stored(1, 0.1)
    assert not tally.has_failed(101.0)
