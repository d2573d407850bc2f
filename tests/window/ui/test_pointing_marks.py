"""Rings and laser pointers, in pixels."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtGui import QImage, QPainter

from optiverse_collab.window.ui.marks import Mark
from optiverse_collab.window.ui.palette import HALO, colour_of
from optiverse_collab.window.ui.pointing_marks import FARTHEST_PX, RING_PX, LaserMark, RingMark

AT = QPointF(100.0, 100.0)
PATH = tuple((QPointF(20.0 + 4 * n, 100.0 + n % 7), 1.0 - n / 20) for n in range(20))


def drawn(mark: Mark) -> QImage:
    """A mark on an empty picture."""
    image = QImage(200, 200, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    mark.draw(painter)
    painter.end()
    return image


def touched(image: QImage) -> list[tuple[int, int]]:
    """The pixels that changed."""
    return [
        (x, y) for x in range(image.width()) for y in range(image.height()) if image.pixelColor(x, y).alpha()
    ]


@pytest.mark.parametrize(
    "mark",
    [
        *(RingMark(AT, 3, passed) for passed in (0.0, 0.3, 0.65, 0.95, 1.0)),
        RingMark(AT, 3, 0.0, True),
        LaserMark(AT, 3, 1.0, PATH),
        LaserMark(None, 3, 0.0, PATH),
        LaserMark(AT, 3, 0.4),
    ],
)
def test_nothing_is_drawn_outside_of_the_box(mark: Mark) -> None:
    assert all(mark.box.contains(x, y) for x, y in touched(drawn(mark)))


def test_a_ring_has_its_colour_between_a_light_and_a_dark_line() -> None:
    image = drawn(RingMark(AT, 3, 0.0, True))
    seen = {image.pixelColor(x, 100).name() for x in range(100, 130)}
    assert colour_of(3).name() in seen
    assert image.pixelColor(round(100 + RING_PX), 100).name() == colour_of(3).name()
    luminances = [image.pixelColor(x, 100).lightness() for x in range(100, 130)]
    assert max(luminances) > 200 > HALO[0].lightness() + 60 > min(luminances)


def test_rings_spread_and_fade() -> None:
    reach = [max(x for x, _ in touched(drawn(RingMark(AT, 3, passed)))) for passed in (0.0, 0.1, 0.3)]
    assert reach == sorted(set(reach))
    assert reach[-1] <= AT.x() + FARTHEST_PX + 4
    strength = [
        drawn(RingMark(AT, 3, passed)).pixelColor(round(100 + RING_PX), 100).alpha()
        for passed in (0.5, 0.9, 1.0)
    ]
    assert strength[0] == 255 > strength[1] > strength[2] == 0


def test_a_trace_is_fainter_where_it_is_older() -> None:
    image = drawn(LaserMark(None, 3, 0.0, PATH))
    old, new = (
        max(image.pixelColor(x, y).alpha() for x in columns for y in range(200))
        for columns in (range(22, 30), range(85, 95))
    )
    assert 0 < old < new
