"""How rulers, notes, rectangles and measures are read, made, and edited in place."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from PyQt6.QtCore import QPointF
from PyQt6.QtGui import QColor

from optiverse_collab.host.optiverse.items.exact_edit import exact_edit
from optiverse_collab.host.optiverse.upstream import installed as stock

Data = Mapping[str, Any]


class Annotation:
    """Rulers, notes, rectangles and measures: each class has a `from_dict` of its own.

    Args:
        name: of the class in `stock.load()`.
        edit: takes an item and what `to_dict` shall give.
        window: whose rays a path measure follows.
    """

    def __init__(self, name: str, edit: Callable[[Any, Data], None], window: Any) -> None:
        self.item_class = getattr(stock.load(), name)
        self._edit = edit
        self._window = window

    def read(self, item: Any) -> dict[str, Any]:
        """What `to_dict` gives."""
        return dict(item.to_dict())

    def make(self, data: Data) -> Any:
        """An item that is not on the bench yet."""
        if self.item_class is stock.load().PathMeasureItem:
            return self.item_class.from_dict(dict(data), self._window.ray_data)
        return self.item_class.from_dict(dict(data))

    def accepts(self, item_class: Any, name: str, value: Any) -> bool:
        """All that is to be checked of annotations is in convert's table of shapes."""
        return True

    def write(self, item: Any, before: Data, after: Data) -> None:
        """Turn what the item shows from `before` to `after`."""
        item.prepareGeometryChange()
        with exact_edit(item):
            self._edit(item, after)
        item.update()


def _edit_note(item: Any, data: Data) -> None:
    if "text" in data and item.toPlainText() != data["text"]:
        item.setPlainText(data["text"])
    if "color" in data and item.defaultTextColor().name() != data["color"]:
        item.setDefaultTextColor(QColor(data["color"]))
    if "point_size" in data and item.font().pointSizeF() != data["point_size"]:
        font = item.font()
        font.setPointSizeF(float(data["point_size"]))
        item.setFont(font)
    if "x" in data and "y" in data:
        item.setPos(float(data["x"]), float(data["y"]))
    if hasattr(item, "owner_uuid"):
        item.owner_uuid = data.get("owner_uuid")
        # After `setPos`, which works out the offset anew.
        item._owner_offset = QPointF(data.get("owner_offset_x", 0.0), data.get("owner_offset_y", 0.0))


def _edit_rectangle(item: Any, data: Data) -> None:
    item._w = float(data.get("width_mm", item._w))
    item._h = float(data.get("height_mm", item._h))
    if "x" in data and "y" in data:
        item.setPos(float(data["x"]), float(data["y"]))
    item.setRotation(float(data.get("angle_deg", item.rotation())))


def _edit_ruler(item: Any, data: Data) -> None:
    # The points are said in the scene; the item keeps its own place, to which undo steps go back.
    points = data["points"] if "points" in data else [data["p1"], data["p2"]]
    at = item.pos()
    item._points = [QPointF(_difference(float(x), at.x()), _difference(float(y), at.y())) for x, y in points]


def _difference(whole: float, part: float) -> float:
    """What has to be added to `part` so that the sum is `whole`, to the last digit where that is possible."""
    near = whole - part
    candidates = (near, math.nextafter(near, math.inf), math.nextafter(near, -math.inf))
    return next((one for one in candidates if part + one == whole), near)


def _edit_angle(item: Any, data: Data) -> None:
    vertex, *arms = (QPointF(*map(float, data[name])) for name in ("vertex", "point1", "point2"))
    item.setPos(vertex)
    item._vertex = QPointF()
    item._point1, item._point2 = (arm - vertex for arm in arms)


def _edit_path(item: Any, data: Data) -> None:
    item._ray_index = data.get("ray_index", -1)
    item.start_param = float(data.get("start_param", 0.0))
    item.end_param = float(data.get("end_param", 1.0))
    item._label_prefix = data.get("label_prefix", "")
    item.update_path(item._full_path_points)


EDITS: dict[str, tuple[str, Callable[[Any, Data], None]]] = {
    "ruler": ("RulerItem", _edit_ruler),
    "text": ("TextNoteItem", _edit_note),
    "rectangle": ("RectangleItem", _edit_rectangle),
    "angle_measure": ("AngleMeasureItem", _edit_angle),
    "path_measure": ("PathMeasureItem", _edit_path),
}
"""Kind → the name of its class, and how it is edited."""
