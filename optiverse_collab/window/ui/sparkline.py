"""A small curve of the answers of the last minute."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import QPointF, QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QPainter, QPaintEvent, QPalette, QPen, QPolygonF
from PyQt6.QtWidgets import QSizePolicy, QWidget

from optiverse_collab.window.ui import colours
from optiverse_collab.wording import standing as wording

LEAST_MS = 50.0
"""The height of the curve stands for at least this much, so that a good line looks good."""


class Sparkline(QWidget):
    """A dot for each second with an answer, the newest at the right.

    Attributes:
        values: in ms, oldest first; None where there was none.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.values: Sequence[float | None] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_values(self, values: Sequence[float | None]) -> None:
        """Show other values."""
        self.values = values
        most = max((value for value in values if value is not None), default=None)
        self.setAccessibleName(f"{wording.LAST_MINUTE}: {self._caption(most)}")
        self.update()

    def sizeHint(self) -> QSize:
        """Three lines of text high."""
        return QSize(self.fontMetrics().averageCharWidth() * 36, self.fontMetrics().height() * 3)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Draw the curve, and what its height stands for."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        text = self.palette().color(QPalette.ColorRole.WindowText)
        line = QColor(text)
        line.setAlphaF(0.25)
        area = QRectF(self.rect()).adjusted(0.5, self.fontMetrics().height() + 2.0, -0.5, -1.5)
        painter.setPen(QPen(line, 1.0))
        painter.drawLine(area.bottomLeft(), area.bottomRight())
        most = max((value for value in self.values if value is not None), default=None)
        painter.setPen(text)
        painter.drawText(
            self.rect(), Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignRight, self._caption(most)
        )
        if most is not None:
            self._draw_curve(painter, area, max(most, LEAST_MS))

    def _draw_curve(self, painter: QPainter, area: QRectF, top_ms: float) -> None:
        step = area.width() / max(1, len(self.values) - 1)
        points = [
            QPointF(area.x() + number * step, area.bottom() - area.height() * value / top_ms)
            for number, value in enumerate(self.values)
            if value is not None
        ]
        painter.setPen(QPen(colours.BLUE, 1.6))
        painter.drawPolyline(QPolygonF(points))
        painter.setBrush(colours.BLUE)
        for point in points:
            painter.drawEllipse(point, 1.2, 1.2)

    def _caption(self, most: float | None) -> str:
        return wording.up_to(most)
