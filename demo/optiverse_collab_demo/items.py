"""The canvas: one graphics item for each item with a place, and one for all light."""

from __future__ import annotations

import math
from collections.abc import Iterable
from itertools import pairwise

from PyQt6.QtCore import QLineF, QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QTransform
from PyQt6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from optiverse_collab_demo import geometry, symbols
from optiverse_collab_demo.beams import Segment
from optiverse_collab_demo.geometry import number
from optiverse_collab_demo.model import Item
from optiverse_collab_demo.theme import LIGHT, Theme

_UNTURNED = ("text", "ruler")
_NAMELESS = ("text", "rectangle")
_MAX_MM = 1e6
_MAX_GROWTH, _MIN_ZOOM = 2.5, 0.3  # Names stay legible when the bench is small on the screen, then go.


class BenchGraphicsItem(QGraphicsItem):
    """Shows an item of the bench.

    Attributes:
        item: the shown item.
        theme: in which colours.
    """

    def __init__(self, item: Item, theme: Theme) -> None:
        super().__init__()
        self.item = item
        self.theme = theme
        self._symbol = QRectF()
        self._label = ""
        self._label_box = QRectF()
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemIsSelectable)
        self.refresh()

    def refresh(self) -> None:
        """Show the present item."""
        self.prepareGeometryChange()
        x, y = geometry.position(self.item.kind, self.item.props) or (0.0, 0.0)
        self.setPos(max(-_MAX_MM, min(x, _MAX_MM)), max(-_MAX_MM, min(y, _MAX_MM)))
        turned = self.item.kind not in _UNTURNED
        self.setRotation(
            math.fmod(-geometry.clockwise(self.item.kind, self.item.props), 360.0) if turned else 0.0
        )
        self.setZValue(number(self.item.props.get("z_value"), 0.0))
        self._symbol = symbols.bounds(self.item)
        self._label = self._text()
        self._label_box = self._place_label()
        self.update()

    def boundingRect(self) -> QRectF:
        """The symbol with its name and the frame of the selection."""
        symbol = self._symbol.adjusted(-6.0, -6.0, 6.0, 6.0)
        return symbol.united(self._upright().mapRect(_grown(self._label_box, _MAX_GROWTH)))

    def shape(self) -> QPainterPath:
        """The area that can be grabbed."""
        path = QPainterPath()
        path.addRect(self._symbol.adjusted(-2.0, -2.0, 2.0, 2.0))
        return path

    def paint(
        self,
        painter: QPainter | None,
        option: QStyleOptionGraphicsItem | None,
        widget: QWidget | None = None,
    ) -> None:
        """Draw the symbol, its name, and a frame if it is selected."""
        if painter is None:
            return
        if self.isSelected():
            frame = symbols.pen(self.theme.accent, 1.5)
            painter.setPen(frame)
            painter.setBrush(symbols.faded(self.theme.accent, 28))
            painter.drawRoundedRect(self._symbol.adjusted(-4.0, -4.0, 4.0, 4.0), 4.0, 4.0)
        painter.save()
        symbols.paint(painter, self.item, self.theme)
        painter.restore()
        zoom = math.sqrt(abs(painter.worldTransform().determinant()))
        if self._label and zoom >= _MIN_ZOOM:
            self._paint_label(painter, max(1.0, min(1.0 / zoom, _MAX_GROWTH)))

    def _paint_label(self, painter: QPainter, growth: float) -> None:
        painter.setTransform(self._upright(), True)
        painter.scale(1.0, -1.0)
        font = _label_font()
        font.setPixelSize(round(font.pixelSize() * growth))
        painter.setFont(font)
        painter.setPen(self.theme.muted)
        box = _grown(self._label_box, growth)
        flipped = QRectF(box.x(), -box.y() - box.height(), box.width(), box.height())
        painter.drawText(flipped, Qt.AlignmentFlag.AlignCenter, self._label)

    def _text(self) -> str:
        if self.item.kind in _NAMELESS:
            return ""
        if self.item.kind == "ruler":
            corners = geometry.points(self.item.props)
            length = sum(math.dist(a, b) for a, b in pairwise(corners))
            return f"{length:.1f} mm"
        name = self.item.name
        return name.capitalize() if name == self.item.kind else name

    def _upright(self) -> QTransform:
        """From millimetres that aren't turned to the item's own."""
        return QTransform().rotate(-self.rotation())

    def _place_label(self) -> QRectF:
        """Under the symbol, however it is turned."""
        if not self._label:
            return QRectF()
        box = QFontMetricsF(_label_font()).boundingRect(self._label)
        under = QTransform().rotate(self.rotation()).mapRect(self._symbol)
        width, height = box.width() + 4.0, box.height()
        return QRectF(under.center().x() - width / 2, under.top() - height - 6.0, width, height)


class LightItem(QGraphicsItem):
    """Shows where light goes."""

    def __init__(self) -> None:
        super().__init__()
        self._lines: dict[tuple[str, int], list[QLineF]] = {}
        self._box = QRectF()
        self.setZValue(-1.0)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)

    def show_light(self, segments: Iterable[Segment]) -> None:
        """Show these pieces of light instead of what was shown."""
        self.prepareGeometryChange()
        self._lines, self._box = {}, QRectF()
        for segment in segments:
            line = QLineF(QPointF(*segment.start), QPointF(*segment.end))
            strength = 40 + round(190 * math.sqrt(max(0.0, min(segment.energy, 1.0))))
            self._lines.setdefault((segment.colour, strength), []).append(line)
            box = QRectF(line.p1(), line.p2()).normalized().adjusted(-1.0, -1.0, 1.0, 1.0)
            self._box = self._box.united(box)
        self.update()

    def boundingRect(self) -> QRectF:
        """All of it."""
        return self._box.adjusted(-9.0, -9.0, 9.0, 9.0)

    def shape(self) -> QPainterPath:
        """Light can't be grabbed."""
        return QPainterPath()

    def paint(
        self,
        painter: QPainter | None,
        option: QStyleOptionGraphicsItem | None,
        widget: QWidget | None = None,
    ) -> None:
        """Draw a faint glow, and the rays in it."""
        if painter is None:
            return
        for width, part in ((7.0, 0.10), (1.6, 1.0)):
            for (colour, strength), lines in self._lines.items():
                light = QColor(colour) if QColor(colour).isValid() else QColor("#dc143c")
                painter.setPen(symbols.pen(symbols.faded(light, round(strength * part)), width))
                painter.drawLines(*lines)


def new_graphics(item: Item, theme: Theme = LIGHT) -> BenchGraphicsItem | None:
    """A graphics item; None for what has no place: groups, and the rest of a file."""
    if geometry.position(item.kind, item.props) is None:
        return None
    return BenchGraphicsItem(item, theme)


def _grown(box: QRectF, growth: float) -> QRectF:
    """A label's box, as much larger, that hangs from the same place."""
    width, height = box.width() * growth, box.height() * growth
    return QRectF(box.center().x() - width / 2, box.bottom() - height, width, height)


def _label_font() -> QFont:
    font = QFont()
    font.setPixelSize(11)
    return font
