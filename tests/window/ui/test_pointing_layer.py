"""Rings and laser pointers over a bench: PRES-16 of docs/protocol.md."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import QRectF

from optiverse_collab.core.client.people import PERSON
from optiverse_collab.core.protocol.participants import Participant
from optiverse_collab.window.ui.marks import Arrow, Tag
from optiverse_collab.window.ui.palette import colour_of
from optiverse_collab.window.ui.pointing_layer import MINE
from optiverse_collab.window.ui.pointing_marks import LaserMark, RingMark
from optiverse_collab.window.ui.rings import RING_MS
from optiverse_collab.window.ui.traces import TRACE_MS
from tests.window.ui.overlay_scene import BOBS, Scene

HERE = {"n": 1, "at": [10.0, 5.0]}


def ring(scene: Scene, id: str = "c2") -> RingMark | None:
    """Somebody's ring."""
    found = scene.overlay.marks.get(("ring", id))
    assert found is None or isinstance(found, RingMark)
    return found


def laser(scene: Scene, id: str = "c2") -> LaserMark | None:
    """Somebody's laser pointer."""
    found = scene.overlay.marks.get(("laser", id))
    assert found is None or isinstance(found, LaserMark)
    return found


def test_a_ring_is_drawn_at_the_spot_for_a_moment(scene: Scene) -> None:
    """PRES-16"""
    scene.bob(point=HERE)
    found = ring(scene)
    assert found is not None
    assert (found.at, found.colour) == (scene.at(10.0, 5.0), BOBS)
    assert scene.texts() == ["Bob"]
    assert colour_of(BOBS).name() in scene.colours()
    scene.window.view.zoom(2.0)
    scene.colours()
    found = ring(scene)
    assert found is not None
    assert found.at == scene.at(10.0, 5.0)
    scene.wait(RING_MS)
    assert scene.overlay.marks == {}
    assert colour_of(BOBS).name() not in scene.colours()
    assert not scene.overlay._timer.isActive()


def test_a_spot_outside_of_the_view_is_shown_at_its_edge(scene: Scene) -> None:
    """PRES-16: the view stays where it is."""
    scene.bob(point={"n": 1, "at": [9000.0, 0.0]})
    found, arrow, name = (scene.overlay.marks[kind, "c2"] for kind in ("ring", "ring-arrow", "ring-name"))
    assert isinstance(found, RingMark)
    assert isinstance(arrow, Arrow)
    assert isinstance(name, Tag)
    assert found.at == arrow.at
    assert arrow.angle == pytest.approx(0.0, abs=5.0)
    assert QRectF(scene.overlay.rect()).contains(name.area)


def test_the_users_own_ring_has_no_name(scene: Scene) -> None:
    scene.overlay.point((10.0, 5.0))
    assert set(scene.overlay.marks) == {("ring", MINE)}


def test_a_name_at_a_ring_covers_none_at_a_cursor(scene: Scene) -> None:
    scene.session.participants["c3"] = Participant("Cem", "c3", "t")
    scene.bob(point=HERE)
    scene.show("c3", cursor=[10.0, 5.0])
    scene.wait(20.0)
    first, second = (mark.area for mark in scene.overlay.marks.values() if isinstance(mark, Tag))
    assert not first.intersects(second)
    found = ring(scene)
    assert found is not None
    assert not found.area.intersects(first)
    assert not found.area.intersects(second)


def test_a_name_stands_once_where_somebody_points(scene: Scene) -> None:
    """At their cursor, unless that is somewhere else."""
    scene.bob(point=HERE, cursor=[10.0, 5.0])
    assert scene.texts() == ["Bob"]
    scene.bob(cursor=[-150.0, -80.0])
    scene.wait(1_000.0)
    assert scene.texts() == ["Bob", "Bob"]


def test_whoever_is_muted_shows_nothing(scene: Scene) -> None:
    """PRES-16: all windows of one person are muted, at once."""
    scene.session.participants["c3"] = Participant("Cem", "c3", "t")
    scene.bob(laser=[0.0, 0.0], **{PERSON: "bob"})
    assert laser(scene) is not None
    scene.overlay.mute(["bob"])
    scene.wait(TRACE_MS)
    scene.bob(point=HERE)
    scene.show("c3", point=HERE)
    assert laser(scene) is None
    assert (ring(scene), ring(scene, "c3") is None) == (None, False)


def test_a_laser_pointer_has_a_trace(scene: Scene) -> None:
    """PRES-16: even where cursors are hidden, since it is shown on purpose."""
    scene.overlay.show_cursors(False)
    scene.bob(laser=[0.0, 0.0], cursor=[0.0, 0.0])
    for step in range(1, 6):
        scene.bob(laser=[10.0 * step, 0.0])
        scene.wait(50)
    found = laser(scene)
    assert found is not None
    assert len(found.path) > 3
    assert colour_of(BOBS).name() in scene.colours()
    scene.bob(laser=None)
    scene.wait(TRACE_MS)
    assert scene.overlay.marks == {}
    assert not scene.overlay._timer.isActive()


def test_with_reduced_motion_nothing_moves(scene: Scene) -> None:
    """PRES-16: no gliding, no spreading rings, no trace; nothing is painted in between."""
    scene.overlay.keep_still(True)
    scene.bob(laser=[0.0, 0.0], point=HERE, cursor=[0.0, 0.0])
    scene.bob(laser=[10.0, 0.0], cursor=[10.0, 0.0])
    before, arrow, found = ring(scene), scene.arrow(), laser(scene)
    assert found is not None
    assert arrow is not None
    assert found.at == arrow.at == scene.at(10.0, 0.0)
    assert found.path == ()
    scene.wait(TRACE_MS)
    assert before is not None
    assert before.is_still
    assert ring(scene) == before
    scene.wait(RING_MS)
    assert ring(scene) is None
    scene.overlay.keep_still(False)
    scene.bob(point={"n": 2, "at": [0.0, 0.0]})
    moving = ring(scene)
    assert moving is not None
    assert not moving.is_still


def test_the_users_own_laser_pointer_is_there_at_once(scene: Scene) -> None:
    scene.overlay.lase((0.0, 0.0))
    scene.overlay.lase((20.0, 0.0))
    found = laser(scene, MINE)
    assert found is not None
    assert found.at == scene.at(20.0, 0.0)
    scene.overlay.lase(None)
    scene.wait(TRACE_MS)
    assert laser(scene, MINE) is None
