"""Lines on the canvas where items were."""

from __future__ import annotations

from PyQt6.QtGui import QImage, QPainterPath

from optiverse_collab.window.ui.marks import GhostMark
from tests.window.ui.overlay_scene import Scene


def outline(x: float, y: float) -> QPainterPath:
    """A box on the bench [mm]."""
    path = QPainterPath()
    path.addRect(x, y, 20.0, 10.0)
    return path


def ghosts(scene: Scene) -> list[GhostMark]:
    return [mark for mark in scene.overlay.marks.values() if isinstance(mark, GhostMark)]


def test_each_outline_is_around_its_place(scene: Scene) -> None:
    scene.overlay.show_ghosts([outline(0.0, 0.0), outline(60.0, 40.0)])
    first, second = ghosts(scene)
    to_view = scene.window.view.viewportTransform()
    assert first.path.boundingRect().contains(to_view.map(outline(0.0, 0.0)).boundingRect())
    assert second.path.boundingRect().contains(to_view.map(outline(60.0, 40.0)).boundingRect())
    scene.overlay.show_ghosts([])
    assert ghosts(scene) == []


def test_they_stay_at_their_places_when_the_view_moves(scene: Scene) -> None:
    scene.overlay.show_ghosts([outline(0.0, 0.0)])
    scene.window.view.scale(2.0, 2.0)
    scene.overlay.grab()
    [ghost] = ghosts(scene)
    place = scene.window.view.viewportTransform().map(outline(0.0, 0.0)).boundingRect()
    assert (ghost.path.boundingRect().center() - place.center()).manhattanLength() < 2.0


def test_they_are_drawn(scene: Scene) -> None:
    """On light and dark; the area that is repainted has all of it."""
    before = scene.overlay.grab().toImage()
    scene.overlay.show_ghosts([outline(0.0, 0.0)])
    after = scene.overlay.grab().toImage()
    assert isinstance(after, QImage)
    [ghost] = ghosts(scene)
    changed = [
        (x, y)
        for x in range(after.width())
        for y in range(after.height())
        if after.pixel(x, y) != before.pixel(x, y)
    ]
    assert changed
    assert all(ghost.box.contains(x, y) for x, y in changed)
