"""How each kind of item is made, and edited in place.

Both take what `to_dict` would give. An edit changes the object that is there: the user's undo steps,
selection and open dialogs hold on to it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from PyQt6.QtCore import QPointF
from PyQt6.QtGui import QColor

from optiverse_collab.host.optiverse import stock
from optiverse_collab.host.optiverse.fields import bears, default_of

Data = Mapping[str, Any]

STACKING_AND_LOCK = ("z_value", "locked")
"""What the adapter sets itself, for all kinds alike."""


@contextmanager
def unguarded(item: Any) -> Iterator[None]:
    """Let an item be moved exactly where it is told, without a sign of it.

    Quirks: `BaseObj.itemChange` snaps every new position of an item that is `_ready` to its neighbours'
    (`MainWindow.magnetic_snap`), whoever moves it, and hands it to the stock collaboration;
    `_locked` items refuse a new position and rotation.
    """
    before = {name: getattr(item, name) for name in ("_ready", "_locked") if hasattr(item, name)}
    for name in before:
        setattr(item, name, False)
    try:
        yield
    finally:
        for name, value in before.items():
            setattr(item, name, value)


class Optical:
    """Components, sources, and whatever else the host has in its registry of types."""

    def __init__(self) -> None:
        self._image_paths: dict[str, Any] = {}

    def read(self, item: Any) -> dict[str, Any]:
        """What `to_dict` gives.

        Quirk: it looks up the path of the image on disk each time, which takes ten times as long as
        everything else; so that is asked once for each path.
        """
        path = getattr(item.params, "image_path", None)
        if not path or path not in self._image_paths:
            data: dict[str, Any] = item.to_dict()
            if path:
                self._image_paths[path] = data["image_path"]
            return data
        item.params.image_path = None
        try:
            return {**item.to_dict(), "image_path": self._image_paths[path]}
        finally:
            item.params.image_path = path

    def make(self, data: Data, window: Any) -> Any:
        roots = _library_roots(window)
        return _loader(window)(dict(data), roots)

    def bears(self, item_class: Any, name: str, value: Any) -> bool:
        """Whether the host's objects can have this value."""
        if name == "interfaces":
            definition = stock.load().InterfaceDefinition
            return all(bears(definition, key, part[key]) for part in value or () for key in part)
        return bears(item_class.params_class, name, value)

    def write(self, item: Any, before: Data, after: Data, window: Any) -> None:
        names = {name for name in {**before, **after} if before.get(name) != after.get(name)}
        names |= before.keys() ^ after.keys()
        with unguarded(item):
            if names & {"x_mm", "y_mm"} and "x_mm" in after and "y_mm" in after:
                item.setPos(after["x_mm"], after["y_mm"])
            if "angle_deg" in names & after.keys():
                item.setRotation(stock.load().user_angle_to_qt(after["angle_deg"]))
            item._sync_params_from_item()
        rest = names - {"x_mm", "y_mm", "angle_deg", "item_uuid", "_type", *STACKING_AND_LOCK}
        if rest:
            self._write_params(item, rest, after, window)
        item.update()

    def _write_params(self, item: Any, names: set[str], after: Data, window: Any) -> None:
        for name in names:
            if name in after:
                setattr(item.params, name, self._value(item, name, after[name], window))
                continue
            try:
                setattr(item.params, name, default_of(type(item.params), name))
            except LookupError:
                vars(item.params).pop(name, None)
        if item.params.__dict__.get("interfaces", 0) is None:
            item.params.interfaces = []
        self._show(item, names)

    def _value(self, item: Any, name: str, value: Any, window: Any) -> Any:
        """As `deserialize_item` makes it."""
        if name == "image_path" and value:
            return stock.load().to_absolute_path(value, _library_roots(window))
        if name == "interfaces" and value:
            return [stock.load().InterfaceDefinition.from_dict(part) for part in value]
        if isinstance(value, list) and name.endswith("_mm"):
            return tuple(value)
        return value

    def _show(self, item: Any, names: set[str]) -> None:
        if hasattr(item, "_color") and "color_hex" in names:
            item._color = stock.load().qcolor_from_hex(item.params.color_hex)
        if hasattr(item, "_maybe_attach_sprite") and names & {"image_path", "interfaces", "object_height_mm"}:
            # Quirk: in 0.2.7 this also sets the z value, to 0 or -10.
            z = item.zValue()
            item._maybe_attach_sprite()
            item.setZValue(z)
        for update in ("_update_shape", "_update_geom"):
            if hasattr(item, update):
                getattr(item, update)()


class Annotation:
    """Rulers, notes, rectangles and measures: each class has a `from_dict` of its own.

    Args:
        name: of the class in `stock.load()`.
        edit: takes an item and what `to_dict` shall give.
    """

    def __init__(self, name: str, edit: Callable[[Any, Data], None]) -> None:
        self.name = name
        self._edit = edit

    def read(self, item: Any) -> dict[str, Any]:
        """What `to_dict` gives."""
        return dict(item.to_dict())

    def make(self, data: Data, window: Any) -> Any:
        item_class = getattr(stock.load(), self.name)
        if self.name == "PathMeasureItem":
            return item_class.from_dict(dict(data), window.ray_data)
        return item_class.from_dict(dict(data))

    def bears(self, item_class: Any, name: str, value: Any) -> bool:
        """All that is to be checked of annotations is in convert's table of shapes."""
        return True

    def write(self, item: Any, before: Data, after: Data, window: Any) -> None:
        item.prepareGeometryChange()
        with unguarded(item):
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


OPTICAL = Optical()
ANNOTATIONS = {
    "ruler": Annotation("RulerItem", _edit_ruler),
    "text": Annotation("TextNoteItem", _edit_note),
    "rectangle": Annotation("RectangleItem", _edit_rectangle),
    "angle_measure": Annotation("AngleMeasureItem", _edit_angle),
    "path_measure": Annotation("PathMeasureItem", _edit_path),
}


def _library_roots(window: Any) -> Any:
    if hasattr(window, "library_service"):
        return window.library_service.get_all_roots()
    return stock.load().get_all_library_roots()


def _loader(window: Any) -> Callable[[dict[str, Any], Any], Any]:
    load = stock.load().deserialize_item
    # 0.2.7 finds the libraries itself.
    return (
        (lambda data, roots: load(data, library_roots=roots))
        if hasattr(window, "library_service")
        else (lambda data, roots: load(data))
    )
