"""Where items lie, and whether a beam meets them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from optiverse_collab.convert import read_bench, records_from_bench
from optiverse_collab.convert.outlines import TOUCH_MM, Line, interface_lines, is_met, lines_of
from optiverse_collab.core.records import Record
from optiverse_collab_demo.beams import surfaces_of
from tests.helpers.benches import DATA


def item(kind: str = "component", **props: Any) -> Record:
    """An item."""
    return Record("id", kind, props)


def corners(lines: Iterable[Line]) -> list[tuple[float, float]]:
    """The ends of lines, rounded; each once."""
    ends = (end for line in lines for end in line)
    return sorted({(round(x, 6) + 0.0, round(y, 6) + 0.0) for x, y in ends})


UPRIGHT = {"x1_mm": 1.0, "y1_mm": 10.0, "x2_mm": 1.0, "y2_mm": -10.0}


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        (item(pos=[5.0, 7.0], interfaces=[UPRIGHT]), [(6.0, -3.0), (6.0, 17.0)]),
        (item(pos=[5.0, 7.0], angle_deg=90.0, interfaces=[UPRIGHT]), [(-5.0, 6.0), (15.0, 6.0)]),
        (item(pos=[5.0, 7.0], interfaces=[UPRIGHT], image_path="x.png"), [(5.0, -3.0), (5.0, 17.0)]),
        (item(pos=[0, 0], interfaces=[{}]), [(0.0, 0.0), (10.0, 0.0)]),
        (item(pos=[0, 0], object_height_mm=4.0), [(-2.0, -2.0), (-2.0, 2.0), (2.0, -2.0), (2.0, 2.0)]),
        (item("source", pos=[1.0, 0.0]), [(1.0, -5.0), (1.0, 5.0)]),
        (item("source", pos=[1.0, 0.0], angle_deg=90.0, size_mm=2.0), [(0.0, 0.0), (2.0, 0.0)]),
        (item("ruler", points=[[0, 0], [3, 4], [6, 4]]), [(0.0, 0.0), (3.0, 4.0), (6.0, 4.0)]),
        (item("ruler", p1=[0, 0], p2=[3, 4]), [(0.0, 0.0), (3.0, 4.0)]),
        (
            item("angle_measure", vertex=[0, 0], point1=[1, 0], point2=[0, 1]),
            [(0.0, 0.0), (0.0, 1.0), (1.0, 0.0)],
        ),
        (item("text", pos=[0.0, 0.0], text="D1"), []),
        (item("ruler"), []),
        (item("angle_measure", vertex=[0, 0]), []),
        (item("rectangle", pos=[0, 0], size_mm=4), []),
        (item(interfaces=[UPRIGHT]), []),
        (item("from the future", pos=[0, 0]), []),
    ],
)
def test_lines_of_an_item(record: Record, expected: list[tuple[float, float]]) -> None:
    assert corners(lines_of(record)) == expected


def test_rectangles_turn_the_other_way() -> None:
    """As in Optiverse."""
    [tip, *_] = lines_of(item("rectangle", pos=[0, 0], size_mm=[4, 2], angle_deg=45.0))
    assert tip[1] == pytest.approx((3 / 2**0.5, 1 / 2**0.5))


@pytest.mark.parametrize("file", ["bench_small.json", "bench_300.json", "assemblies/two_mirror.json"])
def test_interfaces_are_where_the_demo_bench_has_them(file: str) -> None:
    compared = 0
    for record in records_from_bench(read_bench(DATA / file)).records.values():
        surfaces = [(surface.a, surface.b) for surface in surfaces_of(record.props)]
        if surfaces and len(surfaces) == len(interface_lines(record)):
            compared += 1
            assert corners(lines_of(record)) == corners(surfaces)
    assert compared > 1


@pytest.mark.parametrize("bad", [None, "x", [], [1.0], {}, True, 1e308, [[1, 2], "x"], 10**30])
@pytest.mark.parametrize("kind", ["component", "source", "ruler", "rectangle", "angle_measure"])
def test_strange_values_do_no_harm(kind: str, bad: object) -> None:
    names = ("interfaces", "angle_deg", "size_mm", "points", "vertex", "object_height_mm", "p1")
    good = {"pos": [0.0, 0.0], "interfaces": [UPRIGHT]}
    for props in ({**good, name: bad} for name in (*names, "pos")):
        lines = lines_of(Record("id", kind, props))
        assert is_met(lines, [((-1.0, 0.0), (1.0, 0.0))]) in (True, False)
    assert lines_of(Record("id", kind, {"pos": [0, 0], "interfaces": [bad], "size_mm": 2})) is not None


@pytest.mark.parametrize(
    ("beam", "meets"),
    [
        (((-5.0, 0.0), (5.0, 0.0)), True),
        (((-5.0, 2.0), (0.0, 2.0)), True),
        (((-5.0, 2.0), (-TOUCH_MM / 2, 2.0)), True),
        (((-5.0, 2.0), (-TOUCH_MM * 2, 2.0)), False),
        (((0.0, 2.0), (5.0, 2.0)), True),
        (((1.0, 2.0), (5.0, 2.0)), False),
        (((-5.0, 10.01), (5.0, 10.01)), False),
        (((0.0, -5.0), (0.0, 5.0)), False),
        (((0.0, 0.0), (0.0, 0.0)), False),
    ],
)
def test_a_beam_meets_what_it_crosses_or_ends_on(beam: Line, meets: bool) -> None:
    assert is_met([((0.0, -10.0), (0.0, 10.0))], [beam]) is meets
