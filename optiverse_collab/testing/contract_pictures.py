"""Tests of `optiverse_collab.host.api`: pictures of another bench."""

from __future__ import annotations

from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtGui import QImage, QPainter
from PyQt6.QtWidgets import QApplication, QGraphicsScene

from optiverse_collab.host.api import Record, Set
from optiverse_collab.testing.driver import Driver, needs
from optiverse_collab.testing.sample import sample_records


def test_another_bench_can_be_looked_at(driver: Driver) -> None:
    """HIST-1: in a separate scene that shares nothing with the window; strange records do no harm."""
    needs(driver, "picture")
    id = driver.add(3000.0, 2000.0)
    records = sample_records()
    driver.host.apply([Set(id, {"name": "Mine"})])
    before, edited, steps = driver.host.records(), driver.is_edited, driver.undo_steps()
    old = {
        **records,
        id: Record(id, before[id].kind, {**before[id].props, "pos": [500.0, 0.0]}),
        "x": Record("x", "hologram", {"pos": [-400.0, 0.0]}),
        "y": Record("y", "component", {"pos": "here", "interfaces": 3}),
    }
    scene, view = driver.host.picture(old), driver.host.view
    assert scene is not None
    assert view is not None
    assert scene is not view.scene()
    assert scene.sceneRect().contains(500.0, 0.0)
    assert scene.sceneRect().width() < 3000.0
    assert scene.items(QPointF(500.0, 0.0))
    assert shades(scene) > 2
    QApplication.processEvents()
    assert (driver.host.records(), driver.is_edited, driver.undo_steps()) == (before, edited, steps)
    driver.host.apply([Set(id, {"pos": [7.0, 8.0]})])
    assert scene.items(QPointF(500.0, 0.0))
    empty = driver.host.picture({})
    assert empty is not None
    assert empty.sceneRect().width() < 100.0


def shades(scene: QGraphicsScene) -> int:
    """How many colours a picture of a scene has."""
    image = QImage(300, 200, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    scene.render(painter)
    painter.end()
    return len({image.pixel(x, y) for x in range(300) for y in range(200)})
