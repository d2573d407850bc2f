"""A badge at an item is visible on every canvas, and says what is being done."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import QPointF, QSize
from PyQt6.QtGui import QColor, QImage, QPainter
from pytestqt.qtbot import QtBot

from optiverse_collab.core.client.activity import Doing
from optiverse_collab.core.client.people import COLOURS
from optiverse_collab.window.ui.badges import Badge
from optiverse_collab.window.ui.palette import colour_of, contrast

SIZE = QSize(40, 40)


def picture(badge: Badge, canvas: QColor) -> QImage:
    image = QImage(SIZE, QImage.Format.Format_RGB32)
    image.fill(canvas)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    badge.draw(painter)
    painter.end()
    return image


@pytest.mark.parametrize("colour", [0, 7, 8, COLOURS + 3])
@pytest.mark.parametrize("canvas", [QColor("#ffffff"), QColor("#1e1e1e")], ids=["light", "dark"])
def test_it_stands_out_in_its_colour_and_box(qtbot: QtBot, canvas: QColor, colour: int) -> None:
    pictures = []
    for doing in Doing:
        badge = Badge(QPointF(10.0, 10.0), colour, doing)
        image = picture(badge, canvas)
        found = {image.pixelColor(x, y).name() for x in range(40) for y in range(40)}
        assert max(contrast(QColor(one), canvas) for one in found) >= 4.5
        assert colour_of(colour).name() in found
        outside = [
            (x, y)
            for x in range(40)
            for y in range(40)
            if not badge.box.contains(x, y) and image.pixelColor(x, y) != canvas
        ]
        assert outside == []
        pictures.append(image)
    assert pictures[0] != pictures[1] != pictures[2] != pictures[0]
