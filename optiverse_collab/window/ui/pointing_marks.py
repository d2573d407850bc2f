"""The marks for pointing: rings and laser pointers (PRES-16)."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

from PyQt6.QtCore import QPointF, QRect, QRectF, Qt
from PyQt6.QtGui import QColor, QPainter, QPainterPath, QPen

from optiverse_collab.window.ui.palette import HALO, colour_of

RING_PX, FARTHEST_PX = 13.0, 42.0
"""Radius of the ring that stays, and of those that spread from it, at the end."""

WAVES = 3
"""How many spread one after the other."""

DOT_PX = 4.5
"""Radius of a laser pointer."""

_FADES = 0.8
"""After this part of its time a ring fades."""

_STEPS = 6
"""How many shades a trace has."""


class RingMark(NamedTuple):
    """A ring around a spot.

    Attributes:
        at: the spot.
        colour: the number of a colour.
        passed: the elapsed part of its time, 0 to 1.
        is_still: nothing of it moves.
    """

    at: QPointF
    colour: int
    passed: float
    is_still: bool = False

    @property
    def area(self) -> QRectF:
        """Where no name may be: the ring that stays."""
        reach = RING_PX + 3.0
        return QRectF(self.at.x() - reach, self.at.y() - reach, 2 * reach, 2 * reach)

    @property
    def box(self) -> QRect:
        """The area that drawing it touches."""
        reach = (RING_PX if self.is_still else FARTHEST_PX) + 4.0
        return QRectF(self.at.x() - reach, self.at.y() - reach, 2 * reach, 2 * reach).toAlignedRect()

    def draw(self, painter: QPainter) -> None:
        """Draw it."""
        left = 1.0 if self.is_still else min(1.0, (1.0 - self.passed) / (1.0 - _FADES))
        colour = colour_of(self.colour)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if not self.is_still:
            wave = self.passed * WAVES % 1.0
            painter.setOpacity(left * (1.0 - wave))
            self._circle(painter, RING_PX + wave * (FARTHEST_PX - RING_PX), colour)
        painter.setOpacity(left)
        self._circle(painter, RING_PX, colour)

    def _circle(self, painter: QPainter, radius_px: float, colour: QColor) -> None:
        for line, width in zip((*HALO, colour), (6.0, 4.5, 2.5), strict=True):
            painter.setPen(QPen(line, width))
            painter.drawEllipse(self.at, radius_px, radius_px)


class LaserMark(NamedTuple):
    """A laser pointer with its trace.

    Attributes:
        at: where it is; None for the trace alone.
        colour: the number of a colour.
        opacity: of the pointer, 0 to 1.
        path: its earlier places, the latest last, each with the elapsed part of its time.
    """

    at: QPointF | None
    colour: int
    opacity: float
    path: tuple[tuple[QPointF, float], ...] = ()

    @property
    def box(self) -> QRect:
        """The area that drawing it touches."""
        box = QRectF()
        for at in (*(at for at, _ in self.path), *(() if self.at is None else (self.at,))):
            box = box.united(QRectF(at.x() - 8.0, at.y() - 8.0, 16.0, 16.0))
        return box.toAlignedRect()

    def draw(self, painter: QPainter) -> None:
        """Draw it."""
        colour = colour_of(self.colour)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for shade in range(_STEPS):
            part = self._part(shade)
            strength = 1.0 - shade / _STEPS
            painter.setOpacity(0.9 * strength)
            for line, width in zip((*HALO, colour), (6.0, 4.5, 3.0), strict=True):
                pen = QPen(line, width * (0.5 + 0.5 * strength))
                pen.setCapStyle(Qt.PenCapStyle.FlatCap)
                pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
                painter.setPen(pen)
                painter.drawPath(part)
        if self.at is not None:
            painter.setOpacity(self.opacity)
            painter.setPen(Qt.PenStyle.NoPen)
            for fill, more in zip((*HALO, colour), (2.5, 1.5, 0.0), strict=True):
                painter.setBrush(fill)
                painter.drawEllipse(self.at, DOT_PX + more, DOT_PX + more)

    def _part(self, shade: int) -> QPainterPath:
        """The lines of the trace that have one age."""
        path, last = QPainterPath(), None
        for (start, passed), (end, _) in pairwise(self.path):
            if min(int(passed * _STEPS), _STEPS - 1) == shade:
                if start != last:
                    path.moveTo(start)
                path.lineTo(end)
                last = end
        return path
