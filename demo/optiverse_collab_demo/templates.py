"""New items, as Optiverse would write them. No Qt."""

from __future__ import annotations

from typing import Any, NamedTuple

from optiverse_collab_demo.geometry import Point


class Template(NamedTuple):
    """Something to insert.

    Attributes:
        key: for code.
        title: for menus.
        shortcut: for its menu entry.
        kind: of the item.
        props: of the item, except for its place.
    """

    key: str
    title: str
    shortcut: str
    kind: str
    props: dict[str, Any]


def _component(name: str, category: str, end: Point, angle: float, **surface: Any) -> dict[str, Any]:
    """A component with one surface, from `end` (mm from the middle) to the point across the middle."""
    x, y = end
    line = {"x1_mm": x, "y1_mm": y, "x2_mm": 0.0 - x, "y2_mm": 0.0 - y}
    height = 2 * y
    return {
        "angle_deg": angle,
        "object_height_mm": height,
        "image_path": "",
        "mm_per_pixel": height / 1000.0,
        "name": name,
        "interfaces": [{**line, "name": "", **surface}],
        "category": category,
        "locked": False,
        "z_value": 0.0,
    }


_SOURCE = {
    "angle_deg": 0.0,
    "size_mm": 10.0,
    "n_rays": 5,
    "ray_length_mm": 1000.0,
    "spread_deg": 0.0,
    "color_hex": "#dc143c",
    "wavelength_nm": 633.0,
    "polarization_type": "horizontal",
    "polarization_angle_deg": 0.0,
    "custom_jones": [1.0, 0.0, 0.0, 0.0],
    "use_custom_jones": False,
    "locked": False,
    "z_value": 0.0,
}

TEMPLATES = (
    Template("source", "Source", "Ctrl+1", "source", _SOURCE),
    Template(
        "lens", "Lens", "Ctrl+2", "component",
        _component("Lens", "lenses", (0.0, 25.4), 0.0, element_type="lens", efl_mm=100.0),
    ),
    Template(
        "mirror", "Mirror", "Ctrl+3", "component",
        _component("Mirror", "mirrors", (0.0, 25.4), 45.0, element_type="mirror", reflectivity=100.0),
    ),
    Template(
        "beamsplitter", "Beamsplitter", "Ctrl+4", "component",
        _component(
            "Beamsplitter", "beamsplitters", (25.4, 25.4), 0.0, element_type="beam_splitter",
            split_T=50.0, split_R=50.0, is_polarizing=False, pbs_transmission_axis_deg=0.0,
        ),
    ),
    Template("ruler", "Ruler", "Ctrl+5", "ruler", {"z_value": 10000.0}),
    Template(
        "note", "Note", "Ctrl+6", "text",
        {"text": "Note", "color": "#808890", "point_size": 11.0, "z_value": 0.0},
    ),
)  # fmt: skip


def placed(template: Template, at: Point) -> dict[str, Any]:
    """The properties of a new item at a place, in mm."""
    x, y = at
    if template.kind == "ruler":
        return {**template.props, "points": [[x - 50.0, y], [x + 50.0, y]]}
    return {**template.props, "pos": [x, y]}
