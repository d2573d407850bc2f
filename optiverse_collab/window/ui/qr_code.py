"""A QR code: black on white in every theme, for cameras."""

from __future__ import annotations

import segno
from PyQt6.QtCore import QRect, QSize, Qt
from PyQt6.QtGui import QPainter, QPaintEvent
from PyQt6.QtWidgets import QSizePolicy, QWidget

QUIET_MODULES = 4
"""The white rim that ISO/IEC 18004 asks for, in modules: the little squares."""

MODULE_PIXELS = 5
"""The least size of a module."""


class QrCode(QWidget):
    """Draws a text as a QR code; nothing, if there is no text or it is too long for one.

    Attributes:
        modules: rows of 0 (white) and 1 (black), without the rim; empty if there is nothing to draw.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.modules: list[bytes] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def set_text(self, text: str) -> bool:
        """Draw a text; returns whether it fits."""
        try:
            rows = segno.make(text, micro=False, error="m").matrix if text else ()
        except segno.DataOverflowError:
            rows = ()
        self.modules = [bytes(row) for row in rows]
        self.updateGeometry()
        self.update()
        return bool(self.modules)

    def sizeHint(self) -> QSize:
        """Room for modules that a camera can distinguish."""
        side = (len(self.modules) + 2 * QUIET_MODULES) * MODULE_PIXELS if self.modules else 0
        return QSize(side, side)

    def minimumSizeHint(self) -> QSize:
        """The same."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Draw it, in the middle."""
        count = len(self.modules) + 2 * QUIET_MODULES
        size = min(self.width(), self.height()) // count
        if not self.modules or not size:
            return
        side = size * count
        left, top = (self.width() - side) // 2, (self.height() - side) // 2
        painter = QPainter(self)
        painter.fillRect(QRect(left, top, side, side), Qt.GlobalColor.white)
        for y, row in enumerate(self.modules):
            for x, is_black in enumerate(row):
                if is_black:
                    place = left + (x + QUIET_MODULES) * size, top + (y + QUIET_MODULES) * size
                    painter.fillRect(QRect(*place, size, size), Qt.GlobalColor.black)
        painter.end()
