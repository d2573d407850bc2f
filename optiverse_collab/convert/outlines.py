"""Where items lie on the bench, as lines, and whether a beam meets them. Pure, for ray engines.

In mm, y up; angles as records have them, in degrees clockwise.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Any

from optiverse_collab.convert.shapes import is_number, is_point, is_points
from optiverse_collab.core.records import Record

Point = tuple[float, float]
Line = tuple[Point, Point]

TOUCH_MM = 1e-6
"""A beam that ends this close to a line meets it: the sums of its engine aren't exact."""

_ENDS = {"x1_mm": 0.0, "y1_mm": 0.0, "x2_mm": 10.0, "y2_mm": 0.0}


def interface_lines(record: Record) -> list[tuple[Mapping[str, Any], Line]]:
    """The optical interfaces of an item, and where they lie; none without a place.

    Optiverse centres an item that has a picture on its first interface.
    """
    stated = record.props.get("interfaces")
    interfaces = [one for one in stated if isinstance(one, dict)] if isinstance(stated, list) else []
    ends = [[_number(one.get(name), default) for name, default in _ENDS.items()] for one in interfaces]
    dx, dy = 0.0, 0.0
    if ends and record.props.get("image_path"):
        dx, dy = (ends[0][0] + ends[0][2]) / 2, (ends[0][1] + ends[0][3]) / 2
    lines = [((x1 - dx, y1 - dy), (x2 - dx, y2 - dy)) for x1, y1, x2, y2 in ends]
    return list(zip(interfaces, _placed(record, lines), strict=False))


def lines_of(record: Record) -> list[Line]:
    """The lines that a beam meets if it hits an item; none if there is nothing to hit, as in a text.

    These are its optical interfaces, the aperture of a source, the sides of a rectangle, the legs of a ruler
    or an angle. Another item that has a height is a box of that size.
    """
    props = record.props
    if record.kind in ("ruler", "angle_measure"):
        return _legs(props)
    interfaces = interface_lines(record)
    if interfaces:
        return [line for _, line in interfaces]
    if record.kind == "source":
        half = _number(props.get("size_mm"), 10.0) / 2
        return _placed(record, [((0.0, -half), (0.0, half))])
    size: Any = props.get("size_mm") if record.kind == "rectangle" else [props.get("object_height_mm")] * 2
    return _placed(record, _box(*size)) if is_point(size) else []


def is_met(lines: Iterable[Line], beams: Iterable[Line]) -> bool:
    """Whether one of these beams crosses one of these lines, or ends on it."""
    wanted = list(lines)
    return any(_meet(beam, line) for beam in beams for line in wanted)


def _legs(props: Mapping[str, Any]) -> list[Line]:
    """A ruler's and an angle's lines, which state their points on the bench."""
    points = props.get("points", [props.get(name) for name in ("p1", "p2")])
    if "vertex" in props:
        points = [props.get(name) for name in ("point1", "vertex", "point2")]
    return list(pairwise((float(x), float(y)) for x, y in points)) if is_points(points) else []


def _box(width: float, height: float) -> list[Line]:
    x, y = width / 2, height / 2
    return list(pairwise([(-x, -y), (x, -y), (x, y), (-x, y), (-x, -y)]))


def _placed(record: Record, lines: Iterable[Line]) -> list[Line]:
    """Lines around the place of an item, where they lie on the bench.

    Quirk: of rectangles alone, Optiverse counts the angle counter-clockwise.
    """
    at: Any = record.props.get("pos")
    if not is_point(at):
        return []
    degrees = _number(record.props.get("angle_deg"), 0.0)
    turn = math.radians(degrees if record.kind == "rectangle" else -degrees)
    c, s = math.cos(turn), math.sin(turn)
    return [
        (
            (at[0] + c * ax - s * ay, at[1] + s * ax + c * ay),
            (at[0] + c * bx - s * by, at[1] + s * bx + c * by),
        )
        for (ax, ay), (bx, by) in lines
    ]


def _meet(beam: Line, line: Line) -> bool:
    (px, py), (qx, qy) = beam
    (ax, ay), (bx, by) = line
    dx, dy, ex, ey = qx - px, qy - py, bx - ax, by - ay
    cross = dx * ey - dy * ex
    if cross == 0.0:
        return False
    along = ((ax - px) * ey - (ay - py) * ex) / cross
    across = ((ax - px) * dy - (ay - py) * dx) / cross
    spare = TOUCH_MM / math.hypot(dx, dy)
    return -spare <= along <= 1.0 + spare and 0.0 <= across <= 1.0


def _number(value: Any, default: float) -> float:
    return float(value) if is_number(value) else default
