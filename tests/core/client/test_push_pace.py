"""Pushes leave as often as few people can use, and half as often among many (PUSH-2)."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest

from optiverse_collab.core.client.push_pace import PUSH_EVERY_MS, QUICK_MS, PushPace


@pytest.fixture
def pace() -> PushPace:
    return PushPace()


def fired(pace: PushPace, times: list[float], answered: bool = True) -> list[float]:
    """The times at which pushes leave, if something is to be sent at these."""
    found = []
    for now_ms in times:
        if not pace.wait_ms(now_ms, answered):
            pace.fire(now_ms)
            found.append(now_ms)
    return found


def test_the_first_push_leaves_at_once(pace: PushPace) -> None:
    assert pace.wait_ms(1000.0) == 0
    pace.few = False
    assert pace.wait_ms(1000.0, is_answered=False) == 0


@pytest.mark.parametrize(("few", "interval_ms"), [(True, QUICK_MS), (False, PUSH_EVERY_MS)])
def test_pushes_leave_once_an_interval(pace: PushPace, few: bool, interval_ms: float) -> None:
    pace.few = few
    times = fired(pace, [float(now_ms) for now_ms in range(3000)])
    assert len(times) <= 3000 / interval_ms + 2
    assert min(b - a for a, b in pairwise(times)) >= interval_ms / 2


def test_a_mouse_that_jitters_is_never_delayed(pace: PushPace) -> None:
    """It moves 60 times a second, give or take 4 ms for the disk of its user."""
    rng = random.Random(0)
    moves = [number * 1000 / 60 + rng.uniform(-4, 4) for number in range(600)]
    assert fired(pace, moves) == moves


def test_without_answers_pushes_leave_as_slowly_as_among_many(pace: PushPace) -> None:
    """The server may be busy, and more often would make it busier."""
    times = [float(now_ms) for now_ms in range(3000)]
    unanswered = fired(pace, times, answered=False)
    many = PushPace()
    many.few = False
    assert len(unanswered) == len(fired(many, times))


def test_who_has_to_wait_anyway_expects_an_answer(pace: PushPace) -> None:
    """So that the driver asks again when a quick push could leave."""
    pace.fire(0.0)
    soon = pace.wait_ms(1.0, is_answered=False)
    assert pace.wait_ms(1.0 + soon) == 0
    assert pace.wait_ms(1.0 + soon, is_answered=False) > 0


def test_a_fifth_participant_slows_the_next_push(pace: PushPace) -> None:
    pace.fire(0.0)
    pace.few = False
    assert pace.wait_ms(QUICK_MS) > 0
    assert pace.wait_ms(PUSH_EVERY_MS) == 0
