"""Four bars."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import QRectF
from PyQt6.QtGui import QImage, QPainter

from optiverse_collab.window.ui import colours, signal_bars


@pytest.mark.parametrize(
    ("bars", "colour"),
    [(1, colours.VERMILION), (2, colours.ORANGE), (3, colours.GREEN), (4, colours.GREEN)],
)
def test_bars_are_lit_from_the_left(qapp: object, bars: int, colour: object) -> None:
    assert signal_bars.colour_of(bars) == colour
    image = QImage(40, 40, QImage.Format.Format_RGB32)
    image.fill(0xFFFFFF)
    painter = QPainter(image)
    signal_bars.draw(painter, QRectF(0, 0, 40, 40), bars)
    painter.end()
    lit = [image.pixelColor(number * 10 + 3, 38) == colour for number in range(4)]
    assert lit == [number < bars for number in range(4)]
    heights = [
        sum(image.pixelColor(number * 10 + 3, y).name() != "#ffffff" for y in range(40))
        for number in range(4)
    ]
    assert heights == sorted(set(heights))
