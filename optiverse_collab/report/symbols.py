"""How items look in a picture: lines in millimetres, y up, as Optiverse has them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from optiverse_collab.core.records import Record

Point = tuple[float, float]

_MOST = 1e9
"""In mm, a thousand kilometres; what is farther away has no place on a bench."""

_PARTS = 100
"""An item is drawn with at most this many surfaces or corners."""

_ARC = 6
"""From how many straight lines half the outline of a lens is made."""


class Line(NamedTuple):
    """A part of a symbol.

    Attributes:
        points: its corners; closed if it ends where it begins.
        is_heavy: drawn thick, like what stops or turns a beam.
    """

    points: tuple[Point, ...]
    is_heavy: bool = False


class Symbol(NamedTuple):
    """How an item looks where it stands.

    Attributes:
        at: its place.
        lines: the parts; none for text.
    """

    at: Point
    lines: tuple[Line, ...]


def symbol(record: Record) -> Symbol | None:
    """The symbol of a record; None if it has no place."""
    props = record.props
    corners = _corners(record)
    if corners:
        middle = len(corners) // 2
        return Symbol(corners[middle], (Line(tuple(corners)),))
    at = _point(props.get("pos"))
    if at is None:
        return None
    # Optiverse counts the angles of rectangles in the other direction.
    degrees = _number(props.get("angle_deg"), 0.0) * (1 if record.kind == "rectangle" else -1)
    lines = [
        Line(tuple(_placed(point, at, degrees) for point in line), heavy) for line, heavy in _own(record)
    ]
    return Symbol(at, tuple(lines))


def _own(record: Record) -> Iterator[Line]:
    """The parts of an item around its place, before it is turned."""
    props = record.props
    surfaces = _surfaces(props)
    if record.kind == "text":
        return
    if surfaces:
        for kind, a, b in surfaces:
            yield from _SHAPES.get(kind, _flat)(a, b)
    elif record.kind == "rectangle":
        width, height = _point(props.get("size_mm")) or (40.0, 40.0)
        yield _box(width, height)
    elif record.kind == "source":
        half = max(_number(props.get("size_mm"), 10.0) / 2, 5.0)
        yield Line(((-2 * half, half), (0.0, 0.0), (-2 * half, -half), (-2 * half, half)))
    else:
        height = _number(props.get("object_height_mm"), 20.0)
        yield _box(height, height)


def _box(width: float, height: float) -> Line:
    x, y = width / 2, height / 2
    return Line(((-x, -y), (x, -y), (x, y), (-x, y), (-x, -y)))


def _flat(a: Point, b: Point) -> Iterator[Line]:
    yield Line((a, b))


def _thick(a: Point, b: Point) -> Iterator[Line]:
    yield Line((a, b), is_heavy=True)


def _lens(a: Point, b: Point) -> Iterator[Line]:
    """Two arcs that meet at the rim."""
    x, y, dx, dy = (a[0] + b[0]) / 2, (a[1] + b[1]) / 2, (b[0] - a[0]) / 2, (b[1] - a[1]) / 2
    steps = [index * math.pi / _ARC for index in range(2 * _ARC + 1)]
    yield Line(
        tuple(
            (x - dx * math.cos(t) - dy * 0.2 * math.sin(t), y - dy * math.cos(t) + dx * 0.2 * math.sin(t))
            for t in steps
        )
    )


def _cube(a: Point, b: Point) -> Iterator[Line]:
    """The square with this diagonal."""
    x, y, dx, dy = (a[0] + b[0]) / 2, (a[1] + b[1]) / 2, (b[0] - a[0]) / 2, (b[1] - a[1]) / 2
    yield Line((a, b))
    yield Line((a, (x - dy, y + dx), b, (x + dy, y - dx), a))


_SHAPES = {"lens": _lens, "beam_splitter": _cube, "mirror": _thick, "dichroic": _thick, "beam_block": _thick}


def _surfaces(props: Mapping[str, Any]) -> list[tuple[str, Point, Point]]:
    """The type and both ends of each surface; Optiverse centres an item with a picture on its first one."""
    entries = props.get("interfaces")
    found = []
    for entry in entries[:_PARTS] if isinstance(entries, list) else ():
        if isinstance(entry, dict):
            ends = [_number(entry.get(f"{name}_mm"), default) for name, default in _ENDS]
            found.append((str(entry.get("element_type")), (ends[0], ends[1]), (ends[2], ends[3])))
    if not found or not props.get("image_path"):
        return found
    _, (x1, y1), (x2, y2) = found[0]
    x, y = (x1 + x2) / 2, (y1 + y2) / 2
    return [(kind, (a[0] - x, a[1] - y), (b[0] - x, b[1] - y)) for kind, a, b in found]


_ENDS = (("x1", 0.0), ("y1", 0.0), ("x2", 10.0), ("y2", 0.0))


def _corners(record: Record) -> list[Point]:
    """The corners of what has no place, but a line on the bench: rulers and angles."""
    props = record.props
    if record.kind == "ruler":
        value = props.get("points")
        points = value if isinstance(value, (list, tuple)) else [props.get("p1"), props.get("p2")]
    elif record.kind == "angle_measure":
        points = [props.get(name) for name in ("point1", "vertex", "point2")]
    else:
        return []
    found = [_point(one) for one in points[:_PARTS]]
    return [one for one in found if one is not None] if None not in found else []


def _placed(point: Point, at: Point, degrees: float) -> Point:
    """A point of an item, turned counter-clockwise about its place."""
    angle = math.radians(degrees % 360.0)
    x, y = point
    return (
        at[0] + x * math.cos(angle) - y * math.sin(angle),
        at[1] + x * math.sin(angle) + y * math.cos(angle),
    )


def _point(value: Any) -> Point | None:
    if not isinstance(value, (list, tuple)) or len(value) != 2:
        return None
    x, y = (_number(part, math.nan) for part in value)
    return None if math.isnan(x) or math.isnan(y) else (x, y)


def _number(value: Any, default: float) -> float:
    """A number that can mean something on a bench, or else `default`."""
    if isinstance(value, (int, float)) and not isinstance(value, bool) and -_MOST <= value <= _MOST:
        return float(value)
    return default
