"""How items look: symbols in millimetres, y up, around the item's place."""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPen, QPolygonF

from optiverse_collab_demo import geometry
from optiverse_collab_demo.geometry import Point, number
from optiverse_collab_demo.model import Item
from optiverse_collab_demo.theme import Theme

_FACES = {"lens": 0.16, "mirror": 0.08, "dichroic": 0.08}


def bounds(item: Item) -> QRectF:
    """What the symbol of an item covers."""
    if item.kind == "ruler":
        return _around(_from_start(geometry.points(item.props)), 8.0)
    if item.kind == "text":
        return text_bounds(item.props)
    if item.kind == "source":
        half = max(number(item.props.get("size_mm"), 10.0) / 2, 7.0) + 2
        return QRectF(-32.0, -half, 34.0, 2 * half)
    if item.kind == "rectangle":
        width, height = geometry.point(item.props.get("size_mm")) or (40.0, 40.0)
        return QRectF(-width / 2, -height / 2, width, height).normalized()
    lines = geometry.surfaces(item.props)
    if not lines:
        height = max(number(item.props.get("object_height_mm"), 30.0), 4.0)
        return QRectF(-height / 2, -height / 2, height, height)
    corners: list[Point] = []
    for interface, a, b in lines:
        corners += [a, b]
        if interface.get("element_type") == "beam_splitter":
            corners += cube(a, b)
    thickest = max(math.dist(a, b) * _FACES.get(_type(interface), 0.0) for interface, a, b in lines)
    return _around(corners, thickest / 2 + 2.0)


def paint(painter: QPainter, item: Item, theme: Theme) -> None:
    """Draw an item's symbol."""
    painter.setPen(pen(theme.ink))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if item.kind == "ruler":
        _paint_ruler(painter, _from_start(geometry.points(item.props)), theme)
    elif item.kind == "text":
        _paint_text(painter, item.props, theme)
    elif item.kind == "source":
        _paint_source(painter, item.props, theme)
    elif item.kind == "rectangle":
        painter.setBrush(faded(theme.muted, 45))
        painter.drawRect(bounds(item))
    elif lines := geometry.surfaces(item.props):
        for interface, a, b in lines:
            _paint_surface(painter, interface, a, b, theme)
    else:
        painter.setBrush(faded(theme.muted, 45))
        painter.drawRoundedRect(bounds(item), 3.0, 3.0)


def pen(colour: QColor, width: float = 1.5) -> QPen:
    """A pen as wide as it says at any zoom, in pixels."""
    made = QPen(colour, width)
    made.setCosmetic(True)
    made.setCapStyle(Qt.PenCapStyle.RoundCap)
    made.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    return made


def faded(colour: QColor, alpha: int) -> QColor:
    """A colour that what is under it shines through; `alpha` of 0 to 255."""
    return QColor(colour.red(), colour.green(), colour.blue(), alpha)


def cube(a: Point, b: Point) -> list[Point]:
    """The corners of the square with the diagonal `a` to `b`."""
    cx, cy, hx, hy = (a[0] + b[0]) / 2, (a[1] + b[1]) / 2, (b[0] - a[0]) / 2, (b[1] - a[1]) / 2
    return [a, (cx - hy, cy + hx), b, (cx + hy, cy - hx)]


def text_font(props: Mapping[str, Any]) -> QFont:
    """A note's font; its points are of 4/3 mm."""
    font = QFont()
    font.setPixelSize(max(4, min(round(number(props.get("point_size"), 11.0) * 4 / 3), 400)))
    return font


def text_bounds(props: Mapping[str, Any]) -> QRectF:
    """What a note covers: it hangs from its place."""
    box = QFontMetricsF(text_font(props)).boundingRect(
        QRectF(0, 0, 100_000, 100_000), int(Qt.AlignmentFlag.AlignLeft), _text(props) or " "
    )
    return QRectF(-3.0, -box.height() - 3.0, box.width() + 6.0, box.height() + 6.0)


def _paint_text(painter: QPainter, props: Mapping[str, Any], theme: Theme) -> None:
    colour = props.get("color")
    painter.setPen(theme.legible(QColor(colour) if isinstance(colour, str) else theme.ink))
    painter.setFont(text_font(props))
    box = text_bounds(props)
    painter.scale(1.0, -1.0)
    rect = QRectF(0.0, 0.0, box.width(), box.height())
    painter.drawText(rect, int(Qt.AlignmentFlag.AlignLeft), _text(props))


def _paint_source(painter: QPainter, props: Mapping[str, Any], theme: Theme) -> None:
    half = max(number(props.get("size_mm"), 10.0) / 2, 7.0)
    colour = QColor(str(props.get("color_hex", "#dc143c")))
    beam = colour if colour.isValid() else theme.ink
    painter.setBrush(faded(theme.muted, 70))
    painter.drawRoundedRect(QRectF(-30.0, -half, 28.0, 2 * half), 3.0, 3.0)
    painter.setPen(pen(beam, 3.0))
    painter.drawLine(QPointF(0.0, -half), QPointF(0.0, half))
    painter.setPen(pen(beam, 1.5))
    painter.setBrush(beam)
    painter.drawPolygon(QPolygonF([QPointF(-20.0, -4.0), QPointF(-20.0, 4.0), QPointF(-11.0, 0.0)]))


def _paint_ruler(painter: QPainter, corners: list[Point], theme: Theme) -> None:
    painter.setPen(pen(theme.muted, 1.2))
    for a, b in pairwise(corners):
        length = math.dist(a, b)
        if length == 0.0:
            continue
        ux, uy = (b[0] - a[0]) / length, (b[1] - a[1]) / length
        painter.drawLine(QPointF(*a), QPointF(*b))
        step = 10.0 if length < 2000.0 else length / 200
        for i in range(int(length / step + 1e-9) + 1):
            reach = 5.0 if i % 5 == 0 else 2.5
            x, y = a[0] + i * step * ux, a[1] + i * step * uy
            painter.drawLine(QPointF(x, y), QPointF(x - reach * uy, y + reach * ux))


def _paint_surface(painter: QPainter, interface: Mapping[str, Any], a: Point, b: Point, theme: Theme) -> None:
    kind, length = _type(interface), math.dist(a, b)
    painter.setPen(pen(theme.ink))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if kind == "lens":
        bulge = _FACES[kind] * length * (1.0 if number(interface.get("efl_mm"), 100.0) >= 0 else -1.0)
        painter.setBrush(faded(theme.glass, 90))
        painter.drawPath(_lens(a, b, bulge))
    elif kind == "beam_splitter":
        painter.setBrush(faded(theme.glass, 60))
        painter.drawPolygon(QPolygonF([QPointF(*corner) for corner in cube(a, b)]))
        painter.drawLine(QPointF(*a), QPointF(*b))
    elif kind in ("mirror", "dichroic"):
        nx, ny = _normal(a, b, _FACES[kind] * length)
        back = [a, b, (b[0] + nx, b[1] + ny), (a[0] + nx, a[1] + ny)]
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(faded(theme.muted if kind == "mirror" else theme.glass, 110))
        painter.drawPolygon(QPolygonF([QPointF(*corner) for corner in back]))
        painter.setPen(pen(theme.ink, 2.5))
        painter.drawLine(QPointF(*a), QPointF(*b))
    else:
        painter.setPen(pen(theme.ink, 4.0 if kind == "beam_block" else 1.5))
        painter.drawLine(QPointF(*a), QPointF(*b))


def _lens(a: Point, b: Point, bulge: float) -> QPainterPath:
    """Two arcs: they meet at the rim of a converging lens, and are apart there in a diverging one."""
    cx, cy = (a[0] + b[0]) / 2, (a[1] + b[1]) / 2
    path = QPainterPath()
    if bulge >= 0:
        nx, ny = _normal(a, b, bulge)
        path.moveTo(QPointF(*a))
        path.quadTo(QPointF(cx + nx, cy + ny), QPointF(*b))
        path.quadTo(QPointF(cx - nx, cy - ny), QPointF(*a))
    else:
        nx, ny = _normal(a, b, -bulge / 2)
        path.moveTo(a[0] + nx, a[1] + ny)
        path.quadTo(QPointF(cx - nx * 0.6, cy - ny * 0.6), QPointF(b[0] + nx, b[1] + ny))
        path.lineTo(b[0] - nx, b[1] - ny)
        path.quadTo(QPointF(cx + nx * 0.6, cy + ny * 0.6), QPointF(a[0] - nx, a[1] - ny))
    path.closeSubpath()
    return path


def _normal(a: Point, b: Point, length: float) -> Point:
    whole = math.dist(a, b) or 1.0
    return -(b[1] - a[1]) / whole * length, (b[0] - a[0]) / whole * length


def _from_start(corners: list[Point]) -> list[Point]:
    return [(x - corners[0][0], y - corners[0][1]) for x, y in corners]


def _around(corners: list[Point], margin: float) -> QRectF:
    if not corners:
        return QRectF()
    xs, ys = [x for x, _ in corners], [y for _, y in corners]
    box = QRectF(min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys))
    return box.adjusted(-margin, -margin, margin, margin)


def _text(props: Mapping[str, Any]) -> str:
    text = props.get("text")
    return text if isinstance(text, str) else ""


def _type(interface: Mapping[str, Any]) -> str:
    return str(interface.get("element_type"))
