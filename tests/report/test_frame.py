"""Which part of a bench a picture shows, and at which scale."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optiverse_collab.report.frame import HEIGHT, MARGIN, WIDTH, framed, scale_bar, shown, split_by_distance
from optiverse_collab.report.things import Thing, things
from tests.helpers.reports import component

places = st.floats(-1e9, 1e9)


def at(*points: tuple[float, float]) -> list[Thing]:
    """Things at these places."""
    return things({}, {str(n): component(str(n), pos=[*point]) for n, point in enumerate(points)})


def test_what_is_far_away_does_not_make_dots_of_the_rest() -> None:
    near, far = split_by_distance(at((0, 0), (100, 0), (9_000, 0), (1e6, 0)))
    assert [thing.at for thing in near] == [(0, 0), (100, 0), (9_000, 0)]
    assert [thing.at for thing in far] == [(1e6, 0)]


def test_a_large_bench_is_shown_whole() -> None:
    wide = at(*((number * 10_000.0, 0.0) for number in range(100)))
    assert split_by_distance(wide) == (wide, [])
    assert split_by_distance([]) == ([], [])


@given(st.lists(st.tuples(places, places), min_size=1, max_size=20))
def test_all_points_are_inside_the_picture(points: list[tuple[float, float]]) -> None:
    frame = framed(points)
    assert frame.height <= HEIGHT + 1e-6
    for x, y in map(frame.px, points):
        assert MARGIN - 1e-3 <= x <= WIDTH - MARGIN + 1e-3
        assert MARGIN - 1e-3 <= y <= frame.height - MARGIN + 1e-3


def test_a_breadboard_may_stand_out_of_the_picture() -> None:
    """Unless it was moved: then it is what the picture is about."""
    board = component("b", pos=[0.0, 0.0], object_height_mm=600.0)
    mirror = component("m", pos=[100.0, 0.0], object_height_mm=20.0)
    start = {"b": board, "m": mirror}
    assert max(x for x, _ in shown(things(start, start))) == 110.0
    moved = {**start, "b": component("b", pos=[1.0, 0.0], object_height_mm=600.0)}
    assert max(x for x, _ in shown(things(start, moved))) == 301.0


def test_y_points_up_on_a_bench() -> None:
    frame = framed([(0, 0), (100, 100)])
    assert frame.px((0, 100))[1] < frame.px((0, 0))[1]
    assert frame.px((100, 0))[0] > frame.px((0, 0))[0]


@pytest.mark.parametrize(
    ("scale", "mm"), [(4.0, 50), (2.0, 100), (1.0, 200), (0.9, 200), (0.3, 500), (0.2, 1000), (4.5e-7, 2e8)]
)
def test_the_scale_bar_has_a_round_length(scale: float, mm: float) -> None:
    assert scale_bar(scale) == mm
