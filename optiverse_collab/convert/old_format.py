"""Converts bench files from before version 2.0, which Optiverse no longer reads, to the current form.

Such a file states no version and has a list for each kind of element. Optiverse 0.2.7 and 0.3.4 open it
silently, show its notes and rulers alone, and a save destroys the rest.

An element was one straight line of a length in mm, horizontal and rotated by `angle_deg`; now it has the ends
of its line in the coordinates of its picture, in which it need not be horizontal. Angles were counted
counterclockwise until, some time after `line_px` was dropped, Optiverse counted them clockwise. A file that
can be from either time is read as the last version that could read it did.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, NamedTuple, TypeGuard

from optiverse_collab.convert.shapes import is_number, is_point

PICTURE_PX = 1000.0
"""The assumed height of a picture when `line_px` counts pixels."""


class _Element(NamedTuple):
    """The current form of an old kind of element.

    Attributes:
        category: the one in the library.
        fixed: properties of its interface that the old file lacks.
        optical: properties that moved from the element to its interface.
        angle_deg, height_mm: the defaults.
    """

    category: str
    fixed: Mapping[str, str]
    optical: tuple[str, ...]
    angle_deg: float
    height_mm: float


_PLATE = {"element_type": "polarizing_interface", "polarizer_subtype": "waveplate"}
_SPLITTER = ("split_T", "split_R", "is_polarizing", "pbs_transmission_axis_deg")
_DICHROIC = ("cutoff_wavelength_nm", "transition_width_nm", "pass_type")

ELEMENTS = {
    "lenses": _Element("lenses", {"element_type": "lens"}, ("efl_mm",), 90.0, 60.0),
    "mirrors": _Element("mirrors", {"element_type": "mirror"}, (), 45.0, 80.0),
    "beamsplitters": _Element("beamsplitters", {"element_type": "beam_splitter"}, _SPLITTER, 45.0, 80.0),
    "dichroics": _Element("dichroics", {"element_type": "dichroic"}, _DICHROIC, 45.0, 80.0),
    "waveplates": _Element("waveplates", _PLATE, ("phase_shift_deg", "fast_axis_deg"), 90.0, 36.6),
    "slms": _Element("misc", {"element_type": "mirror"}, (), 0.0, 80.0),
    "blocks": _Element("misc", {"element_type": "beam_block"}, (), 0.0, 80.0),
}
"""List of the old file → the current form of its entries."""

LISTS = frozenset(("sources", *ELEMENTS))


def is_old(bench: Mapping[str, Any]) -> bool:
    """Whether this is the content of a file from before version 2.0."""
    return "version" not in bench and any(isinstance(bench.get(name), list) for name in LISTS)


def converted(bench: Mapping[str, Any], warnings: list[str]) -> dict[str, Any]:
    """An old bench as a 2.0 bench: elements and sources become `items`, all else stays.

    Args:
        bench: an old one, for which `is_old` is true.
        warnings: gets a sentence about what to check.
    """
    rest = {name: value for name, value in bench.items() if name not in LISTS}
    sources = _entries(bench, "sources", warnings)
    elements = [
        (old, element) for name, element in ELEMENTS.items() for old in _entries(bench, name, warnings)
    ]
    if any({"line_px", "length_mm"} & old.keys() for old, _ in elements):
        for entry in (*sources, *(old for old, _ in elements)):
            entry["angle_deg"] = -_number(entry, "angle_deg", 0.0) % 360.0
    items = [{"_type": "source", **source} for source in sources]
    items += [_component(old, element) for old, element in elements]
    warnings.append(
        f"This file is from before version 2.0: its {len(items)} elements and sources were converted; "
        "check that angles and pictures are unchanged."
    )
    return {"version": "2.0", **rest, "items": items}


def _entries(bench: Mapping[str, Any], name: str, warnings: list[str]) -> list[dict[str, Any]]:
    """Copies of the entries of a list."""
    listed = bench.get(name, [])
    found = [dict(entry) for entry in listed if isinstance(entry, dict)] if isinstance(listed, list) else []
    if not isinstance(listed, list) or len(found) < len(listed):
        warnings.append(f"Left out: what of the {name!r} is not an object.")
    return found


def _component(old: Mapping[str, Any], element: _Element) -> dict[str, Any]:
    gone = {*element.optical, "length_mm", "line_px", "interfaces"}
    item = {"_type": "component", **{name: value for name, value in old.items() if name not in gone}}
    height = _number(old, "object_height_mm", _number(old, "length_mm", element.height_mm))
    interfaces = _interfaces(old, element, height)
    dx, dy = _direction(interfaces[0])
    clockwise = -math.degrees(math.atan2(dy, dx))  # y is up; angles count from the right, clockwise
    item["object_height_mm"] = height
    item["angle_deg"] = round((_number(old, "angle_deg", element.angle_deg) - clockwise) % 360.0, 9)
    item["category"] = element.category
    item["interfaces"] = interfaces
    return item


def _interfaces(old: Mapping[str, Any], element: _Element, height: float) -> list[dict[str, Any]]:
    """The lines of an element in the coordinates of its picture [mm, y up, 0 in the middle]."""
    stated = old.get("interfaces")
    if isinstance(stated, list) and stated and all(map(_is_interface, stated)):
        return stated if old.get("image_path") else _centred(stated)
    x, y = (max(1.0, height) / 2.0, 0.0)
    line = old.get("line_px")
    if old.get("image_path") and "object_height_mm" in old and _is_line(line):
        mm = height / PICTURE_PX
        x, y = (line[2] - line[0]) * mm / 2.0, (line[1] - line[3]) * mm / 2.0
    ends = {"x1_mm": -x + 0.0, "y1_mm": -y + 0.0, "x2_mm": x, "y2_mm": y}
    return [{**ends, **element.fixed, **{name: old[name] for name in element.optical if name in old}}]


def _centred(interfaces: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Interfaces relative to the middle of the first: without a picture, that is the item's position."""
    first = interfaces[0]
    middle = {axis: (first[f"{axis}1_mm"] + first[f"{axis}2_mm"]) / 2.0 for axis in "xy"}
    return [
        {**one, **{f"{axis}{end}_mm": one[f"{axis}{end}_mm"] - middle[axis] for axis in "xy" for end in "12"}}
        for one in interfaces
    ]


def _is_line(value: Any) -> TypeGuard[list[float]]:
    """``[x1, y1, x2, y2]``, longer than a point."""
    if not isinstance(value, list) or len(value) != 4:
        return False
    return is_point(value[:2]) and is_point(value[2:]) and value[:2] != value[2:]


def _is_interface(value: Any) -> bool:
    return isinstance(value, dict) and all(
        is_number(value.get(name)) for name in ("x1_mm", "y1_mm", "x2_mm", "y2_mm")
    )


def _direction(interface: Mapping[str, Any]) -> tuple[float, float]:
    return interface["x2_mm"] - interface["x1_mm"], interface["y2_mm"] - interface["y1_mm"]


def _number(entry: Mapping[str, Any], name: str, default: float) -> float:
    value = entry.get(name, default)
    return float(value) if is_number(value) else default
