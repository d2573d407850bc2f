"""The marks of others over the bench. Places are in pixels; equal marks look the same.

A dark line and a light one around each (`HALO`) make it stand out from any canvas.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, partial
from math import ceil, floor
from typing import NamedTuple, Protocol

from PyQt6.QtCore import QPointF, QRect, QRectF, Qt
from PyQt6.QtGui import (
    QBrush,
    QColor,
    QPainter,
    QPainterPath,
    QPen,
    QPolygonF,
    QTransform,
)

from optiverse_collab.core.client.people import COLOURS
from optiverse_collab.window.ui import colours
from optiverse_collab.window.ui.palette import HALO, brush_of, colour_of, text_on
from optiverse_collab.window.ui.pictures import draw_picture, key_of

GAP_PX = 3.0
"""How far from an item the line around it runs, where the item is farthest from its middle."""

TWICE_PX = 120.0
"""A ring gets no name if the same name is this near."""

STRIPE_PX = 14.0
"""How wide the pattern is at the left end of a tag."""

PICTURE_PX, PICTURE_POINTS = 150, 64
"""Up to this size, and this number of points, the line around an item has a picture, of 30 KB as a rule."""

_ARROW = QPolygonF([QPointF(0, 0), QPointF(0, 15), QPointF(4, 11.5), QPointF(10, 11)])
_POINTER = QPolygonF([QPointF(7, 0), QPointF(-5, -6.5), QPointF(-2, 0), QPointF(-5, 6.5)])
_ARROW_BOX, _POINTER_BOX = QRect(-3, -3, 16, 21), QRect(-11, -11, 22, 22)

_TURN_DEG = 3
"""The step of the angles of arrows at the edge: each angle has its own picture."""


class Arrow(NamedTuple):
    """A cursor, or an arrow at the edge.

    Attributes:
        at: its tip; at the edge, its middle.
        colour: the number of a colour.
        opacity: 0 to 1.
        angle: the direction of an arrow at the edge [degrees], clockwise from the right; None for a cursor.
    """

    at: QPointF
    colour: int
    opacity: float
    angle: float | None = None

    @property
    def box(self) -> QRect:
        """The area that drawing it touches."""
        box = _ARROW_BOX if self.angle is None else _POINTER_BOX
        return box.translated(floor(self.at.x()), floor(self.at.y())).adjusted(0, 0, 1, 1)

    def draw(self, painter: QPainter) -> None:
        """Draw it."""
        turn = None if self.angle is None else round(self.angle / _TURN_DEG) * _TURN_DEG
        shape = _ARROW if turn is None else QTransform().rotate(turn).map(_POINTER)
        box = _ARROW_BOX if turn is None else _POINTER_BOX
        painter.setOpacity(self.opacity)
        draw_picture(painter, ("arrow", self.colour, turn), self.at, box, partial(self._paint, shape))

    def _paint(self, shape: QPolygonF, painter: QPainter) -> None:
        fill(painter, colour_of(self.colour), lambda: painter.drawPolygon(shape))
        if has_pattern(self.colour):
            painter.setBrush(pattern(self.colour))
            painter.drawPolygon(shape)


class Tag(NamedTuple):
    """A name, or a number of people.

    Attributes:
        area: where it stands.
        text: the name.
        colour: the number of a colour; None for several people.
        opacity: 0 to 1.
    """

    area: QRectF
    text: str
    colour: int | None
    opacity: float

    @property
    def box(self) -> QRect:
        """The area that drawing it touches."""
        return self.area.toAlignedRect().adjusted(-2, -2, 2, 2)

    def draw(self, painter: QPainter) -> None:
        """Draw it."""
        painter.setOpacity(self.opacity)
        size = self.area.size()
        box = QRect(-2, -2, ceil(size.width()) + 4, ceil(size.height()) + 4)
        look = ("tag", self.text, self.colour, size.width(), size.height(), key_of(painter.font()))
        draw_picture(painter, look, self.area.topLeft(), box, self._paint)

    def _paint(self, painter: QPainter) -> None:
        area = text_area = QRectF(QPointF(), self.area.size())
        colour = HALO[0] if self.colour is None else colour_of(self.colour)
        fill(painter, colour, lambda: painter.drawRoundedRect(area, 3, 3))
        if self.colour is not None and has_pattern(self.colour):
            text_area = area.adjusted(STRIPE_PX, 0, 0, 0)
            painter.setBrush(pattern(self.colour))
            painter.drawRect(QRectF(area.topLeft(), text_area.bottomLeft()))
            painter.fillRect(
                QRectF(text_area.left(), text_area.top(), 1.0, text_area.height()), text_on(colour)
            )
        painter.setPen(text_on(colour))
        painter.drawText(text_area, Qt.AlignmentFlag.AlignCenter, self.text)


class Outline(NamedTuple):
    """A line around an item that somebody selected.

    Attributes:
        path: the line.
        colour: the number of a colour.
    """

    path: QPainterPath
    colour: int

    @property
    def box(self) -> QRect:
        """The area that drawing it touches."""
        return _touched(self.path, 3)

    def draw(self, painter: QPainter) -> None:
        """Draw it."""
        painter.setOpacity(1.0)
        _draw_along(painter, self.path, ("outline", self.colour), 3, self._paint)

    def _paint(self, path: QPainterPath, painter: QPainter) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        _draw_halo(painter, path, 3.5, 2.5)
        painter.setPen(QPen(colour_of(self.colour), 2.0, Qt.PenStyle.DashLine))
        painter.drawPath(path)


class GlowMark(NamedTuple):
    """A glow around an item that somebody changed.

    Attributes:
        path: a line around the item.
        colour: the number of a colour; None if the author is unknown.
        opacity: 0 to 1.
    """

    path: QPainterPath
    colour: int | None
    opacity: float

    @property
    def box(self) -> QRect:
        """The area that drawing it touches."""
        return _touched(self.path, 8)

    def draw(self, painter: QPainter) -> None:
        """Draw it."""
        painter.setOpacity(self.opacity)
        _draw_along(painter, self.path, ("glow", self.colour), 8, self._paint)

    def _paint(self, path: QPainterPath, painter: QPainter) -> None:
        colour = QColor(colours.GREY if self.colour is None else colour_of(self.colour))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        wide = QColor(colour)
        wide.setAlphaF(0.35)
        painter.setPen(QPen(wide, 13.0))
        painter.drawPath(path)
        _draw_halo(painter, path, 5.5, 4.5)
        painter.setPen(QPen(colour, 3.5))
        painter.drawPath(path)


class Mark(Protocol):
    """A mark over the bench."""

    @property
    def box(self) -> QRect:
        """The area that drawing it touches."""

    def draw(self, painter: QPainter) -> None:
        """Draw it."""


class GhostMark(NamedTuple):
    """A line where an item was.

    Attributes:
        path: a line around that place.
    """

    path: QPainterPath

    @property
    def box(self) -> QRect:
        """The area that drawing it touches."""
        return _touched(self.path, 3)

    def draw(self, painter: QPainter) -> None:
        """Draw it."""
        painter.setOpacity(0.8)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        _draw_halo(painter, self.path, 3.5, 2.5)
        painter.setPen(QPen(colours.ORANGE, 2.0, Qt.PenStyle.DotLine))
        painter.drawPath(self.path)


def changed_areas(old: Mark | None, new: Mark | None) -> list[QRect]:
    """The areas of a changed mark to repaint: few parts cost less than small ones."""
    boxes = [mark.box for mark in (old, new) if mark is not None]
    return [boxes[0].united(boxes[1])] if len(boxes) == 2 and boxes[0].intersects(boxes[1]) else boxes


def near_each_other(name: Mark, other: Mark | None) -> bool:
    """Whether the same name is beside it."""
    return other is not None and (name.box.center() - other.box.center()).manhattanLength() < TWICE_PX


def has_pattern(colour: int) -> bool:
    """Whether this colour has a pattern; a tag shows it as a stripe."""
    return colour >= COLOURS


@lru_cache
def pattern(number: int) -> QBrush:
    """Dark or light on the colour: on white, little of it would be seen."""
    return QBrush(text_on(colour_of(number)), brush_of(number).style())


def around(shape: QPainterPath) -> QPainterPath:
    """A line around a shape, a little larger; where parts of the shape overlap, around both."""
    merged = QPainterPath(shape)
    merged.setFillRule(Qt.FillRule.WindingFill)
    box = shape.boundingRect()
    grow = QTransform.fromTranslate(box.center().x(), box.center().y())
    grow.scale(1.0 + 2 * GAP_PX / max(box.width(), 1.0), 1.0 + 2 * GAP_PX / max(box.height(), 1.0))
    grow.translate(-box.center().x(), -box.center().y())
    return grow.map(merged.simplified())


def fill(painter: QPainter, colour: QColor, draw: Callable[[], None]) -> None:
    """Fill a shape, with the two lines around it.

    Args:
        draw: draws the shape with the pen and the brush that the painter has.
    """
    for line, width in zip(HALO, (3.0, 1.0), strict=True):
        painter.setPen(QPen(line, width))
        painter.setBrush(line)
        draw()
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    draw()


def _draw_halo(painter: QPainter, path: QPainterPath, outer_px: float, inner_px: float) -> None:
    for line, width in zip(HALO, (outer_px, inner_px), strict=True):
        painter.setPen(QPen(line, width))
        painter.drawPath(path)


def _draw_along(
    painter: QPainter,
    path: QPainterPath,
    look: tuple[object, ...],
    margin_px: int,
    paint: Callable[[QPainterPath, QPainter], None],
) -> None:
    """Draw something along a path, a small one from its picture: somebody may drag hundreds of items.

    Args:
        look: equal for what looks the same along equal paths.
        margin_px: how far it reaches beyond the path.
        paint: paints it.
    """
    area = path.boundingRect()
    if max(area.width(), area.height()) > PICTURE_PX or path.elementCount() > PICTURE_POINTS:
        paint(path, painter)
        return
    corner, points = area.topLeft(), map(path.elementAt, range(path.elementCount()))
    shape = [(at.type.value, round(at.x - corner.x()), round(at.y - corner.y())) for at in points]
    width, height = (ceil(side) + 2 * margin_px for side in (area.width(), area.height()))
    box = QRect(-margin_px, -margin_px, width, height)
    draw_picture(painter, (*look, *shape), corner, box, partial(paint, path.translated(-corner)))


def _touched(path: QPainterPath, margin_px: int) -> QRect:
    return path.boundingRect().toAlignedRect().adjusted(-margin_px, -margin_px, margin_px, margin_px)
