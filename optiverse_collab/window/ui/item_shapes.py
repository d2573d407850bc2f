"""The outlines of items on the view, cached until the items or the view change."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from PyQt6.QtCore import QPointF, QRectF
from PyQt6.QtGui import QPainterPath, QTransform

from optiverse_collab.window.ui.marks import around
from optiverse_collab.window.ui.pointers import Point

NEAR_PX = 4.0
"""How near to an item a pointer counts as on it."""


class _Shape(NamedTuple):
    box: QRectF  # in the scene
    line: QPainterPath  # on the view
    reach: QRectF  # on the view: the area near the item


class ItemShapes:
    """Asks the host for an outline once, though many frames are drawn with it.

    Args:
        outline: gives the shape of an item in scene coordinates; None if it isn't there.

    Attributes:
        transform: from the scene to the view.
        version: changes when an item or the view may have moved.
    """

    def __init__(self, outline: Callable[[str], QPainterPath | None], transform: QTransform) -> None:
        self.transform = transform
        self.version = 0
        self._outline = outline
        self._found: dict[str, _Shape] = {}

    def line_around(self, id: str) -> QPainterPath | None:
        """A line around an item, on the view; None if the item isn't there."""
        shape = self._shape(id)
        return None if shape is None else shape.line

    def middle(self, id: str) -> Point | None:
        """The middle of an item, in the scene; None if the item isn't there."""
        shape = self._shape(id)
        return None if shape is None else (shape.box.center().x(), shape.box.center().y())

    def is_at(self, id: str, at: QPointF) -> bool:
        """Whether an item is within `NEAR_PX` of a place on the view."""
        shape = self._shape(id)
        if shape is None or not shape.reach.contains(at):
            return False
        near = QRectF(at.x() - NEAR_PX, at.y() - NEAR_PX, 2 * NEAR_PX, 2 * NEAR_PX)
        return shape.line.contains(at) or shape.line.intersects(near)

    def look(self, transform: QTransform) -> bool:
        """The view may have moved; returns whether it has."""
        if transform == self.transform:
            return False
        self.transform = transform
        self.version += 1
        self._found.clear()
        return True

    def forget(self, areas: Iterable[QRectF]) -> None:
        """These areas of the scene changed."""
        self.version += 1
        for area in areas:
            for id in [id for id, shape in self._found.items() if shape.box.intersects(area)]:
                del self._found[id]

    def _shape(self, id: str) -> _Shape | None:
        found = self._found.get(id)
        if found is None:
            outline = self._outline(id)
            if outline is None:
                return None
            box = outline.boundingRect().adjusted(-1.0, -1.0, 1.0, 1.0)  # a line covers an area, too
            line = around(self.transform.map(outline))
            reach = line.boundingRect().adjusted(-NEAR_PX, -NEAR_PX, NEAR_PX, NEAR_PX)
            found = self._found[id] = _Shape(box, line, reach)
        return found
