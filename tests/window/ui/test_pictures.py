"""What is shown often is painted only once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PyQt6.QtCore import QPointF, QRect, QRectF, Qt
from PyQt6.QtGui import QColor, QFont, QImage, QPainter

from optiverse_collab.window.ui import pictures
from optiverse_collab.window.ui.pictures import draw_picture, key_of

BOX = QRect(-5, -5, 10, 10)


class Stage:
    """A canvas, and a red square that counts how often it is painted."""

    def __init__(self, ratio: float = 1.0) -> None:
        self.count = 0
        self.image = QImage(round(100 * ratio), round(100 * ratio), QImage.Format.Format_RGB32)
        self.image.setDevicePixelRatio(ratio)

    def paint(self, painter: QPainter) -> None:
        """Paint the square at (0, 0)."""
        self.count += 1
        painter.fillRect(QRectF(-4.0, -4.0, 8.0, 8.0), QColor("red"))

    def draw(self, x: float, y: float, look: str = "square") -> QRect:
        """Draw it on an empty picture; returns the pixels that it covers."""
        self.image.fill(Qt.GlobalColor.white)
        painter = QPainter(self.image)
        draw_picture(painter, look, QPointF(x, y), BOX, self.paint)
        painter.end()
        covered = QRect()
        for column in range(self.image.width()):
            for row in range(self.image.height()):
                colour = self.image.pixelColor(column, row)
                assert colour in (QColor("red"), QColor("white"))  # nothing is blurred
                if colour == QColor("red"):
                    covered = covered.united(QRect(column, row, 1, 1))
        return covered


@pytest.fixture(autouse=True)
def none_yet() -> Iterator[None]:
    """Remove the pictures of other tests."""
    pictures._pictures.clear()
    yield
    pictures._pictures.clear()


def test_it_is_painted_once_and_lies_on_whole_pixels(qapp: object) -> None:
    stage = Stage()
    assert stage.draw(50.0, 40.0) == QRect(46, 36, 8, 8)
    assert stage.draw(50.4, 39.6) == QRect(46, 36, 8, 8)
    assert stage.draw(50.6, 40.0) == QRect(47, 36, 8, 8)
    assert stage.count == 1


def test_on_a_fine_screen_it_lies_on_that_ones_pixels(qapp: object) -> None:
    stage, fine = Stage(), Stage(2.0)
    stage.draw(50.0, 40.0)
    assert fine.draw(50.4, 40.0) == QRect(93, 72, 16, 16)
    assert (stage.count, fine.count) == (1, 1)


def test_only_the_last_are_kept(qapp: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "MOST", 3)
    stage = Stage()
    for number in range(10):
        stage.draw(50.0, 40.0, f"look {number}")
    assert [key[0] for key in pictures._pictures] == ["look 7", "look 8", "look 9"]  # type: ignore[index]


def test_fonts_that_look_different_have_different_keys(qapp: object) -> None:
    small, large = QFont("Arial", 9), QFont("Arial", 18)
    assert key_of(small) == key_of(QFont(small)) != key_of(large)
    assert key_of(small) == small.key()
