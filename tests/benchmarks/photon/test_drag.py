"""How late pixels follow the mouse, from what was seen."""

from __future__ import annotations

import pytest

from benchmarks.photon.drag import Sweep, latencies, overlap


def test_a_place_counts_as_shown_with_the_first_later_one() -> None:
    """Windows show every second place, or fewer."""
    sweep = Sweep([(1.0, 4), (1.1, 8), (1.2, 12)], [[(0.9, 0), (1.15, 8), (1.25, 12)]])
    assert latencies(sweep, 0) == pytest.approx([150.0, 50.0, 50.0])


def test_it_works_to_the_left_too() -> None:
    sweep = Sweep([(1.0, 8), (1.1, 4), (1.2, 0)], [[], [(0.9, 12), (1.3, 4), (1.4, 0)]])
    assert latencies(sweep, 1) == pytest.approx([300.0, 200.0, 200.0])


def test_spans_that_do_not_count_are_left_out_once() -> None:
    """Two windows may trace rays at the same time."""
    sweep = Sweep([(1.0, 4)], [[(1.5, 4)]])
    assert latencies(sweep, 0, [(0.5, 1.1), (1.2, 1.4), (1.3, 1.45), (2.0, 3.0)]) == pytest.approx([150.0])


def test_overlap_of_nothing_is_nothing() -> None:
    assert overlap([], (1.0, 2.0)) == 0.0
    assert overlap([(3.0, 4.0)], (1.0, 2.0)) == 0.0
