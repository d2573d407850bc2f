"""Cached pictures: letters and outlines take long to paint."""

from __future__ import annotations

from collections.abc import Callable, Hashable

from PyQt6.QtCore import QPointF, QRect, Qt
from PyQt6.QtGui import QFont, QImage, QPainter

MOST = 512
"""How many pictures are cached."""

_pictures: dict[Hashable, QImage] = {}
_font: tuple[QFont, str] | None = None


def draw_picture(
    painter: QPainter, look: Hashable, at: QPointF, box: QRect, paint: Callable[[QPainter], None]
) -> None:
    """Draw something from its picture, on whole pixels of the screen.

    Args:
        look: equal for what looks the same.
        at: where.
        box: what it touches, relative to there.
        paint: paints it at (0, 0) for the picture, with the font of `painter`.
    """
    device = painter.device()
    ratio = 1.0 if device is None else device.devicePixelRatioF()
    key = (look, ratio)
    found = _pictures.get(key)
    if found is None:
        if len(_pictures) >= MOST:
            del _pictures[next(iter(_pictures))]
        found = _pictures[key] = QImage(box.size() * ratio, QImage.Format.Format_ARGB32_Premultiplied)
        found.setDevicePixelRatio(ratio)
        found.fill(Qt.GlobalColor.transparent)
        on_it = QPainter(found)
        on_it.setRenderHint(QPainter.RenderHint.Antialiasing)
        on_it.setFont(painter.font())
        on_it.translate(QPointF(-box.topLeft()))
        paint(on_it)
        on_it.end()
    x, y = round((at.x() + box.x()) * ratio) / ratio, round((at.y() + box.y()) * ratio) / ratio
    painter.drawImage(QPointF(x, y), found)


def key_of(font: QFont) -> str:
    """A cached key for a font. Qt takes long to make it, and the font hardly ever changes."""
    global _font
    if _font is None or _font[0] != font:
        _font = QFont(font), font.key()
    return _font[1]
