"""How items look in a picture: lines in mm, y up."""

from __future__ import annotations

import math
from typing import Any

import pytest

from optiverse_collab.convert.outlines import Point
from optiverse_collab.core.records import Record
from optiverse_collab.report.symbols import symbol


def surface(kind: str, *ends: float) -> dict[str, Any]:
    """An interface of a component."""
    return {**dict(zip(("x1_mm", "y1_mm", "x2_mm", "y2_mm"), ends, strict=True)), "element_type": kind}


def lines(kind: str, **props: Any) -> list[list[Point]]:
    """The lines of an item's symbol, to the nanometre."""
    found = symbol(Record("i", kind, props))
    assert found is not None
    return [[(round(x, 6) + 0.0, round(y, 6) + 0.0) for x, y in path] for path in found.paths]


def test_a_mirror_is_a_line_turned_clockwise_about_its_place() -> None:
    """As in Optiverse: 90° points down."""
    mirror = {"pos": [100.0, 50.0], "interfaces": [surface("mirror", 0.0, 0.0, 10.0, 0.0)]}
    assert lines("component", **mirror) == [[(100.0, 50.0), (110.0, 50.0)]]
    assert lines("component", **mirror, angle_deg=90.0) == [[(100.0, 50.0), (100.0, 40.0)]]
    assert lines("component", **mirror, angle_deg=-270) == [[(100.0, 50.0), (100.0, 40.0)]]
    found = symbol(Record("i", "component", mirror))
    assert found is not None
    assert found.is_heavy


def test_an_item_with_a_picture_is_centred_on_its_first_surface() -> None:
    surfaces = [surface("waveplate", 10, -5, 10, 5), surface("waveplate", 12, -5, 12, 5)]
    assert lines("component", pos=[0, 0], image_path="a.png", interfaces=surfaces) == [
        [(0.0, -5.0), (0.0, 5.0)],
        [(2.0, -5.0), (2.0, 5.0)],
    ]


def test_lenses_and_beam_splitters_have_their_outline() -> None:
    [outline] = lines("component", pos=[0, 0], interfaces=[surface("lens", 0, -10, 0, 10)])
    assert outline[0] == outline[-1] == (0.0, -10.0)
    assert (0.0, 10.0) in outline
    assert max(x for x, _ in outline) == -min(x for x, _ in outline) == 2.0
    [diagonal, square] = lines("component", pos=[0, 0], interfaces=[surface("beam_splitter", -5, -5, 5, 5)])
    assert diagonal == [(-5.0, -5.0), (5.0, 5.0)]
    assert set(square) == {(-5.0, -5.0), (-5.0, 5.0), (5.0, 5.0), (5.0, -5.0)}


def test_others_have_a_shape_of_their_size() -> None:
    box = [(-5.0, -5.0), (5.0, -5.0), (5.0, 5.0), (-5.0, 5.0), (-5.0, -5.0)]
    assert lines("component", pos=[0, 0], object_height_mm=10) == [box]
    assert lines("of a newer version", pos=[0, 0], object_height_mm=10, interfaces=7) == [box]
    assert lines("rectangle", pos=[0, 0], size_mm=[10, 10]) == [box]
    assert lines("rectangle", pos=[0, 0], size_mm="big") == []
    assert lines("source", pos=[0, 0], size_mm=10) == [
        [(-10.0, -5.0), (0.0, 0.0), (-10.0, 5.0), (-10.0, -5.0)]
    ]
    assert lines("text", pos=[1, 2], text="Note") == []


def test_rectangles_turn_the_other_way() -> None:
    """As in Optiverse."""
    [[corner, *_]] = lines("rectangle", pos=[0, 0], size_mm=[10, 10], angle_deg=90)
    assert corner == (5.0, -5.0)


def test_rulers_and_angles_are_where_their_points_are() -> None:
    assert (
        lines("ruler", points=[[0, 0], [3, 4]]) == lines("ruler", p1=[0, 0], p2=[3, 4]) == [[(0, 0), (3, 4)]]
    )
    assert lines("angle_measure", vertex=[0, 0], point1=[1, 0], point2=[0, 1]) == [[(1, 0), (0, 0), (0, 1)]]


@pytest.mark.parametrize(
    ("kind", "props"),
    [
        ("component", {}),
        ("component", {"pos": None}),
        ("component", {"pos": [1, 2, 3]}),
        ("component", {"pos": [True, 0]}),
        ("component", {"pos": ["1", "2"]}),
        ("component", {"pos": [1e10, 0]}),
        ("component", {"pos": [0, 10**400]}),
        ("group", {"name": "G"}),
        ("path_measure", {"ray_index": 0}),
        ("ruler", {"points": [[0, 0], None]}),
        ("ruler", {"points": []}),
        ("angle_measure", {"vertex": [0, 0]}),
    ],
)
def test_without_a_place_there_is_no_symbol(kind: str, props: dict[str, Any]) -> None:
    assert symbol(Record("i", kind, props)) is None


@pytest.mark.parametrize("odd", [None, "x", True, [], {}, 1e300, -1e300, 1e-300])
def test_odd_values_give_finite_lines(odd: Any) -> None:
    ends = {"x1_mm": odd, "y1_mm": odd, "x2_mm": odd, "y2_mm": odd, "element_type": odd}
    props = {"pos": [0, 0], "angle_deg": odd, "object_height_mm": odd, "size_mm": odd}
    for kind in ("component", "source", "rectangle", "text"):
        for interfaces in (odd, [odd], [ends], [ends] * 500):
            found = lines(kind, **props, interfaces=interfaces, image_path=odd)
            assert all(math.isfinite(part) for line in found for point in line for part in point)
            assert len(found) <= 100


def test_a_ruler_of_many_points_is_cut() -> None:
    [line] = lines("ruler", points=[[number, 0] for number in range(1000)])
    assert len(line) == 101
