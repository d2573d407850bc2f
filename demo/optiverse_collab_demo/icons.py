"""Pictures for menus and tool buttons, drawn as on the bench."""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QPainter, QPixmap

from optiverse_collab_demo import geometry, symbols
from optiverse_collab_demo.model import Item
from optiverse_collab_demo.templates import Template, placed
from optiverse_collab_demo.theme import Theme

_SIDE = 30


def template_icon(template: Template, theme: Theme, pixel_ratio: float) -> QPixmap:
    """What a new item looks like, 30 by 30 pixels of the screen's size."""
    picture = QPixmap(round(_SIDE * pixel_ratio), round(_SIDE * pixel_ratio))
    picture.setDevicePixelRatio(pixel_ratio)
    picture.fill(Qt.GlobalColor.transparent)
    item = Item("", template.kind, placed(template, (0.0, 0.0)))
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(_SIDE / 2, _SIDE / 2)
    painter.scale(1.0, -1.0)
    painter.rotate(-geometry.clockwise(item.kind, item.props))
    box = symbols.bounds(item)
    scale = (_SIDE - 2) / max(box.width(), box.height())
    painter.scale(scale, scale)
    painter.translate(-box.center())
    symbols.paint(painter, item, theme)
    painter.end()
    return picture
