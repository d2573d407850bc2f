"""Others' cursors and selections over a bench."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtGui import QColor, QPainterPath, QPainterPathStroker
from pytestqt.qtbot import QtBot

from optiverse_collab.core.client.replica import Replica
from optiverse_collab.core.client.session import SessionClient
from optiverse_collab.core.protocol.participants import Participant
from optiverse_collab.window.ui.cursors import GAP_PX, NAME_CHARS, CursorOverlay, _around
from optiverse_collab.window.ui.participants import colour_of
from tests.helpers.demo_window import add, click, new_window


class Scene:
    """A window with a lens, a session with Bob in it, and the overlay."""

    def __init__(self, qtbot: QtBot, name: str = "Bob") -> None:
        self.window = new_window()
        qtbot.addWidget(self.window)
        self.lens = add(self.window, "lens", (50.0, 0.0))
        self.session = SessionClient("ann", Replica("client"))
        self.session.participants["c2"] = Participant(name, "c2", "t")
        self.overlay = CursorOverlay(self.window.view, self.session, self.outline)

    def outline(self, id: str) -> QPainterPath | None:
        graphics = self.window.scene.graphics(id)
        return None if graphics is None else graphics.mapToScene(graphics.shape())

    def bob(self, **state: Any) -> None:
        """Bob shows something."""
        self.session.presence.update("c2", state)
        self.overlay.refresh()

    def colours(self) -> set[str]:
        """What is painted, overlay and all."""
        image = self.window.view.grab().toImage()
        return {
            image.pixelColor(x, y).name() for x in range(0, image.width(), 1) for y in range(image.height())
        }


@pytest.fixture
def scene(qtbot: QtBot) -> Iterator[Scene]:
    made = Scene(qtbot)
    yield made
    made.overlay.close_for_good()


def test_a_cursor_is_drawn_where_it_is_in_mm(scene: Scene) -> None:
    assert colour_of("c2").name() not in scene.colours()
    scene.bob(cursor=[-30.0, 20.0])
    [bob] = scene.overlay.others()
    assert bob.cursor == QPointF(scene.window.view.mapFromScene(QPointF(-30.0, 20.0)))
    assert colour_of("c2").name() in scene.colours()
    before = bob.cursor
    scene.window.view.zoom(2.0)
    [bob] = scene.overlay.others()
    assert bob.cursor != before
    scene.bob(cursor=None)
    assert colour_of("c2").name() not in scene.colours()


def test_a_selection_is_framed_and_follows_the_item(scene: Scene) -> None:
    scene.bob(selection=[scene.lens, "nobody"])
    [bob] = scene.overlay.others()
    [shape] = bob.selection
    assert colour_of("c2").name() in scene.colours()
    scene.window.bench.change({scene.lens: {"pos": [150.0, 0.0]}})
    [bob] = scene.overlay.others()
    moved = bob.selection[0].boundingRect().center() - shape.boundingRect().center()
    assert moved.x() == pytest.approx(100.0, abs=2.0)


def test_a_selection_is_drawn_around_the_shape_of_the_item(scene: Scene) -> None:
    scene.window.bench.change({scene.lens: {"angle_deg": 45.0}})
    scene.bob(selection=[scene.lens])
    image = scene.window.view.grab().toImage()
    [bob] = scene.overlay.others()
    box = bob.selection[0].boundingRect().toAlignedRect()
    colour = colour_of("c2").name()
    painted = [
        QPointF(x, y)
        for x in range(box.left() - 6, box.right() + 7)
        for y in range(box.top() - 6, box.bottom() + 7)
        if image.pixelColor(x, y).name() == colour
    ]
    stroker = QPainterPathStroker()
    stroker.setWidth(2 * (GAP_PX + 2.0))
    stroker.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
    near = stroker.createStroke(bob.selection[0])
    assert painted
    assert all(map(near.contains, painted))
    corners = (box.topLeft(), box.topRight(), box.bottomLeft(), box.bottomRight())
    nearest = min((QPointF(corner) - at).manhattanLength() for corner in corners for at in painted)
    assert nearest > GAP_PX + 1.0  # a line around the box would be as near as that


def test_parts_of_a_shape_that_overlap_have_one_line_around_them() -> None:
    cross = QPainterPath()
    cross.addRect(-20.0, -5.0, 40.0, 10.0)
    cross.addRect(-5.0, -20.0, 10.0, 40.0)
    around = _around(cross)
    assert around.contains(QPointF(0.0, 0.0))
    assert len(around.toSubpathPolygons()) == 1


@pytest.mark.parametrize(
    "state",
    [
        {"cursor": "here"},
        {"cursor": [1.0]},
        {"cursor": ["a", None]},
        {"selection": 7},
        {"selection": [1, None]},
    ],
)
def test_what_cannot_be_understood_is_not_drawn(scene: Scene, state: dict[str, Any]) -> None:
    """Another version, or another program, may show anything."""
    scene.bob(**state)
    [bob] = scene.overlay.others()
    assert (bob.cursor, bob.selection) == (None, [])
    assert colour_of("c2").name() not in scene.colours()


def test_who_left_is_not_drawn(scene: Scene) -> None:
    scene.bob(cursor=[0.0, 0.0])
    scene.session.participants.clear()
    scene.overlay.refresh()
    assert list(scene.overlay.others()) == []


def test_a_long_name_is_cut(qtbot: QtBot) -> None:
    scene = Scene(qtbot, "x" * 100)
    scene.bob(cursor=[0.0, 0.0])
    [bob] = scene.overlay.others()
    assert len(bob.name) == NAME_CHARS
    scene.overlay.close_for_good()


def test_the_mouse_goes_through(scene: Scene) -> None:
    scene.bob(cursor=[50.0, 0.0])
    click(scene.window, (50.0, 0.0))
    assert scene.window.scene.selected() == [scene.lens]


def test_it_covers_the_view_in_any_size(qtbot: QtBot, scene: Scene) -> None:
    scene.window.resize(700, 500)
    viewport = scene.window.view.viewport()
    assert viewport is not None
    qtbot.waitUntil(lambda: scene.overlay.geometry() == viewport.geometry())


def test_only_what_changes_is_painted_anew(scene: Scene) -> None:
    """A cursor that moves must not cost a painting of the whole bench."""
    scene.bob(cursor=[0.0, 0.0])
    area = scene.overlay._drawn.boundingRect()
    assert area.width() < 100
    assert area.height() < 60


def test_closed_it_is_gone(qtbot: QtBot) -> None:
    scene = Scene(qtbot)
    scene.bob(cursor=[0.0, 0.0])
    scene.overlay.close_for_good()
    assert QColor(colour_of("c2")).name() not in scene.colours()
