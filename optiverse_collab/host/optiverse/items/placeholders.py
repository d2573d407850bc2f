"""Placeholders on the canvas for items that the host can't show."""

from __future__ import annotations

from PyQt6 import sip
from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QPainterPath, QPen
from PyQt6.QtWidgets import QGraphicsRectItem, QGraphicsScene, QGraphicsSimpleTextItem

from optiverse_collab.convert.shapes import is_point
from optiverse_collab.core.records import Record
from optiverse_collab.core.text import unmarked
from optiverse_collab.wording import hosts as wording

SIDE_MM = 20.0
"""About the width of a one-inch component; the item's size is unknown."""

_GREY = QColor("#808080")
_ABOVE_ALL = 20_000.0
"""Above all of the host's items; its rulers and notes lie at 10,000 and a little above."""


class Placeholder(QGraphicsRectItem):
    """A dashed box with the item's kind in it, which the mouse goes through.

    It has no id and no `to_dict`, so that the host takes it for a decoration: it is not saved and not traced.
    """

    def __init__(self, record: Record, tip: str) -> None:
        super().__init__(-SIDE_MM / 2, -SIDE_MM / 2, SIDE_MM, SIDE_MM)
        pen = QPen(_GREY, 0.0, Qt.PenStyle.DashLine)
        pen.setCosmetic(True)
        self.setPen(pen)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self.setZValue(_ABOVE_ALL)
        self.setToolTip(unmarked(tip))
        text = QGraphicsSimpleTextItem(record.kind, self)
        text.setBrush(_GREY)
        # The host's y axis points up; text that keeps its size on the screen is not turned over with it.
        text.setFlag(QGraphicsSimpleTextItem.GraphicsItemFlag.ItemIgnoresTransformations)
        text.setPos(-SIDE_MM / 2, -SIDE_MM / 2)


class Placeholders:
    """The placeholders in one scene.

    Args:
        scene: the host's; it may delete what is in it at any time.
        host_name: the host's name.
    """

    def __init__(self, scene: QGraphicsScene, host_name: str) -> None:
        self._scene = scene
        self._host_name = host_name
        self._shown: dict[str, Placeholder] = {}

    def show(self, record: Record) -> None:
        """Show where an item is; without a place it is not shown."""
        at = _place_of(record)
        if at is None:
            self.hide(record.id)
            return
        box = self._known(record.id)
        if box is None:
            tip = wording.placeholder(self._host_name, record.kind)
            self._shown[record.id] = box = Placeholder(record, tip)
            self._scene.addItem(box)
        box.setPos(*at)

    def hide(self, id: str) -> None:
        """Remove a placeholder: its item is gone, or shown."""
        box = self._known(id)
        self._shown.pop(id, None)
        if box is not None:
            self._scene.removeItem(box)

    def outline(self, id: str) -> QPainterPath | None:
        """Its shape in the scene, if there is one."""
        box = self._known(id)
        return None if box is None else box.mapToScene(box.shape())

    def item_at(self, at: QPointF) -> str | None:
        """The id of what has a box at a place of the scene [mm]."""
        boxes = ((id, self._known(id)) for id in self._shown)
        return next((id for id, box in boxes if box is not None and box.contains(box.mapFromScene(at))), None)

    def area(self) -> QRectF:
        """The area of all of them."""
        area = QRectF()
        for box in filter(None, map(self._known, self._shown)):
            area = area.united(box.sceneBoundingRect())
        return area

    def clear(self) -> None:
        """Remove all of them."""
        for id in list(self._shown):
            self.hide(id)

    def _known(self, id: str) -> Placeholder | None:
        box = self._shown.get(id)
        return None if box is None or sip.isdeleted(box) or box.scene() is not self._scene else box


def _place_of(record: Record) -> tuple[float, float] | None:
    """Where an item is [mm]: its `pos`, or what annotations have instead."""
    points = record.props.get("points")
    first = points[0] if isinstance(points, list) and points else None
    candidates = (record.props.get("pos"), record.props.get("vertex"), first)
    at = next((point for point in candidates if point is not None and is_point(point)), None)
    return None if at is None else (float(at[0]), float(at[1]))
