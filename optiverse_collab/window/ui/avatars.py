"""Somebody's initials on their colour: a small disc that stands for a person."""

from __future__ import annotations

from typing import NamedTuple

from PyQt6.QtCore import QRectF, Qt
from PyQt6.QtGui import QIcon, QPainter, QPen, QPixmap

from optiverse_collab.window.ui.marks import has_pattern
from optiverse_collab.window.ui.palette import HALO, brush_of, colour_of, text_on

RIM = 0.16
"""How wide the pattern around the initials is, as a part of the disc."""


class Avatar(NamedTuple):
    """The symbol of a person.

    Attributes:
        initials: one or two letters.
        colour: the number of a colour.
    """

    initials: str
    colour: int

    def draw(self, painter: QPainter, area: QRectF) -> None:
        """Draw a disc into a square, with a pattern around the initials."""
        colour, (outer, inner) = colour_of(self.colour), HALO
        disc = area.adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(QPen(outer, 1.0))
        painter.setBrush(inner)
        painter.drawEllipse(disc)
        painter.setBrush(brush_of(self.colour))
        painter.drawEllipse(disc)
        if has_pattern(self.colour):
            rim = RIM * area.width()
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour)
            painter.drawEllipse(disc.adjusted(rim, rim, -rim, -rim))
        font = painter.font()
        room = area.height() * (1.0 - 1.5 * RIM if has_pattern(self.colour) else 1.0)
        font.setPixelSize(max(6, round(room * (0.48 if len(self.initials) > 1 else 0.6))))
        font.setBold(True)
        painter.save()
        painter.setFont(font)
        painter.setPen(text_on(colour))
        painter.drawText(area, Qt.AlignmentFlag.AlignCenter, self.initials)
        painter.restore()

    def icon(self, side: int, ratio: float) -> QIcon:
        """The same as an icon.

        Args:
            side: of the square, in pixels.
            ratio: device pixels in one of these.
        """
        pixmap = QPixmap(round(side * ratio), round(side * ratio))
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.draw(painter, QRectF(0, 0, side, side))
        painter.end()
        icon = QIcon(pixmap)
        icon.addPixmap(pixmap, QIcon.Mode.Selected)  # otherwise a style would tint somebody's colour
        return icon
