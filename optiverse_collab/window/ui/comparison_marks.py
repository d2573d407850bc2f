"""Marks of a comparison, as items of a scene in mm, y up; lines and texts keep their size on the screen."""

from __future__ import annotations

import math
from typing import NamedTuple

from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QFontMetricsF, QPainter, QPainterPath, QPen, QPolygonF
from PyQt6.QtWidgets import (
    QApplication,
    QGraphicsItem,
    QGraphicsPathItem,
    QStyleOptionGraphicsItem,
    QWidget,
)

from optiverse_collab.window.ui import colours
from optiverse_collab.window.ui.marks import Tag, fill
from optiverse_collab.window.ui.palette import HALO

HALO_PX = 3.8, 2.8
"""The widths of the dark line and the light one around each line."""

LINE_PX = 2.0

_HEAD = QPolygonF([QPointF(0.0, 0.0), QPointF(-9.0, -4.0), QPointF(-7.0, 0.0), QPointF(-9.0, 4.0)])
_GAP_PX = 6.0
_PADDING_PX = 5.0, 2.0


class Style(NamedTuple):
    """How a kind of difference is drawn, so that colours are not needed to tell them apart.

    Attributes:
        colour: of its lines.
        dashes_px: the lengths of lines and gaps in its outlines; empty for a solid line.
    """

    colour: QColor
    dashes_px: tuple[float, ...] = ()


ADDED = Style(colours.GREEN)
REMOVED = Style(colours.VERMILION, (12.0, 4.0, 3.0, 4.0))
MOVED = Style(colours.BLUE, (8.0, 5.0))
CHANGED = Style(colours.ORANGE, (3.0, 3.0))


class OutlineMark(QGraphicsPathItem):
    """A line around an item, or to where it went.

    Args:
        path: in mm.

    Attributes:
        style: how it is drawn.
    """

    def __init__(self, path: QPainterPath, style: Style, parent: QGraphicsItem) -> None:
        super().__init__(path, parent)
        self.style = style
        pen = QPen(style.colour, HALO_PX[0])  # for the bounding rectangle
        pen.setCosmetic(True)
        self.setPen(pen)

    def paint(
        self,
        painter: QPainter | None,
        option: QStyleOptionGraphicsItem | None,
        widget: QWidget | None = None,
    ) -> None:
        """Draw it."""
        if painter is None:
            return
        painter.setBrush(Qt.BrushStyle.NoBrush)
        widths = (*HALO_PX, LINE_PX)
        for colour, px in zip((*HALO, self.style.colour), widths, strict=True):
            pen = QPen(colour, px)
            pen.setCosmetic(True)
            pen.setCapStyle(Qt.PenCapStyle.FlatCap)
            if self.style.dashes_px:
                pen.setDashPattern([part / px for part in self.style.dashes_px])  # which Qt takes in widths
            painter.setPen(pen)
            painter.drawPath(self.path())


class HeadMark(QGraphicsItem):
    """The head of an arrow.

    Args:
        start, end: of the arrow [mm].
        colour: its colour.
    """

    def __init__(self, start: QPointF, end: QPointF, colour: QColor, parent: QGraphicsItem) -> None:
        super().__init__()
        self._colour = colour
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemIgnoresTransformations)
        self.setPos(end)
        self.setRotation(math.degrees(math.atan2(start.y() - end.y(), end.x() - start.x())))
        self.setParentItem(parent)

    def boundingRect(self) -> QRectF:
        """Its area, in pixels."""
        return _HEAD.boundingRect().adjusted(-2.0, -2.0, 2.0, 2.0)

    def paint(
        self,
        painter: QPainter | None,
        option: QStyleOptionGraphicsItem | None,
        widget: QWidget | None = None,
    ) -> None:
        """Draw it."""
        if painter is not None:
            fill(painter, self._colour, lambda: painter.drawPolygon(_HEAD))


class TextMark(QGraphicsItem):
    """A text below a point.

    Args:
        at: the point [mm].
        text: one line.
    """

    def __init__(self, at: QPointF, text: str, parent: QGraphicsItem) -> None:
        super().__init__()
        size = QFontMetricsF(QApplication.font()).size(0, text)
        width, height = size.width() + 2 * _PADDING_PX[0], size.height() + 2 * _PADDING_PX[1]
        self._tag = Tag(QRectF(-width / 2, _GAP_PX, width, height), text, None, 1.0)
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemIgnoresTransformations)
        self.setPos(at)
        self.setParentItem(parent)  # Only now: the scene asks for the bounding rectangle.

    @property
    def text(self) -> str:
        """What it says."""
        return self._tag.text

    def boundingRect(self) -> QRectF:
        """Its area, in pixels."""
        return QRectF(self._tag.box)

    def paint(
        self,
        painter: QPainter | None,
        option: QStyleOptionGraphicsItem | None,
        widget: QWidget | None = None,
    ) -> None:
        """Draw it."""
        if painter is not None:
            painter.setFont(QApplication.font())
            self._tag.draw(painter)
