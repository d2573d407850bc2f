"""What others selected and changed, over a bench; and when it is painted."""

from __future__ import annotations

from time import sleep
from typing import Any

import pytest
from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtGui import QPainterPathStroker
from PyQt6.QtWidgets import QGraphicsRectItem
from pytestqt.qtbot import QtBot

from optiverse_collab.core.protocol.participants import Participant
from optiverse_collab.window.ui import cursors as module
from optiverse_collab.window.ui.glow import GLOW_MS
from optiverse_collab.window.ui.marks import GAP_PX
from optiverse_collab.window.ui.palette import colour_of
from optiverse_collab.window.ui.pointers import GLIDE_MS
from tests.window.ui.overlay_scene import BOBS, Scene


def test_a_selection_is_framed_and_follows_the_item(qtbot: QtBot, scene: Scene) -> None:
    scene.bob(selection=[scene.lens, "nobody"])
    [shape] = scene.outlines()
    assert colour_of(BOBS).name() in scene.colours()
    scene.window.bench.change({scene.lens: {"pos": [150.0, 0.0]}})
    qtbot.waitUntil(lambda: scene.outlines() != [shape])
    moved = scene.outlines()[0].boundingRect().center() - shape.boundingRect().center()
    assert moved.x() == pytest.approx(100.0, abs=2.0)


def test_a_selection_is_drawn_around_the_shape_of_the_item(scene: Scene) -> None:
    scene.window.bench.change({scene.lens: {"angle_deg": 45.0}})
    scene.bob(selection=[scene.lens])
    image = scene.window.view.grab().toImage()
    outline = scene.outline(scene.lens)
    assert outline is not None
    shape = scene.window.view.viewportTransform().map(outline)
    box = shape.boundingRect().toAlignedRect()
    colour = colour_of(BOBS).name()
    painted = [
        QPointF(x, y)
        for x in range(box.left() - 6, box.right() + 7)
        for y in range(box.top() - 6, box.bottom() + 7)
        if image.pixelColor(x, y).name() == colour
    ]
    stroker = QPainterPathStroker()
    stroker.setWidth(2 * (GAP_PX + 2.0))
    stroker.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
    near = stroker.createStroke(shape)
    assert painted
    assert all(map(near.contains, painted))
    corners = (box.topLeft(), box.topRight(), box.bottomLeft(), box.bottomRight())
    nearest = min((QPointF(corner) - at).manhattanLength() for corner in corners for at in painted)
    assert nearest > GAP_PX + 1.0  # a line around the box would come just as near


def test_what_others_changed_glows_in_their_colour(scene: Scene) -> None:
    scene.bob(cursor=None)
    scene.overlay.glow({scene.lens: "Bob", "gone": "Bob"})
    scene.wait(0.0)
    assert list(scene.overlay.marks) == [("glow", scene.lens)]
    assert colour_of(BOBS).name() in scene.colours()
    scene.wait(GLOW_MS)
    assert scene.overlay.marks == {}
    assert colour_of(BOBS).name() not in scene.colours()


def test_nothing_is_painted_at_rest(qtbot: QtBot, scene: Scene) -> None:
    scene.bob(cursor=[0.0, 0.0])
    scene.bob(cursor=[9.0, 0.0])
    scene.wait(GLIDE_MS)
    qtbot.wait(50)
    scene.overlay.painted = []
    for _ in range(5):
        scene.wait(100.0)
        qtbot.wait(5)
    assert scene.overlay.painted == []
    assert scene.overlay._timer.remainingTime() > 1000.0


def test_only_what_changes_is_painted(qtbot: QtBot, scene: Scene) -> None:
    """A moving cursor must not repaint the whole bench, nor other cursors."""
    scene.session.participants["c3"] = Participant("Cem", "c3", "t")
    scene.show("c3", cursor=[-100.0, 100.0])
    scene.bob(cursor=[100.0, -100.0])
    scene.wait(GLIDE_MS)
    qtbot.wait(50)
    scene.overlay.painted = []
    scene.bob(cursor=[110.0, -100.0])
    scene.wait(GLIDE_MS)
    qtbot.waitUntil(lambda: scene.overlay.painted != [])
    for rect in scene.overlay.painted:
        assert rect.width() < 150
        assert rect.height() < 80


@pytest.mark.parametrize(("took_ms", "frame_ms"), [(5.0, module.FRAME_MS), (9.0, module.SLOW_FRAME_MS)])
def test_where_painting_is_slow_frames_are_fewer(scene: Scene, took_ms: float, frame_ms: int) -> None:
    scene.bob(cursor=[0.0, 0.0])
    scene.overlay._frame_ms = took_ms
    scene.bob(cursor=[9.0, 0.0])
    assert scene.overlay._timer.interval() == frame_ms


class Slow(QGraphicsRectItem):
    """An item that takes 20 ms to paint."""

    def paint(self, *args: Any) -> None:
        """Paint slowly."""
        sleep(0.02)


def test_the_bench_below_counts_as_part_of_a_frame(qtbot: QtBot, scene: Scene) -> None:
    scene.window.show()
    slow = Slow(-50.0, -50.0, 100.0, 100.0)
    scene.window.scene.addItem(slow)
    qtbot.waitUntil(lambda: scene.overlay._frame_ms > 15.0)
    scene.overlay._frame_ms = 0.0
    scene.bob(cursor=[0.0, 0.0])
    qtbot.waitUntil(lambda: scene.overlay._frame_ms > 15.0)
    scene.window.scene.removeItem(slow)
