"""The forms of properties that Optiverse can open.

Optiverse 0.2.7 and 0.3.4 guard against bad values in ``items``, mostly; one bad value in an
annotation makes the whole file fail to open. So a record with such a value is set aside
(docs/bench-format.md), which keeps the rest of the bench readable.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, TypeGuard

from optiverse_collab.core.records import Record


def is_number(value: Any) -> TypeGuard[float]:
    """A finite number, not a boolean, and of 64 bits if it is an integer."""
    if isinstance(value, float):
        return math.isfinite(value)
    return isinstance(value, int) and not isinstance(value, bool) and -(2**63) <= value < 2**64


def is_text(value: Any) -> bool:
    """Text, empty or not."""
    return isinstance(value, str)


def is_text_or_none(value: Any) -> bool:
    """Text or null."""
    return value is None or isinstance(value, str)


def is_point(value: Any) -> bool:
    """``[x_mm, y_mm]``."""
    return isinstance(value, (list, tuple)) and len(value) == 2 and all(map(is_number, value))


def is_points(value: Any) -> bool:
    """Two points or more."""
    return isinstance(value, (list, tuple)) and len(value) >= 2 and all(map(is_point, value))


def is_jones(value: Any) -> bool:
    """``[Re Ex, Im Ex, Re Ey, Im Ey]``."""
    return isinstance(value, (list, tuple)) and len(value) == 4 and all(map(is_number, value))


def is_interfaces(value: Any) -> bool:
    """The interfaces of a component: a list of objects, or null."""
    return value is None or (isinstance(value, list) and all(isinstance(part, dict) for part in value))


def is_link(value: Any) -> bool:
    """Whether Optiverse can read this as the link of a group to another file."""
    return (
        isinstance(value, dict)
        and isinstance(value.get("source_path"), str)
        and all(is_number(value.get(name, 0.0)) for name in ("offset_x", "offset_y", "rotation_deg"))
    )


Shape = Callable[[Any], bool]

_ITEM: dict[str, Shape] = {
    "pos": is_point,
    "angle_deg": is_number,
    "z_value": is_number,
    "image_path": is_text_or_none,
    "interfaces": is_interfaces,
}

SHAPES: dict[str, dict[str, Shape]] = {
    "component": _ITEM,
    "source": {**_ITEM, "custom_jones": is_jones, "color_hex": is_text},
    "ruler": {"points": is_points, "z_value": is_number},
    "text": {
        "text": is_text,
        "pos": is_point,
        "x": is_number,
        "y": is_number,
        "color": is_text,
        "point_size": is_number,
        "owner_offset": is_point,
        "owner_offset_x": is_number,
        "owner_offset_y": is_number,
        "z_value": is_number,
    },
    "rectangle": {
        "pos": is_point,
        "x": is_number,
        "y": is_number,
        "size_mm": is_point,
        "width_mm": is_number,
        "height_mm": is_number,
        "angle_deg": is_number,
        "z_value": is_number,
    },
    "path_measure": {
        "ray_index": is_number,
        "start_param": is_number,
        "end_param": is_number,
        "label_prefix": is_text,
        "z_value": is_number,
    },
    "angle_measure": {
        "vertex": is_point,
        "point1": is_point,
        "point2": is_point,
        "z_value": is_number,
    },
}

_NOT_SAVED = "angle_measure"

_NEEDED = {"angle_measure": ("vertex", "point1", "point2")}


def can_be_opened(record: Record) -> bool:
    """Whether an item's properties have the forms that Optiverse expects."""
    props = record.props
    shapes = SHAPES.get(record.kind, _ITEM)
    if not all(shape(props[name]) for name, shape in shapes.items() if name in props):
        return False
    if record.kind == "ruler" and "points" not in props:  # as in very old files
        return is_point(props.get("p1")) and is_point(props.get("p2"))
    return all(name in props for name in _NEEDED.get(record.kind, ()))


def is_saved(record: Record) -> bool:
    """Whether an editor that opens and saves a file keeps an item; it drops those that it can't show."""
    return record.kind in SHAPES and record.kind != _NOT_SAVED and can_be_opened(record)
