"""The steps in which a bench is loaded: too short for a user to notice, and no more than needed."""

from __future__ import annotations

import random

import pytest

from optiverse_collab.window.pace import AIM_MS, Pace

BENCH = 3000


def steps(fixed_ms: float, each_ms: float, pace: Pace | None = None, noise: float = 0.0) -> list[float]:
    """The duration, in ms, of each step in which a host shows a bench."""
    pace, chance, left, taken = pace or Pace(), random.Random(1), BENCH, list[float]()
    while left > 0:
        ms = (fixed_ms + each_ms * pace.records) * chance.uniform(1 - noise, 1 + noise)
        taken.append(ms)
        left -= pace.records
        pace.took(pace.records, ms)
    return taken


@pytest.mark.parametrize("noise", [0.0, 0.3])
@pytest.mark.parametrize("each_ms", [0.05, 0.5, 1.0, 3.0])
def test_no_step_is_felt_and_few_are_short(each_ms: float, noise: float) -> None:
    times = steps(0.0, each_ms, noise=noise)
    assert max(times) <= 4 * AIM_MS
    assert len(times) < 10 + 2 * BENCH * each_ms / AIM_MS


def test_a_record_that_takes_long_is_shown_alone() -> None:
    times = steps(0.0, 40.0)[10:]
    assert sum(ms == 40.0 for ms in times) > 0.7 * len(times)
    assert max(times) == 80.0


@pytest.mark.parametrize("noise", [0.0, 0.3])
@pytest.mark.parametrize("fixed_ms", [35.0, 55.0, 200.0])
def test_what_each_step_costs_does_not_make_them_many(fixed_ms: float, noise: float) -> None:
    """For example, a tree of all layers. Steps of one record took minutes for 3,000."""
    times = steps(fixed_ms, 0.3, noise=noise)
    assert len(times) < 100
    assert sum(times) < 2.5 * (0.3 * BENCH + len(times) * fixed_ms)
    assert sorted(times)[len(times) // 2] < 2 * fixed_ms


def test_steps_of_one_record_grow_again() -> None:
    pace = Pace(1)
    for _ in range(8):
        pace.took(1, 55.0)
    assert len(steps(55.0, 0.3, pace)) < 150
