"""Who has which item open: badges at the items, and names at the user's pointer."""

from __future__ import annotations

from typing import Any

import pytest
from PyQt6.QtCore import QEvent, QPointF, QRect, Qt
from PyQt6.QtGui import QMouseEvent
from PyQt6.QtWidgets import QApplication

from optiverse_collab.core.client.activity import ACTIVITY, Doing
from optiverse_collab.core.client.people import COLOUR, PERSON
from optiverse_collab.core.protocol.participants import Participant
from optiverse_collab.window.ui.badges import Badge
from optiverse_collab.window.ui.marks import Tag
from tests.helpers.demo_window import pixel, viewport
from tests.helpers.user_input import NO_KEYS
from tests.window.ui.overlay_scene import BOBS, Scene


def badges(scene: Scene) -> list[Badge]:
    return [mark for mark in scene.overlay.marks.values() if isinstance(mark, Badge)]


def point(scene: Scene, x: float, y: float) -> None:
    """Move the pointer to an item, from wherever it is."""
    view, at = viewport(scene.window), QPointF(pixel(scene.window, (x, y)))
    none = Qt.MouseButton.NoButton
    moved = QMouseEvent(QEvent.Type.MouseMove, at, view.mapToGlobal(at), none, none, NO_KEYS)
    QApplication.sendEvent(view, moved)
    QApplication.processEvents()


def crowd(scene: Scene, size: int, **state: Any) -> None:
    """Several people besides Bob, all with the same item open."""
    for number in range(size):
        id = f"d{number}"
        scene.session.participants[id] = Participant(f"Person {number}", id, "t")
        scene.show(id, **{COLOUR: number % 10, **state})


@pytest.mark.parametrize("doing", Doing)
def test_whoever_is_in_an_item_has_a_badge_at_it(scene: Scene, doing: Doing) -> None:
    """PRES-13"""
    scene.bob(**{ACTIVITY: {scene.lens: doing.value}})
    [badge] = badges(scene)
    assert (badge.colour, badge.doing) == (BOBS, doing)
    outline = scene.outline(scene.lens)
    assert outline is not None
    box = scene.window.view.mapFromScene(outline.boundingRect()).boundingRect()
    assert badge.box.intersects(box.adjusted(-20, -20, 20, 20))
    scene.bob(**{ACTIVITY: None})
    assert badges(scene) == []


def test_names_of_cursors_cover_no_badge(scene: Scene) -> None:
    """PRES-13"""
    scene.bob(**{ACTIVITY: {scene.lens: "drag"}})
    [badge] = badges(scene)
    at = scene.window.view.mapToScene((badge.at - QPointF(5.0, 5.0)).toPoint())
    crowd(scene, 6, cursor=[at.x(), at.y()])
    tags = [mark.area for mark in scene.overlay.marks.values() if isinstance(mark, Tag)]
    assert len(tags) == 6
    assert not any(tag.intersects(badge.area) for tag in tags)


def test_the_badge_goes_with_the_item(scene: Scene) -> None:
    """PRES-13"""
    scene.bob(**{ACTIVITY: {scene.lens: "drag"}})
    before = badges(scene)[0].at
    scene.window.bench.change({scene.lens: {"pos": [150.0, 0.0]}})
    QApplication.processEvents()
    assert badges(scene)[0].at.x() > before.x() + 50


def test_who_is_away_is_in_nothing(scene: Scene) -> None:
    """PRES-13"""
    scene.bob(**{ACTIVITY: {scene.lens: "dialog"}})
    scene.session.participants["c2"] = Participant("Bob", "c2", "t", away=True)
    scene.overlay.refresh()
    assert badges(scene) == []


def test_of_what_is_not_there_or_in_view_there_is_none(scene: Scene) -> None:
    """PRES-13"""
    scene.window.bench.change({scene.lens: {"pos": [9000.0, 0.0]}})
    scene.bob(**{ACTIVITY: {scene.lens: "drag", "nowhere": "drag"}})
    assert badges(scene) == []


def test_more_than_three_are_counted(scene: Scene) -> None:
    crowd(scene, 5, **{ACTIVITY: {scene.lens: "dialog"}})
    assert len(badges(scene)) == 3
    assert "+2" in scene.texts()
    boxes = [QRect(badge.box) for badge in badges(scene)]
    assert not any(one.intersects(other) for one in boxes for other in boxes if one is not other)


@pytest.mark.parametrize(
    ("state", "text"),
    [
        ({ACTIVITY: {"lens": "drag"}}, "Bob is moving this"),
        ({ACTIVITY: {"lens": "dialog"}}, "Bob is editing this"),
        ({ACTIVITY: {"lens": "text"}}, "Bob is typing here"),
        ({"selection": ["lens"]}, "Selected by Bob"),
        ({"selection": ["lens"], ACTIVITY: {"lens": "drag"}}, "Bob is moving this"),
    ],
)
def test_reaching_for_it_says_who_has_it(scene: Scene, state: dict[str, Any], text: str) -> None:
    """PRES-13"""
    named = {
        key: {scene.lens: v["lens"]} if isinstance(v, dict) else [scene.lens] for key, v in state.items()
    }
    scene.bob(**named)
    assert scene.texts() == []
    point(scene, 50.0, 0.0)
    assert scene.texts() == [text]
    point(scene, -150.0, 0.0)
    assert scene.texts() == []
    point(scene, 50.0, 0.0)
    QApplication.sendEvent(viewport(scene.window), QEvent(QEvent.Type.Leave))
    assert scene.texts() == []


def test_what_is_reached_for_follows_what_others_do(scene: Scene) -> None:
    point(scene, 50.0, 0.0)
    scene.bob(selection=[scene.lens])
    assert scene.texts() == ["Selected by Bob"]
    scene.window.bench.change({scene.lens: {"pos": [-150.0, 0.0]}})
    QApplication.processEvents()
    assert scene.texts() == []


def test_at_the_edge_the_names_stay_in_view(scene: Scene) -> None:
    view = viewport(scene.window)
    corner = scene.window.view.mapToScene(view.width() - 3, view.height() - 3)
    scene.window.bench.change({scene.lens: {"pos": [corner.x(), corner.y()]}})
    crowd(scene, 5, selection=[scene.lens])
    point(scene, corner.x(), corner.y())
    assert scene.texts() == [f"Selected by Person {number}" for number in range(3)] + ["+2"]
    for key, mark in scene.overlay.marks.items():
        if key[0] == "reach":
            assert view.rect().contains(mark.box)


@pytest.mark.parametrize("selection", [None, 3, "lens", [1, None, ["x"]], {"lens": 1}])
def test_a_selection_that_is_none_is_ignored(scene: Scene, selection: Any) -> None:
    scene.bob(selection=selection, **{ACTIVITY: 3, PERSON: 1})
    point(scene, 50.0, 0.0)
    assert scene.texts() == []


def test_where_nobody_is_moving_paints_nothing(scene: Scene) -> None:
    point(scene, 0.0, 0.0)
    scene.overlay.painted = []
    for x in range(-100, 100, 10):
        point(scene, float(x), 0.0)
    assert scene.overlay.painted == []


def test_names_stay_for_a_small_move(scene: Scene) -> None:
    """Otherwise each move of the pointer would repaint the bench."""
    scene.bob(selection=[scene.lens])
    point(scene, 50.0, 0.0)
    scene.colours()
    scene.overlay.painted = []
    for x in (51.0, 49.0, 50.0):
        point(scene, x, 2.0)
    assert scene.overlay.painted == []
    assert scene.texts() == ["Selected by Bob"]
    before = [mark.box for mark in scene.overlay.marks.values()]
    point(scene, 50.0, 20.0)
    assert scene.texts() == ["Selected by Bob"]
    assert [mark.box for mark in scene.overlay.marks.values()] != before
