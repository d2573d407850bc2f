"""Drawing over a bench costs little, and nothing while nothing changes."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from optiverse_collab.core.protocol.participants import Participant
from optiverse_collab.window.ui.marks import Outline
from optiverse_collab.window.ui.pointers import GLIDE_MS, GONE_MS
from optiverse_collab.window.ui.rings import RING_MS
from tests.helpers.demo_window import add
from tests.window.ui.overlay_scene import Scene

PEOPLE, ITEMS = 50, 200


def test_a_cursor_that_moves_a_little_is_one_part_to_paint(scene: Scene) -> None:
    """And not two that overlap."""
    scene.bob(cursor=[0.0, 0.0])
    scene.overlay.now_ms += 1
    scene.bob(cursor=[3.0, 0.0])
    scene.overlay._backdrop._asked.clear()
    scene.wait(GLIDE_MS)
    assert len(scene.overlay._backdrop._asked) == 2  # the arrow and the name


def test_fifty_people_and_two_hundred_selected_items(scene: Scene) -> None:
    """Everybody has selected all items, but the line around an item is drawn only once."""
    places = [(10.0 * (n % 20) - 100.0, 12.0 * (n // 20) - 60.0) for n in range(ITEMS)]
    items = [add(scene.window, "lens", at) for at in places]
    for n in range(PEOPLE):
        scene.session.participants[f"p{n}"] = Participant(f"Person {n}", f"p{n}", "t")
        scene.session.presence.update(f"p{n}", {"cursor": [2.0 * n, n], "selection": items})
    scene.bob(cursor=[0.0, 0.0], selection=items)
    lines = [mark for mark in scene.overlay.marks.values() if isinstance(mark, Outline)]
    assert len(lines) == ITEMS
    assert {("cursor", f"p{n}") for n in range(PEOPLE)} <= scene.overlay.marks.keys()


def test_at_rest_nothing_is_painted_and_nothing_is_timed(scene: Scene) -> None:
    scene.window.show()
    scene.bob(cursor=[0.0, 0.0], selection=[scene.lens], point={"n": 1, "at": [5.0, 5.0]}, laser=[9.0, 9.0])
    scene.wait(RING_MS)
    scene.wait(3 * GONE_MS)
    scene.wait(3 * GONE_MS)
    assert {key[0] for key in scene.overlay.marks} == {"outline"}
    assert not scene.overlay._timer.isActive()
    scene.overlay._backdrop._asked.clear()
    scene.overlay.refresh()
    assert scene.overlay._backdrop._asked == []


def test_what_somebody_moves_is_drawn_once(
    qtbot: QtBot, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The glow of a change comes with what the change does to the scene."""
    drawn: list[int] = []
    scene.bob(cursor=None)
    qtbot.wait(1)
    draw = scene.overlay._draw

    def noted() -> None:
        drawn.append(1)
        draw()

    monkeypatch.setattr(scene.overlay, "_draw", noted)
    graphics = scene.window.scene.graphics(scene.lens)
    assert graphics is not None
    graphics.setPos(60.0, 5.0)
    scene.overlay.glow({scene.lens: "Bob"})
    qtbot.waitUntil(lambda: ("glow", scene.lens) in scene.overlay.marks)
    assert len(drawn) == 1


def test_a_frame_is_timed_where_the_viewport_is_not_painted(scene: Scene) -> None:
    """OpenGL keeps the picture that it shows."""
    viewport = scene.window.view.viewport()
    assert viewport is not None
    viewport.removeEventFilter(scene.overlay)
    scene.bob(cursor=[0.0, 0.0])
    scene.overlay._frame_ms = 0.0
    scene.window.view.grab()
    assert scene.overlay._frame_ms > 0.0
