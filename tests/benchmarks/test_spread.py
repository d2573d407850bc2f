"""Medians and ranges."""

from __future__ import annotations

import pytest

from benchmarks.spread import Spread, figure, shown, spread


def test_a_spread_is_median_and_range() -> None:
    assert spread([3.0, 1.0, 2.0]) == Spread(2.0, 1.0, 3.0)
    assert spread([4.0]) == Spread(4.0, 4.0, 4.0)


def test_a_range_is_shown_only_if_there_is_one() -> None:
    assert shown(spread([1.0, 3.0, 2.0])) == "2.00 (1.00-3.00)"
    assert shown(spread([4.0, 4.0])) == "4.00"


@pytest.mark.parametrize(
    ("value", "text"), [(0.153, "0.15"), (9.99, "9.99"), (10.04, "10.0"), (2569.4, "2,569")]
)
def test_figures_have_about_three_digits(value: float, text: str) -> None:
    assert figure(value) == text
