"""Symbols: drawn within their bounds, whatever the properties hold."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from PyQt6.QtCore import QRectF
from PyQt6.QtGui import QColor, QImage, QPainter
from pytestqt.qtbot import QtBot

from optiverse_collab_demo import symbols
from optiverse_collab_demo.model import Item
from optiverse_collab_demo.templates import TEMPLATES, Template, placed
from optiverse_collab_demo.theme import DARK, LIGHT, Theme
from tests.helpers.demo_window import GARBAGE

SIDE = 300


def painted(item: Item, theme: Theme = LIGHT) -> QImage:
    """Paint the symbol on a transparent square, one pixel to the millimetre, y up, 0 in the middle."""
    image = QImage(SIDE, SIDE, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(0)
    painter = QPainter(image)
    painter.translate(SIDE / 2, SIDE / 2)
    painter.scale(1.0, -1.0)
    symbols.paint(painter, item, theme)
    painter.end()
    return image


def box_of(image: QImage) -> QRectF:
    """The painted area in mm; symbols consist of lines, whose width adds a little."""
    pixels = [(x, y) for x in range(SIDE) for y in range(SIDE) if image.pixelColor(x, y).alpha() > 0]
    xs, ys = [x for x, _ in pixels], [y for _, y in pixels]
    return QRectF(min(xs) - SIDE / 2, SIDE / 2 - max(ys) - 1, max(xs) - min(xs) + 1, max(ys) - min(ys) + 1)


def colours(image: QImage) -> set[str]:
    return {image.pixelColor(x, y).name() for x in range(SIDE) for y in range(SIDE)}


def surface(element: Any, **more: Any) -> Item:
    line = {"x1_mm": 0.0, "y1_mm": 25.0, "x2_mm": 0.0, "y2_mm": -25.0, "element_type": element, **more}
    return Item("id", "component", {"pos": [0, 0], "interfaces": [line]})


ODD = [
    Item("id", "component", {"pos": [0, 0], "object_height_mm": 40.0}),
    Item("id", "rectangle", {"pos": [0, 0], "size_mm": [60.0, 20.0]}),
    Item("id", "rectangle", {"pos": [0, 0], "size_mm": [-60.0, -20.0]}),
    Item("id", "rectangle", {"pos": [0, 0]}),
    Item("id", "from the future", {"pos": [0, 0]}),
    Item("id", "ruler", {"points": [[0, 0], [30, 0], [30, 40]]}),
    surface("lens", efl_mm=-50.0),
    surface("dichroic"),
    surface("beam_block"),
    surface("polarizing_interface"),
    surface(None),
]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(GARBAGE)
def test_garbage_is_drawn_somehow_within_finite_bounds(qtbot: QtBot, item: Item) -> None:
    box = symbols.bounds(item)
    assert all(math.isfinite(edge) for edge in (box.left(), box.right(), box.top(), box.bottom()))
    assert box.width() >= 0.0
    assert box.height() >= 0.0
    painted(item)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
@pytest.mark.parametrize("template", TEMPLATES, ids=lambda template: template.key)
def test_new_item_is_drawn_within_its_bounds(qtbot: QtBot, template: Template, theme: Theme) -> None:
    item = Item("id", template.kind, placed(template, (0.0, 0.0)))
    assert symbols.bounds(item).adjusted(-2, -2, 2, 2).contains(box_of(painted(item, theme)))


@pytest.mark.parametrize("item", ODD, ids=lambda item: f"{item.kind} {len(item.props)}")
def test_other_items_are_drawn_within_their_bounds(qtbot: QtBot, item: Item) -> None:
    assert symbols.bounds(item).adjusted(-2, -2, 2, 2).contains(box_of(painted(item)))


def test_kinds_of_surface_can_be_told_apart(qtbot: QtBot) -> None:
    kinds = ["lens", "mirror", "beam_splitter", "dichroic", "beam_block", "polarizing_interface"]
    images = [painted(surface(kind)) for kind in kinds] + [painted(surface("lens", efl_mm=-50.0))]
    assert all(a != b for n, a in enumerate(images) for b in images[:n])


def test_source_has_its_colour_or_that_of_ink(qtbot: QtBot) -> None:
    def source(colour: Any) -> Item:
        return Item("id", "source", {"pos": [0, 0], "color_hex": colour})

    assert "#00c800" in colours(painted(source("#00c800")))
    for bad in ("no colour", 7, None):
        assert LIGHT.ink.name() in colours(painted(source(bad)))


def test_note_of_several_lines_is_as_high_as_they_are(qtbot: QtBot) -> None:
    one = symbols.text_bounds({"text": "Note"})
    two = symbols.text_bounds({"text": "Note\nand more"})
    assert two.height() > 1.5 * one.height()
    assert two.width() > one.width()


@pytest.mark.parametrize("text", [None, 7, "", ["Note"]])
def test_note_without_text_can_still_be_taken_hold_of(qtbot: QtBot, text: Any) -> None:
    box = symbols.text_bounds({"text": text})
    assert box.height() > 8.0
    assert box.width() > 6.0


def test_pen_is_as_wide_at_any_zoom() -> None:
    assert symbols.pen(QColor("red"), 3.0).isCosmetic()


def test_cube_has_the_surface_for_its_diagonal() -> None:
    corners = symbols.cube((-5.0, 5.0), (5.0, -5.0))
    assert sorted(corners) == [(-5.0, -5.0), (-5.0, 5.0), (5.0, -5.0), (5.0, 5.0)]
    assert (corners[0], corners[2]) == ((-5.0, 5.0), (5.0, -5.0))
