"""Places of items, and their properties after a move or a turn. No Qt.

Millimetres, y up. Angles as Optiverse writes them: degrees, clockwise, 0 is to the right. (Except for
rectangles, whose `angle_deg` Optiverse counts counter-clockwise.)
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

Point = tuple[float, float]

_MOST = 1e9  # In mm a thousand kilometres: more than any bench, and products would overflow.


def number(value: Any, default: float) -> float:
    """`value` if it is a number that can mean something on a bench, and else `default`."""
    if isinstance(value, (int, float)) and not isinstance(value, bool) and -_MOST <= value <= _MOST:
        return float(value)
    return default


def point(value: Any) -> Point | None:
    """``[x_mm, y_mm]`` as a point; None if it isn't one."""
    if not isinstance(value, (list, tuple)) or len(value) != 2:
        return None
    x, y = number(value[0], math.nan), number(value[1], math.nan)
    return None if math.isnan(x) or math.isnan(y) else (x, y)


def points(props: Mapping[str, Any]) -> list[Point]:
    """The corners of a ruler; empty if it has none."""
    value = props.get("points")
    if not isinstance(value, (list, tuple)):
        value = [props.get("p1"), props.get("p2")]
    found = [point(entry) for entry in value]
    return [entry for entry in found if entry is not None] if None not in found else []


def position(kind: str, props: Mapping[str, Any]) -> Point | None:
    """The place of an item; the start of a ruler. None for items without a place."""
    if kind == "ruler":
        corners = points(props)
        return corners[0] if corners else None
    return point(props.get("pos"))


def middle(kind: str, props: Mapping[str, Any]) -> Point | None:
    """About which an item turns: a ruler's middle, the place of anything else."""
    corners = points(props) if kind == "ruler" else []
    return mean(corners) if corners else position(kind, props)


def mean(places: Sequence[Point]) -> Point:
    """The middle of one point or more."""
    return sum(x for x, _ in places) / len(places), sum(y for _, y in places) / len(places)


def angle(props: Mapping[str, Any]) -> float:
    """`angle_deg`, or 0."""
    return number(props.get("angle_deg"), 0.0)


def clockwise(kind: str, props: Mapping[str, Any]) -> float:
    """By how much an item is turned, in degrees."""
    return -angle(props) if kind == "rectangle" else angle(props)


def turn(at: Point, degrees: float, about: Point) -> Point:
    """`at`, turned clockwise."""
    a = math.radians(-degrees)
    x, y = at[0] - about[0], at[1] - about[1]
    return about[0] + x * math.cos(a) - y * math.sin(a), about[1] + x * math.sin(a) + y * math.cos(a)


def moved(kind: str, props: Mapping[str, Any], dx: float, dy: float) -> dict[str, Any]:
    """The properties that change when an item moves by `dx`, `dy` mm; none if it has no place."""
    if kind == "ruler":
        return _with_points(props, [(x + dx, y + dy) for x, y in points(props)])
    at = point(props.get("pos"))
    return {} if at is None else {"pos": [at[0] + dx, at[1] + dy]}


def turned(kind: str, props: Mapping[str, Any], degrees: float, about: Point) -> dict[str, Any]:
    """The properties that change when an item turns clockwise about a point."""
    if kind == "ruler":
        return _with_points(props, [turn(at, degrees, about) for at in points(props)])
    at = point(props.get("pos"))
    if at is None:
        return {}
    changes: dict[str, Any] = {}
    if at != about:
        changes["pos"] = list(turn(at, degrees, about))
    if kind != "text":
        by = -degrees if kind == "rectangle" else degrees
        changes["angle_deg"] = (angle(props) + by) % 360.0
    return changes


def _with_points(props: Mapping[str, Any], corners: list[Point]) -> dict[str, Any]:
    if not corners:
        return {}
    if isinstance(props.get("points"), (list, tuple)):
        return {"points": [list(corner) for corner in corners]}
    return {"p1": list(corners[0]), "p2": list(corners[1])}


def interfaces(props: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The optical surfaces of a component."""
    value = props.get("interfaces")
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []


def ends(interface: Mapping[str, Any]) -> tuple[Point, Point]:
    """Both ends of a surface, in the item's own coordinates as the file has them."""
    return (
        (number(interface.get("x1_mm"), 0.0), number(interface.get("y1_mm"), 0.0)),
        (number(interface.get("x2_mm"), 10.0), number(interface.get("y2_mm"), 0.0)),
    )


def surfaces(props: Mapping[str, Any]) -> list[tuple[Mapping[str, Any], Point, Point]]:
    """Each interface with its ends, in mm from the item's position, not turned.

    Optiverse centres an item that has a picture on its first interface, so this does, too.
    """
    found = [(entry, *ends(entry)) for entry in interfaces(props)]
    if not found or not props.get("image_path"):
        return found
    _, (x1, y1), (x2, y2) = found[0]
    cx, cy = (x1 + x2) / 2, (y1 + y2) / 2
    return [(entry, (a[0] - cx, a[1] - cy), (b[0] - cx, b[1] - cy)) for entry, a, b in found]
