"""A badge at an item that somebody uses. Places are in pixels; equal badges look the same."""

from __future__ import annotations

from typing import NamedTuple

from PyQt6.QtCore import QPointF, QRect, QRectF, Qt
from PyQt6.QtGui import QPainter, QPainterPath, QPen

from optiverse_collab.core.client.activity import Doing
from optiverse_collab.window.ui.marks import fill, has_pattern, pattern
from optiverse_collab.window.ui.palette import colour_of, text_on

SIDE_PX = 18.0
"""The size of a badge."""

STEP_PX = SIDE_PX + 4.0
"""The distance from one badge to the next."""


class Badge(NamedTuple):
    """Shows in a person's colour what they do with an item.

    Attributes:
        at: its upper left corner.
        colour: the number of a colour.
        doing: what they do.
    """

    at: QPointF
    colour: int
    doing: Doing

    @property
    def box(self) -> QRect:
        """The area that drawing it touches."""
        return self.area.toAlignedRect().adjusted(-2, -2, 2, 2)

    def draw(self, painter: QPainter) -> None:
        """Draw it."""
        colour, area = colour_of(self.colour), self.area
        painter.setOpacity(1.0)
        fill(painter, colour, lambda: painter.drawRoundedRect(area, 4, 4))
        if has_pattern(self.colour):
            painter.setBrush(pattern(self.colour))
            painter.drawRoundedRect(area, 4, 4)
        sign = _SIGNS[self.doing].translated(self.at)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for ink, width in ((colour, 4.5), (text_on(colour), 1.6)):
            painter.setPen(
                QPen(ink, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
            )
            painter.drawPath(sign)

    @property
    def area(self) -> QRectF:
        """The area to keep free of names."""
        return QRectF(self.at.x(), self.at.y(), SIDE_PX, SIDE_PX)


def _lines(*lines: tuple[tuple[float, float], ...]) -> QPainterPath:
    path = QPainterPath()
    for first, *rest in lines:
        path.moveTo(*first)
        for point in rest:
            path.lineTo(*point)
    return path


_SIGNS = {
    Doing.DRAG: _lines(
        ((9, 3), (9, 15)),
        ((3, 9), (15, 9)),
        ((7, 5), (9, 3), (11, 5)),
        ((7, 13), (9, 15), (11, 13)),
        ((5, 7), (3, 9), (5, 11)),
        ((13, 7), (15, 9), (13, 11)),
    ),
    Doing.DIALOG: _lines(
        ((4, 14), (5, 10.5), (11.5, 4), (14, 6.5), (7.5, 13), (4, 14)), ((10, 5.5), (12.5, 8))
    ),
    Doing.TEXT: _lines(
        ((6, 4), (8, 4), (9, 5), (10, 4), (12, 4)),
        ((9, 5), (9, 13)),
        ((6, 14), (8, 14), (9, 13), (10, 14), (12, 14)),
    ),
}
"""Arrows in four directions, a pencil, a text cursor."""
