"""Four bars for the quality of a connection, as people know them from their phones."""

from __future__ import annotations

from PyQt6.QtCore import QRectF, Qt
from PyQt6.QtGui import QColor, QPainter

from optiverse_collab.window.ui import colours

COUNT = 4


def colour_of(bars: int) -> QColor:
    """The colour of this many bars; their number says the same."""
    return colours.VERMILION if bars <= 1 else colours.ORANGE if bars == 2 else colours.GREEN


def draw(painter: QPainter, place: QRectF, bars: int) -> None:
    """Draw four bars, of which `bars` are lit, each higher than the one before."""
    unlit = QColor(colours.GREY)
    unlit.setAlphaF(0.45)
    step = place.width() / COUNT
    painter.setPen(Qt.PenStyle.NoPen)
    for number in range(COUNT):
        height = place.height() * (number + 1.5) / (COUNT + 0.5)
        painter.setBrush(colour_of(bars) if number < bars else unlit)
        painter.drawRect(QRectF(place.x() + number * step, place.bottom() - height, step * 0.7, height))
