"""Names at cursors, and arrows to those outside the view."""

from __future__ import annotations

from PyQt6.QtCore import QRectF
from pytestqt.qtbot import QtBot

from optiverse_collab.core.protocol.participants import Participant
from optiverse_collab.window.ui.marks import Arrow
from optiverse_collab.wording.presence import NAME_CHARS
from tests.window.ui.overlay_scene import Scene


def test_a_long_name_is_cut(qtbot: QtBot) -> None:
    scene = Scene(qtbot, "x" * 100)
    scene.bob(cursor=[0.0, 0.0])
    assert list(map(len, scene.texts())) == [NAME_CHARS]
    scene.overlay.close_for_good()


def test_a_name_does_not_turn_the_reading_direction(qtbot: QtBot) -> None:
    scene = Scene(qtbot, "Bob\u202e")
    scene.bob(cursor=[0.0, 0.0])
    assert scene.texts() == ["Bob\\u202e"]
    scene.overlay.close_for_good()


def test_of_many_at_one_place_some_are_counted(scene: Scene) -> None:
    for n in range(12):
        scene.session.participants[f"p{n}"] = Participant(f"Person {n}", f"p{n}", "t")
        scene.show(f"p{n}", cursor=[float(n), 0.0])
    assert sorted(scene.texts()) == sorted(["+4", *(f"Person {n}" for n in range(8))])
    assert len([mark for mark in scene.overlay.marks.values() if isinstance(mark, Arrow)]) == 12


def test_who_is_outside_of_the_view_is_at_its_edge(scene: Scene) -> None:
    view = QRectF(scene.overlay.rect())
    for n in range(7):
        scene.session.participants[f"p{n}"] = Participant(f"Person {n}", f"p{n}", "t")
        scene.show(f"p{n}", cursor=[5000.0 + n, 0.0])
    assert sorted(scene.texts()) == ["+2", *(f"Person {n}" for n in range(5))]
    assert scene.arrow("p0") is None
    assert all(view.contains(QRectF(mark.box)) for mark in scene.overlay.marks.values())


def test_the_mouse_goes_through_the_marks_at_the_edge(scene: Scene) -> None:
    scene.bob(cursor=[5000.0, 0.0])
    tag = scene.overlay.marks["edge-name", "c2"].box.center()
    assert scene.window.view.childAt(tag) is scene.window.view.viewport()


def test_hidden_cursors_cost_nothing(scene: Scene) -> None:
    """Nor do their frames: no timer runs."""
    scene.bob(cursor=[0.0, 0.0])
    scene.overlay.show_cursors(False)
    assert scene.overlay.marks == {}
    assert not scene.overlay._timer.isActive()
    scene.bob(cursor=[50.0, 0.0])
    assert not scene.overlay._timer.isActive()
    scene.overlay.show_cursors(True)
    assert {key[0] for key in scene.overlay.marks} == {"cursor", "name"}
