"""Where items are, and how they move and turn, whatever their properties hold."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optiverse_collab_demo import geometry
from tests.helpers.demo_window import GARBAGE, VALUES

lengths = st.floats(-5000.0, 5000.0)
places = st.tuples(lengths, lengths)


@pytest.mark.parametrize(
    "bad", [None, True, "5", [5], math.nan, math.inf, -math.inf, 1e300, 10**400, -(10**400)]
)
def test_what_is_no_number_of_a_bench_counts_as_the_default(bad: Any) -> None:
    assert geometry.number(bad, 7.0) == 7.0


@pytest.mark.parametrize("good", [0, -3, 2.5, 1e9])
def test_numbers_count(good: float) -> None:
    assert geometry.number(good, 7.0) == good


@pytest.mark.parametrize("bad", [None, 5, "12", [1], [1, 2, 3], [1, None], [math.nan, 0], ["1", "2"], {}])
def test_what_is_no_point_is_nowhere(bad: Any) -> None:
    assert geometry.point(bad) is None
    assert geometry.position("component", {"pos": bad}) is None
    assert geometry.moved("component", {"pos": bad}, 1.0, 2.0) == {}
    assert geometry.turned("component", {"pos": bad}, 1.0, (0.0, 0.0)) == {}


@pytest.mark.parametrize(
    "bad", [{}, {"points": []}, {"points": [[0, 0], None]}, {"p1": [0, 0]}, {"points": 5}]
)
def test_ruler_without_corners_is_nowhere_and_stays_there(bad: dict[str, Any]) -> None:
    assert geometry.position("ruler", bad) is None
    assert geometry.middle("ruler", bad) is None
    assert geometry.moved("ruler", bad, 1.0, 2.0) == {}
    assert geometry.turned("ruler", bad, 90.0, (0.0, 0.0)) == {}


def test_ruler_of_optiverse_0_2_keeps_the_form_that_it_has() -> None:
    ruler = {"p1": [0.0, 0.0], "p2": [10.0, 0.0]}
    assert geometry.moved("ruler", ruler, 1.0, 2.0) == {"p1": [1.0, 2.0], "p2": [11.0, 2.0]}
    assert geometry.moved("ruler", {"points": [[0, 0], [1, 1]]}, 1.0, 2.0) == {"points": [[1, 2], [2, 3]]}


def test_ruler_turns_about_its_middle() -> None:
    ruler = {"points": [[0.0, 0.0], [10.0, 0.0], [20.0, 30.0]]}
    assert geometry.position("ruler", ruler) == (0.0, 0.0)
    assert geometry.middle("ruler", ruler) == (10.0, 10.0)


def test_turning_is_clockwise() -> None:
    assert geometry.turn((1.0, 0.0), 90.0, (0.0, 0.0)) == pytest.approx((0.0, -1.0))


@pytest.mark.parametrize(("kind", "after"), [("component", 40.0), ("source", 40.0), ("rectangle", 20.0)])
def test_angle_is_counted_as_optiverse_counts_it(kind: str, after: float) -> None:
    turned = geometry.turned(kind, {"pos": [5.0, 5.0], "angle_deg": 30.0}, 10.0, (5.0, 5.0))
    assert turned == {"angle_deg": after}


def test_note_moves_round_but_stays_upright() -> None:
    assert geometry.turned("text", {"pos": [5.0, 5.0]}, 10.0, (5.0, 5.0)) == {}
    assert geometry.turned("text", {"pos": [1.0, 0.0]}, 90.0, (0.0, 0.0)) == {
        "pos": pytest.approx([0.0, -1.0])
    }


def test_angle_stays_below_a_full_turn() -> None:
    turned = geometry.turned("component", {"pos": [0, 0], "angle_deg": 350.0}, 20.0, (0.0, 0.0))
    assert turned == {"angle_deg": 10.0}


@given(places, st.floats(-720.0, 720.0), places)
def test_turning_back_is_where_it_was(at: geometry.Point, degrees: float, about: geometry.Point) -> None:
    there = geometry.turn(at, degrees, about)
    assert math.dist(there, about) == pytest.approx(math.dist(at, about), abs=1e-6)
    assert geometry.turn(there, -degrees, about) == pytest.approx(at, abs=1e-6)


@given(GARBAGE, lengths, lengths)
def test_whatever_has_a_place_can_be_moved_and_turned(item: Any, dx: float, dy: float) -> None:
    at = geometry.position(item.kind, item.props)
    moved = geometry.moved(item.kind, item.props, dx, dy)
    turned = geometry.turned(item.kind, item.props, 10.0, (0.0, 0.0))
    assert (moved != {}) == (at is not None)
    if at is None:
        assert turned == {}
    else:
        after = geometry.position(item.kind, {**item.props, **moved})
        assert after == pytest.approx((at[0] + dx, at[1] + dy))
        assert geometry.position(item.kind, {**item.props, **turned}) is not None


@given(VALUES)
def test_surfaces_are_read_from_whatever_is_there(value: Any) -> None:
    found = geometry.surfaces({"interfaces": value})
    assert len(found) == (sum(isinstance(part, dict) for part in value) if isinstance(value, list) else 0)


def test_surface_without_ends_has_those_that_optiverse_gives_it() -> None:
    assert geometry.ends({}) == ((0.0, 0.0), (10.0, 0.0))


def test_picture_is_centred_on_the_first_surface() -> None:
    line = {"x1_mm": 4.0, "y1_mm": 0.0, "x2_mm": 4.0, "y2_mm": 10.0}
    other = {"x1_mm": 0.0, "y1_mm": 0.0, "x2_mm": 8.0, "y2_mm": 0.0}
    (_, a, b), (_, c, d) = geometry.surfaces({"interfaces": [line, other], "image_path": "picture.png"})
    assert (a, b, c, d) == ((0.0, -5.0), (0.0, 5.0), (-4.0, -5.0), (4.0, -5.0))
