"""How rulers, notes, rectangles and measures are read, made, and edited in place."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Generic, TypeVar, cast

from PyQt6.QtCore import QPointF
from PyQt6.QtGui import QColor

from optiverse_collab.host.optiverse.items.exact_edit import exact_edit
from optiverse_collab.host.optiverse.upstream.contract import has
from optiverse_collab.host.optiverse.upstream.item_names import item_names
from optiverse_collab.host.optiverse.upstream.items import (
    NAME,
    AngleMeasure,
    Annotation,
    Data,
    HasName,
    HasOwner,
    Item,
    PathMeasure,
    Props,
    Rectangle,
    Ruler,
    TextNote,
)
from optiverse_collab.host.optiverse.upstream.tracing import Rays

_A = TypeVar("_A", bound=Annotation)


class AnnotationKind(Generic[_A]):
    """Rulers, notes, rectangles and measures: each class has a `from_dict` of its own.

    Args:
        item_class: the host's.
        edit: takes an item and what `to_dict` is to give.
    """

    def __init__(self, item_class: type[_A], edit: Callable[[_A, Props], None]) -> None:
        self.item_class = item_class
        self._edit = edit

    def read(self, item: Item) -> Data:
        """What `to_dict` gives, and the name that it leaves out."""
        data = dict(item.to_dict())
        if has(item, HasName) and item.display_name:
            data[NAME] = item.display_name
        return data

    def make(self, data: Props) -> Item | None:
        """An item that is not on the bench yet."""
        item = self._made(dict(data))
        if item is not None:
            _rename(item, data)
        return item

    def _made(self, data: Data) -> Item | None:
        return self.item_class.from_dict(data)

    def accepts(self, item_class: type, name: str, value: Any) -> bool:
        """Annotations are checked by convert's table of shapes."""
        return True

    def write(self, item: Item, before: Props, after: Props) -> None:
        """Change the item from `before` to `after`."""
        item.prepareGeometryChange()
        with exact_edit(item):
            self._edit(cast(_A, item), after)
        _rename(item, after)
        item.update()


class PathMeasureKind(AnnotationKind[PathMeasure]):
    """Measures along a ray.

    Args:
        rays: those that they follow.
    """

    def __init__(self, rays: Rays) -> None:
        super().__init__(item_names().PathMeasureItem, _edit_path)
        self._rays = rays

    def _made(self, data: Data) -> Item | None:
        return self.item_class.from_dict(data, self._rays.ray_data)


def annotation_kinds(rays: Rays) -> dict[str, AnnotationKind[Any]]:
    """The kinds of annotations, as records call them."""
    names = item_names()
    return {
        "ruler": AnnotationKind(names.RulerItem, _edit_ruler),
        "text": AnnotationKind(names.TextNoteItem, _edit_note),
        "rectangle": AnnotationKind(names.RectangleItem, _edit_rectangle),
        "angle_measure": AnnotationKind(names.AngleMeasureItem, _edit_angle),
        "path_measure": PathMeasureKind(rays),
    }


def _rename(item: Item, data: Props) -> None:
    if has(item, HasName):
        name = data.get(NAME)
        item.display_name = name if isinstance(name, str) else None


def _edit_note(item: TextNote, data: Props) -> None:
    if "text" in data and item.toPlainText() != data["text"]:
        item.setPlainText(data["text"])
    if "color" in data and item.defaultTextColor().name() != data["color"]:
        item.setDefaultTextColor(_shown_color(data["color"]))
    if "point_size" in data and item.font().pointSizeF() != data["point_size"]:
        font = item.font()
        font.setPointSizeF(float(data["point_size"]))
        item.setFont(font)
    if "x" in data and "y" in data:
        item.setPos(float(data["x"]), float(data["y"]))
    if has(item, HasOwner):
        item.owner_uuid = data.get("owner_uuid")
        # After `setPos`, which works out the offset again.
        item._owner_offset = QPointF(data.get("owner_offset_x", 0.0), data.get("owner_offset_y", 0.0))


def _shown_color(color: str) -> QColor:
    """The colour of a new note. Quirk: for one colour, the former default, 0.3 shows black or white."""
    note = cast(TextNote, item_names().TextNoteItem.from_dict({"color": color}))
    return note.defaultTextColor()


def _edit_rectangle(item: Rectangle, data: Props) -> None:
    item._w = float(data.get("width_mm", item._w))
    item._h = float(data.get("height_mm", item._h))
    if "x" in data and "y" in data:
        item.setPos(float(data["x"]), float(data["y"]))
    item.setRotation(float(data.get("angle_deg", item.rotation())))


def _edit_ruler(item: Ruler, data: Props) -> None:
    # The points are said in the scene; the item keeps its own place, to which undo steps go back.
    points = data["points"] if "points" in data else [data["p1"], data["p2"]]
    at = item.pos()
    item._points = [QPointF(_difference(float(x), at.x()), _difference(float(y), at.y())) for x, y in points]


def _difference(whole: float, part: float) -> float:
    """The number to add to `part` for the sum `whole`, to the last digit if possible."""
    near = whole - part
    candidates = (near, math.nextafter(near, math.inf), math.nextafter(near, -math.inf))
    return next((one for one in candidates if part + one == whole), near)


def _edit_angle(item: AngleMeasure, data: Props) -> None:
    vertex, *arms = (QPointF(*map(float, data[name])) for name in ("vertex", "point1", "point2"))
    item.setPos(vertex.x(), vertex.y())
    item._vertex = QPointF()
    item._point1, item._point2 = (arm - vertex for arm in arms)


def _edit_path(item: PathMeasure, data: Props) -> None:
    item._ray_index = data.get("ray_index", -1)
    item.start_param = float(data.get("start_param", 0.0))
    item.end_param = float(data.get("end_param", 1.0))
    item._label_prefix = data.get("label_prefix", "")
    item.update_path(item._full_path_points)
