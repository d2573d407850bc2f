"""Cursors glide, are never far behind and never ahead, fade at rest, and stay on dragged items."""

from __future__ import annotations

from itertools import accumulate, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optiverse_collab.window.ui.pointers import (
    DIM_MS,
    DIMMED,
    FADE_MS,
    GLIDE_MS,
    GONE_MS,
    LABEL_MS,
    Place,
    Point,
    Pointer,
)

JITTER_MS = 300.0
UPDATE_MS = 33.0

ITEMS: dict[str, Point] = {"lens": (100.0, 50.0)}

STEPS = st.lists(st.floats(0.0, 50.0), min_size=1, max_size=40)
LATE = st.lists(st.floats(0.0, JITTER_MS), min_size=40, max_size=40)


def pointer() -> Pointer:
    return Pointer(ITEMS.get)


def at(x: float) -> Place:
    return Place((x, 0.0))


def arrivals(late: list[float], number: int) -> list[float]:
    """When updates sent every 33 ms arrive: each one late, but none before an earlier one."""
    return list(accumulate((k * UPDATE_MS + late[k] for k in range(number)), max))


def shown_x(cursor: Pointer, now_ms: float) -> float:
    shown = cursor.show(now_ms)
    assert shown is not None
    return shown.at[0]


@given(STEPS, LATE)
def test_it_is_at_most_400_ms_behind_and_never_ahead(steps: list[float], late: list[float]) -> None:
    """Whatever its speed, and however irregularly its positions arrive."""
    sent = list(accumulate(steps))
    arrived, cursor = arrivals(late, len(sent)), pointer()
    now_ms, heard, before = 0.0, 0, 0.0
    while now_ms < arrived[-1] + 2 * GLIDE_MS:
        while heard < len(sent) and arrived[heard] <= now_ms:
            cursor.hear(at(sent[heard]), now_ms)
            heard += 1
        if heard:
            x = shown_x(cursor, now_ms)
            was_sent = [
                one for k, one in enumerate(sent) if k * UPDATE_MS <= now_ms - JITTER_MS - GLIDE_MS - 4
            ]
            assert x >= max(was_sent, default=0.0) - 1e-6
            assert before - 1e-6 <= x <= sent[heard - 1] + 1e-6
            before = x
        now_ms += 4.0
    assert shown_x(cursor, now_ms) == sent[-1]


@given(STEPS, LATE)
def test_it_is_sharedly_there_150_ms_after_the_last_place(steps: list[float], late: list[float]) -> None:
    sent = list(accumulate(steps))
    arrived, cursor = arrivals(late, len(sent)), pointer()
    for place, now_ms in zip(sent, arrived, strict=True):
        cursor.hear(at(place), now_ms)
    assert shown_x(cursor, arrived[-1] + 150.0) == sent[-1]


@given(st.lists(st.tuples(st.floats(0.0, 60.0), st.floats(-500.0, 500.0)), min_size=2, max_size=20))
def test_it_never_jumps(heard: list[tuple[float, float]]) -> None:
    """Within any 1 ms, it moves no further than its distance requires in the time that is left."""
    cursor, now_ms = pointer(), 0.0
    for wait_ms, x in heard:
        now_ms += wait_ms
        before = cursor.show(now_ms)
        cursor.hear(at(x), now_ms)
        if before is not None:
            assert shown_x(cursor, now_ms) == pytest.approx(before.at[0], abs=1e-6)


def test_it_glides_in_a_straight_line() -> None:
    cursor = pointer()
    cursor.hear(Place((0.0, 0.0)), 0.0)
    cursor.hear(Place((10.0, 20.0)), 1000.0)
    places = [shown.at for ms in (1000, 1025, 1050, 1100) if (shown := cursor.show(ms))]
    assert places == [(0.0, 0.0), (2.5, 5.0), (5.0, 10.0), (10.0, 20.0)]


def test_what_arrives_together_after_a_stall_is_no_jump() -> None:
    cursor = pointer()
    cursor.hear(at(0.0), 0.0)
    for x in range(1, 10):
        cursor.hear(at(10.0 * x), 1000.0)
    ways = [shown_x(cursor, 1000.0 + ms) for ms in range(0, 101, 10)]
    assert ways[0] == 0.0
    assert ways[-1] == 90.0
    assert max(after - before for before, after in pairwise(ways)) < 10.0


def test_it_is_there_at_once_without_gliding() -> None:
    """With reduced motion."""
    cursor = pointer()
    cursor.hear(at(0.0), 0.0, glides=False)
    cursor.hear(at(10.0), 1000.0, glides=False)
    assert shown_x(cursor, 1000.0) == 10.0
    assert cursor.wait_ms(1000.0) == LABEL_MS


@pytest.mark.parametrize(
    ("rest_ms", "arrow", "label"),
    [
        (LABEL_MS, 1.0, 1.0),
        (LABEL_MS + FADE_MS / 2, 1.0, 0.5),
        (LABEL_MS + FADE_MS, 1.0, 0.0),
        (DIM_MS, 1.0, 0.0),
        (DIM_MS + FADE_MS, DIMMED, 0.0),
        (GONE_MS, DIMMED, 0.0),
    ],
)
def test_at_rest_label_and_arrow_fade(rest_ms: float, arrow: float, label: float) -> None:
    cursor = pointer()
    cursor.hear(at(0.0), 7.0)
    shown = cursor.show(7.0 + rest_ms)
    assert shown is not None
    assert (shown.arrow, shown.label) == pytest.approx((arrow, label))


def test_after_a_minute_it_is_gone_until_it_moves() -> None:
    cursor = pointer()
    cursor.hear(at(3.0), 0.0)
    late_ms = GONE_MS + FADE_MS
    assert (cursor.show(late_ms), cursor.wait_ms(late_ms)) == (None, None)
    cursor.hear(at(3.0), late_ms)  # sent again, as on a new connection
    assert cursor.show(late_ms) is None
    cursor.hear(at(4.0), late_ms)
    shown = cursor.show(late_ms)
    assert shown is not None
    assert (shown.arrow, shown.label) == (1.0, 1.0)


def test_who_shows_no_cursor_has_none() -> None:
    cursor = pointer()
    assert (cursor.show(0.0), cursor.wait_ms(0.0)) == (None, None)
    cursor.hear(at(3.0), 0.0)
    cursor.hear(None, 10.0)
    assert (cursor.show(10.0), cursor.wait_ms(10.0)) == (None, None)
    cursor.hear(at(9.0), 20.0)  # it enters elsewhere, and doesn't glide there
    assert shown_x(cursor, 20.0) == 9.0


@given(st.lists(st.tuples(st.floats(0.0, 70_000.0), st.integers(0, 3)), min_size=1, max_size=8))
def test_nothing_changes_before_it_says_so(heard: list[tuple[float, int]]) -> None:
    """So nothing has to be repainted meanwhile."""
    cursor, now_ms = pointer(), 0.0
    for wait_ms, x in heard:
        now_ms += wait_ms
        cursor.hear(at(x), now_ms)
        for _ in range(6):
            rest_ms = cursor.wait_ms(now_ms)
            if rest_ms is None:
                assert cursor.show(now_ms) == cursor.show(now_ms + 1e6)
                break
            assert cursor.show(now_ms) == cursor.show(now_ms + 0.99 * rest_ms)
            now_ms += rest_ms or FADE_MS


def test_it_moves_with_the_item_that_is_dragged() -> None:
    """PRES-10: however late its positions arrive, it keeps its place on the item."""
    items = dict(ITEMS)
    cursor = Pointer(items.get)
    cursor.hear(at(101.0), 0.0)
    cursor.hear(Place((101.0, 0.0), ("lens", (1.0, -50.0))), 500.0)
    assert shown_x(cursor, 600.0) == 101.0
    for x in (120.0, 150.0, 170.0):
        items["lens"] = (x, 50.0)
        assert shown_x(cursor, 610.0 + x) == x + 1.0
    cursor.hear(at(171.0), 1000.0)
    assert [shown_x(cursor, 1000.0), shown_x(cursor, 1100.0)] == [171.0, 171.0]


def test_it_glides_onto_the_item_and_off_it() -> None:
    cursor = pointer()
    cursor.hear(at(0.0), 0.0)
    cursor.hear(Place((101.0, 0.0), ("lens", (1.0, -50.0))), 500.0)
    assert [shown_x(cursor, ms) for ms in (500.0, 550.0, 600.0)] == [0.0, 50.5, 101.0]
    cursor.hear(at(201.0), 700.0)
    assert [shown_x(cursor, ms) for ms in (700.0, 750.0, 800.0)] == [101.0, 151.0, 201.0]


def test_an_item_that_is_not_here_does_not_matter() -> None:
    """It may have been removed."""
    items = dict(ITEMS)
    cursor = Pointer(items.get)
    cursor.hear(Place((5.0, 0.0), ("mirror", (1.0, 1.0))), 0.0)
    assert shown_x(cursor, 0.0) == 5.0
    cursor.hear(Place((101.0, 0.0), ("lens", (1.0, -50.0))), 10.0)
    del items["lens"]
    assert shown_x(cursor, 500.0) == 101.0
    cursor.hear(at(111.0), 600.0)
    assert [shown_x(cursor, 600.0), shown_x(cursor, 700.0)] == [101.0, 111.0]
