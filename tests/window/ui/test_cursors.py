"""Others' cursors over a bench."""

from __future__ import annotations

from typing import Any

import pytest
from PyQt6.QtGui import QColor
from PyQt6.QtWidgets import QProxyStyle, QStyle
from pytestqt.qtbot import QtBot

from optiverse_collab.window.ui.palette import colour_of
from optiverse_collab.window.ui.pointers import FADE_MS, GLIDE_MS, GONE_MS, LABEL_MS
from tests.helpers.demo_window import click
from tests.window.ui.overlay_scene import BOBS, Scene


def test_a_cursor_is_drawn_where_it_is_in_mm(scene: Scene) -> None:
    assert colour_of(BOBS).name() not in scene.colours()
    scene.bob(cursor=[-30.0, 20.0])
    before = scene.arrow()
    assert before is not None
    assert before.at == scene.at(-30.0, 20.0)
    assert colour_of(BOBS).name() in scene.colours()
    scene.window.view.zoom(2.0)
    scene.colours()
    after = scene.arrow()
    assert after is not None
    assert after.at == scene.at(-30.0, 20.0) != before.at
    scene.bob(cursor=None)
    assert colour_of(BOBS).name() not in scene.colours()


def test_a_cursor_glides(scene: Scene) -> None:
    scene.bob(cursor=[0.0, 0.0])
    scene.bob(cursor=[60.0, 0.0])
    places = []
    for _ in range(3):
        arrow = scene.arrow()
        assert arrow is not None
        places.append(arrow.at)
        scene.wait(GLIDE_MS / 2)
    assert places == [scene.at(0.0, 0.0), scene.at(30.0, 0.0), scene.at(60.0, 0.0)]


class Still(QProxyStyle):
    """A desktop whose user wants no animations."""

    def styleHint(self, hint: QStyle.StyleHint, *more: Any) -> int:
        """Ask for animations of 0 ms."""
        return 0 if hint == QStyle.StyleHint.SH_Widget_Animation_Duration else super().styleHint(hint, *more)


def test_with_reduced_motion_it_does_not_glide(scene: Scene) -> None:
    style = Still()
    scene.overlay.setStyle(style)
    scene.bob(cursor=[0.0, 0.0])
    scene.bob(cursor=[60.0, 0.0])
    arrow = scene.arrow()
    assert arrow is not None
    assert arrow.at == scene.at(60.0, 0.0)


def test_at_rest_the_name_fades_and_then_the_arrow(scene: Scene) -> None:
    scene.bob(cursor=[0.0, 0.0])
    assert scene.texts() == ["Bob"]
    scene.wait(LABEL_MS + FADE_MS)
    assert (scene.texts(), scene.arrow() is None) == ([], False)
    scene.wait(GONE_MS)
    assert scene.overlay.marks == {}
    assert not scene.overlay._timer.isActive()


def test_a_cursor_moves_with_the_item_that_it_drags(qtbot: QtBot, scene: Scene) -> None:
    """PRES-10: the cursor doesn't wait for its own next position."""
    outline = scene.outline(scene.lens)
    assert outline is not None
    middle = outline.boundingRect().center()
    scene.bob(cursor=[middle.x() + 3.0, middle.y()], grip={"id": scene.lens, "at": [3.0, 0.0]})
    before = scene.arrow()
    assert before is not None
    scene.window.bench.change({scene.lens: {"pos": [90.0, 0.0]}})
    moved = scene.at(40.0, 0.0) - scene.at(0.0, 0.0)

    def is_there() -> bool:
        after = scene.arrow()
        return after is not None and (after.at - before.at - moved).manhattanLength() < 0.01

    qtbot.waitUntil(is_there)


@pytest.mark.parametrize(
    "state",
    [
        {"cursor": "here"},
        {"cursor": [1.0]},
        {"cursor": ["a", None]},
        {"cursor": [1e300, 0.0]},
        {"selection": 7},
        {"selection": [1, None]},
    ],
)
def test_what_cannot_be_understood_is_not_drawn(scene: Scene, state: dict[str, Any]) -> None:
    """A later version, or another program, may send anything."""
    scene.bob(**state)
    assert scene.overlay.marks == {}
    assert colour_of(BOBS).name() not in scene.colours()


@pytest.mark.parametrize("grip", [7, {}, {"id": 3, "at": [0.0, 0.0]}, {"id": "x"}, {"id": "x", "at": "here"}])
def test_a_grip_that_cannot_be_understood_is_ignored(scene: Scene, grip: object) -> None:
    scene.bob(cursor=[0.0, 0.0], grip=grip)
    arrow = scene.arrow()
    assert arrow is not None
    assert arrow.at == scene.at(0.0, 0.0)


def test_who_left_is_not_drawn(scene: Scene) -> None:
    scene.bob(cursor=[0.0, 0.0])
    scene.session.participants.clear()
    scene.overlay.refresh()
    assert scene.overlay.marks == {}


def test_the_mouse_goes_through(scene: Scene) -> None:
    scene.bob(cursor=[50.0, 0.0])
    click(scene.window, (50.0, 0.0))
    assert scene.window.scene.selected() == [scene.lens]


def test_it_covers_the_view_in_any_size(qtbot: QtBot, scene: Scene) -> None:
    scene.window.resize(700, 500)
    viewport = scene.window.view.viewport()
    assert viewport is not None
    qtbot.waitUntil(lambda: scene.overlay.geometry() == viewport.geometry())


def test_closed_it_is_gone(qtbot: QtBot) -> None:
    scene = Scene(qtbot)
    scene.bob(cursor=[0.0, 0.0])
    scene.overlay.close_for_good()
    assert QColor(colour_of(BOBS)).name() not in scene.colours()
