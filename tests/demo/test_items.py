"""Items on the canvas: placed where the bench says, turned as in Optiverse, and never a crash."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from PyQt6.QtCore import QPointF, QRectF
from PyQt6.QtGui import QColor, QImage, QPainter
from PyQt6.QtWidgets import QGraphicsScene
from pytestqt.qtbot import QtBot

from optiverse_collab_demo.beams import Segment
from optiverse_collab_demo.items import BenchGraphicsItem, LightItem, new_graphics
from optiverse_collab_demo.model import Item
from optiverse_collab_demo.theme import LIGHT
from tests.helpers.demo_window import GARBAGE


def on_canvas(kind: str, **props: Any) -> BenchGraphicsItem:
    graphics = new_graphics(Item("id", kind, {"pos": [0.0, 0.0], **props}))
    assert graphics is not None
    return graphics


def picture(graphics: Any, zoom: float = 1.0) -> QImage:
    """Paint 300 by 300 pixels around the origin, y up, as a view shows it."""
    scene = QGraphicsScene()
    scene.addItem(graphics)
    image = QImage(300, 300, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(0)
    half = 150.0 / zoom
    painter = QPainter(image)
    painter.translate(0.0, 300.0)
    painter.scale(1.0, -1.0)
    scene.render(painter, QRectF(0, 0, 300, 300), QRectF(-half, -half, 2 * half, 2 * half))
    painter.end()
    scene.removeItem(graphics)
    return image


def colours(image: QImage) -> set[str]:
    return {
        image.pixelColor(x, y).name()
        for x in range(image.width())
        for y in range(image.height())
        if image.pixelColor(x, y).alpha() == 255
    }


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(GARBAGE)
def test_garbage_is_shown_or_not_but_stops_nothing(qtbot: QtBot, item: Item) -> None:
    graphics = new_graphics(item)
    if graphics is None:
        return
    graphics.setSelected(True)
    picture(graphics)
    box = graphics.sceneBoundingRect()
    assert all(math.isfinite(edge) for edge in (box.left(), box.right(), box.top(), box.bottom()))
    assert graphics.boundingRect().contains(graphics.shape().boundingRect())


@pytest.mark.parametrize(
    ("kind", "props"),
    [
        ("group", {"name": "Group"}),
        ("assembly", {}),
        ("component", {"pos": "here"}),
        ("ruler", {"points": []}),
    ],
)
def test_what_has_no_place_is_not_on_the_canvas(qtbot: QtBot, kind: str, props: dict[str, Any]) -> None:
    assert new_graphics(Item("id", kind, props)) is None


def test_item_follows_its_properties(qtbot: QtBot) -> None:
    graphics = on_canvas("component")
    graphics.item.props.update(pos=[30.0, -40.0], angle_deg=30.0, z_value=7.5)
    graphics.refresh()
    assert graphics.pos() == QPointF(30.0, -40.0)
    assert graphics.rotation() == -30.0
    assert graphics.zValue() == 7.5


@pytest.mark.parametrize(
    ("kind", "rotation"), [("component", -30.0), ("source", -30.0), ("rectangle", 30.0), ("text", 0.0)]
)
def test_angles_are_clockwise_but_of_rectangles(qtbot: QtBot, kind: str, rotation: float) -> None:
    """The scene's y is up, so its angles are counter-clockwise."""
    assert on_canvas(kind, angle_deg=30.0).rotation() == rotation


def test_ruler_is_as_long_as_all_its_parts(qtbot: QtBot) -> None:
    ruler = Item("id", "ruler", {"points": [[0, 0], [30, 0], [30, 40]]})
    assert BenchGraphicsItem(ruler, LIGHT)._text() == "70.0 mm"


@pytest.mark.parametrize("angle", [0.0, 90.0, 180.0, 213.0])
def test_name_is_under_the_symbol_however_it_is_turned(qtbot: QtBot, angle: float) -> None:
    named = on_canvas("component", name="Name", object_height_mm=40.0, angle_deg=angle)
    nameless = on_canvas("rectangle", size_mm=[40.0, 40.0], angle_deg=-angle)
    assert named.sceneBoundingRect().bottom() == pytest.approx(nameless.sceneBoundingRect().bottom())
    assert named.sceneBoundingRect().top() < nameless.sceneBoundingRect().top() - 10.0


def test_name_is_drawn_within_the_bounds_at_any_zoom(qtbot: QtBot) -> None:
    """Names grow when the bench is small, so that they stay readable; then they disappear."""
    muted = LIGHT.muted.name()
    graphics = on_canvas("component", name="A name", interfaces=[{"x1_mm": -5.0, "x2_mm": 5.0}])
    for zoom in (4.0, 1.0, 0.5, 0.4):
        assert muted in colours(picture(graphics, zoom))
    one, other = on_canvas("component", name="one"), on_canvas("component", name="other")
    assert picture(one, 0.4) != picture(other, 0.4)
    assert picture(one, 0.2) == picture(other, 0.2)


def test_selected_item_has_a_frame(qtbot: QtBot) -> None:
    graphics = on_canvas("rectangle")
    before = picture(graphics)
    graphics.setSelected(True)
    assert LIGHT.accent.name() in colours(picture(graphics))
    assert LIGHT.accent.name() not in colours(before)


def test_light_has_its_colour_and_can_not_be_grabbed(qtbot: QtBot) -> None:
    light = LightItem()
    light.show_light([Segment((-100.0, 0.0), (100.0, 0.0), 1.0, "#00c800")])
    greens = [colour for colour in _all(picture(light)) if colour.green() > 150 and colour.red() < 30]
    assert greens
    assert light.shape().isEmpty()
    assert light.boundingRect().contains(QRectF(-100.0, -1.0, 200.0, 2.0))


@pytest.mark.parametrize("energy", [-1.0, 0.0, 0.02, 1.0, 5.0])
def test_light_of_any_energy_and_colour_is_drawn(qtbot: QtBot, energy: float) -> None:
    light = LightItem()
    light.show_light([Segment((-9.0, 0.0), (9.0, 0.0), energy, "no colour")])
    assert any(colour.alpha() > 0 and colour.red() > 100 for colour in _all(picture(light)))


def test_light_goes_when_there_is_none(qtbot: QtBot) -> None:
    light = LightItem()
    light.show_light([Segment((-100.0, 0.0), (100.0, 0.0), 1.0, "#00c800")])
    light.show_light([])
    assert all(colour.alpha() == 0 for colour in _all(picture(light)))


def _all(image: QImage) -> list[QColor]:
    return [image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height())]
