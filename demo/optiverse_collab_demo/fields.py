"""The fields of the edit dialog, and the properties behind them. No Qt."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from optiverse_collab_demo import geometry
from optiverse_collab_demo.geometry import number
from optiverse_collab_demo.model import Item, Props

Value = float | str
Read = Callable[[Mapping[str, Any]], Value]
Write = Callable[[Mapping[str, Any], Value], Props]


class Field(NamedTuple):
    """One line of the dialog.

    Attributes:
        key: unique in the dialog.
        label: in front of it.
        form: ``number``, ``count``, ``line``, ``text`` or ``colour``.
        read: properties → what to show.
        write: properties and what was entered → the properties that change.
        unit: behind a number.
        low, high: of a number.
    """

    key: str
    label: str
    form: str
    read: Read
    write: Write
    unit: str = ""
    low: float = -1e6
    high: float = 1e6


def fields_of(item: Item) -> list[Field]:
    """The fields for an item, from top to bottom."""
    fields: list[Field] = []
    if item.kind in ("component", "group") or "name" in item.props:
        fields.append(_line("name", "Name"))
    if item.kind == "text":
        fields += [
            Field("text", "Text", "text", _reads_text("text"), lambda props, value: {"text": value}),
            _colour("color", "Colour"),
            _number("point_size", "Size", 11.0, "pt", 3.0, 200.0),
        ]
    if geometry.point(item.props.get("pos")) is not None:
        fields += [_coordinate(0, "X"), _coordinate(1, "Y")]
    if item.kind == "ruler":
        count = len(geometry.points(item.props))
        fields += [_corner(n, axis) for n in range(min(count, 4)) for axis in (0, 1)]
    if item.kind in ("component", "source", "rectangle") or "angle_deg" in item.props:
        fields.append(_number("angle_deg", "Angle", 0.0, "°", -360.0, 360.0))
    if item.kind == "source":
        fields += [
            _colour("color_hex", "Colour"),
            Field("n_rays", "Rays", "count", _reads("n_rays", 9), _writes_count("n_rays"), "", 1, 64),
            _number("size_mm", "Aperture", 10.0, "mm", 0.0, 1000.0),
            _number("spread_deg", "Spread", 0.0, "°", 0.0, 90.0),
            _number("ray_length_mm", "Reach", 1000.0, "mm", 0.0, 1e5),
            _number("wavelength_nm", "Wavelength", 0.0, "nm", 0.0, 20000.0),
        ]
    kinds = {surface.get("element_type") for surface in geometry.interfaces(item.props)}
    if "lens" in kinds:
        fields.append(_surface("lens", "efl_mm", "Focal length", 100.0, "mm", -1e5, 1e5))
    if "mirror" in kinds:
        fields.append(_surface("mirror", "reflectivity", "Reflectivity", 100.0, "%", 0.0, 100.0))
    if "beam_splitter" in kinds:
        fields.append(_surface("beam_splitter", "split_T", "Transmission", 50.0, "%", 0.0, 100.0))
        fields.append(_surface("beam_splitter", "split_R", "Reflection", 50.0, "%", 0.0, 100.0))
    return fields


def _reads(name: str, default: float) -> Read:
    return lambda props: number(props.get(name), default)


def _reads_text(name: str) -> Read:
    def read(props: Mapping[str, Any]) -> Value:
        value = props.get(name)
        return value if isinstance(value, str) else ""

    return read


def _writes_count(name: str) -> Write:
    return lambda props, value: {name: int(value)}


def _line(name: str, label: str) -> Field:
    return Field(name, label, "line", _reads_text(name), lambda props, value: {name: value})


def _colour(name: str, label: str) -> Field:
    return Field(name, label, "colour", _reads_text(name), lambda props, value: {name: value})


def _number(name: str, label: str, default: float, unit: str, low: float, high: float) -> Field:
    return Field(
        name, label, "number", _reads(name, default), lambda props, value: {name: value}, unit, low, high
    )


def _coordinate(axis: int, label: str) -> Field:
    def read(props: Mapping[str, Any]) -> Value:
        return (geometry.point(props.get("pos")) or (0.0, 0.0))[axis]

    def write(props: Mapping[str, Any], value: Value) -> Props:
        pos = props.get("pos")
        entries = list(pos) if isinstance(pos, (list, tuple)) and len(pos) == 2 else [0.0, 0.0]
        entries[axis] = value
        return {"pos": entries}

    return Field(label.lower(), label, "number", read, write, "mm")


def _corner(n: int, axis: int) -> Field:
    def read(props: Mapping[str, Any]) -> Value:
        corners = geometry.points(props)
        return corners[n][axis] if n < len(corners) else 0.0

    def write(props: Mapping[str, Any], value: Value) -> Props:
        corners = [list(corner) for corner in geometry.points(props)]
        if n >= len(corners):
            return {}
        corners[n][axis] = float(value)
        return {"points": corners} if "points" in props else {"p1": corners[0], "p2": corners[1]}

    label = f"{'XY'[axis]} {n + 1}"
    return Field(label.lower().replace(" ", ""), label, "number", read, write, "mm")


def _surface(kind: str, name: str, label: str, default: float, unit: str, low: float, high: float) -> Field:
    """A property of the surfaces of one kind; what is entered holds for all of them."""

    def read(props: Mapping[str, Any]) -> Value:
        for surface in geometry.interfaces(props):
            if surface.get("element_type") == kind:
                return number(surface.get(name), default)
        return default

    def write(props: Mapping[str, Any], value: Value) -> Props:
        surfaces = props.get("interfaces")
        return {
            "interfaces": [
                {**entry, name: value}
                if isinstance(entry, dict) and entry.get("element_type") == kind
                else entry
                for entry in (surfaces if isinstance(surfaces, list) else ())
            ]
        }

    return Field(name, label, "number", read, write, unit, low, high)
