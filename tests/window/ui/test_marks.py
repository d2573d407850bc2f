"""The marks of others are visible on every canvas, and stay within the area that is repainted for them."""

from __future__ import annotations

from itertools import combinations

import pytest
from PyQt6.QtCore import QPointF, QRectF, QSize
from PyQt6.QtGui import QColor, QImage, QPainter, QPainterPath
from pytestqt.qtbot import QtBot

from optiverse_collab.core.client.people import COLOURS
from optiverse_collab.window.ui import marks as marks_module
from optiverse_collab.window.ui import pictures
from optiverse_collab.window.ui.marks import STRIPE_PX, Arrow, GlowMark, Mark, Outline, Tag, around
from optiverse_collab.window.ui.palette import colour_of, contrast

LIGHT, DARK = QColor("#ffffff"), QColor("#1e1e1e")
SIZE = QSize(160, 120)


def ring() -> QPainterPath:
    path = QPainterPath()
    path.addEllipse(QRectF(50.0, 30.0, 60.0, 50.0))
    return path


def tag(colour: int | None) -> Tag:
    return Tag(QRectF(30.0, 40.0, 70.0, 18.0), "Bob", colour, 1.0)


def marks(colour: int) -> list[Mark]:
    return [
        Arrow(QPointF(40.3, 40.7), colour, 1.0),
        Arrow(QPointF(60.0, 60.0), colour, 1.0, angle=37.0),
        tag(colour),
        Outline(ring(), colour),
        GlowMark(ring(), colour, 1.0),
    ]


def picture(mark: Mark, canvas: QColor) -> QImage:
    image = QImage(SIZE, QImage.Format.Format_RGB32)
    image.fill(canvas)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    mark.draw(painter)
    painter.end()
    return image


def colours(image: QImage) -> set[str]:
    return {image.pixelColor(x, y).name() for x in range(SIZE.width()) for y in range(SIZE.height())}


@pytest.mark.parametrize("colour", [0, 7, 8, COLOURS + 3])
@pytest.mark.parametrize("canvas", [LIGHT, DARK], ids=["light", "dark"])
def test_each_mark_stands_out_and_shows_its_colour(qtbot: QtBot, canvas: QColor, colour: int) -> None:
    for mark in marks(colour):
        found = colours(picture(mark, canvas))
        assert max(contrast(QColor(one), canvas) for one in found) >= 4.5, mark
        assert colour_of(colour).name() in found, mark


@pytest.mark.parametrize("colour", [1, COLOURS + 1])
def test_nothing_is_drawn_outside_of_its_box(qtbot: QtBot, colour: int) -> None:
    """Otherwise traces would stay on the canvas when the mark moves."""
    for mark in (*marks(colour), tag(None)):
        image = picture(mark, LIGHT)
        for x in range(SIZE.width()):
            for y in range(SIZE.height()):
                if image.pixelColor(x, y) != LIGHT:
                    assert mark.box.contains(x, y), mark


def test_a_mark_that_fades_is_paler(qtbot: QtBot) -> None:
    strong, pale = (picture(Arrow(QPointF(40.0, 40.0), 7, opacity), LIGHT) for opacity in (1.0, 0.4))
    assert colour_of(7).name() in colours(strong)
    assert colour_of(7).name() not in colours(pale)
    assert colours(pale) != {LIGHT.name()}


def test_a_glow_of_nobody_known_is_grey(qtbot: QtBot) -> None:
    assert "#808080" in colours(picture(GlowMark(ring(), None, 1.0), LIGHT))


def test_more_than_ten_people_have_stripes_that_differ(qtbot: QtBot) -> None:
    stripes = []
    for colour in range(3, 10 * COLOURS, COLOURS):
        image = picture(tag(colour), LIGHT)
        stripes.append(
            [image.pixelColor(31 + x, 42 + y).name() for x in range(int(STRIPE_PX) - 2) for y in range(14)]
        )
    for one, other in combinations(stripes, 2):
        assert sum(a != b for a, b in zip(one, other, strict=True)) > 10


def test_parts_of_a_shape_that_overlap_have_one_line_around_them() -> None:
    cross = QPainterPath()
    cross.addRect(-20.0, -5.0, 40.0, 10.0)
    cross.addRect(-5.0, -20.0, 10.0, 40.0)
    line = around(cross)
    assert line.contains(QPointF(0.0, 0.0))
    assert len(line.toSubpathPolygons()) == 1


@pytest.mark.parametrize("mark", [Outline(ring(), 0), GlowMark(ring(), 0, 0.5)], ids=["outline", "glow"])
def test_a_line_around_an_item_is_painted_once(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, mark: Outline | GlowMark
) -> None:
    """Wherever the item is dragged: with fifty of them, painting takes 6 ms of every frame."""
    pictures._pictures.clear()
    first = picture(mark, LIGHT)
    painted: list[object] = []
    monkeypatch.setattr(marks_module, "_draw_halo", lambda *arguments: painted.append(arguments))
    assert picture(mark, LIGHT) == first
    moved = picture(mark._replace(path=mark.path.translated(20.0, 10.0)), LIGHT)
    assert moved.copy(60, 20, 80, 80) == first.copy(40, 10, 80, 80)
    assert painted == []


def test_a_large_line_needs_no_memory(qtbot: QtBot) -> None:
    pictures._pictures.clear()
    wide = QPainterPath()
    wide.addRect(QRectF(5.0, 5.0, 2000.0, 20.0))
    assert colour_of(0).name() in colours(picture(Outline(wide, 0), LIGHT))
    assert pictures._pictures == {}
