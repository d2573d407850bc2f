"""Tests of `optiverse_collab.host.api`: pictures of another bench."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QImage, QPainter
from PyQt6.QtWidgets import QApplication, QGraphicsScene, QGraphicsView

from optiverse_collab.host.api import Picture, Record, Set
from optiverse_collab.testing.driver import Driver, needs
from optiverse_collab.testing.sample import sample_records

STRANGE = {
    "x": Record("x", "hologram", {"pos": [-400.0, 0.0]}),
    "y": Record("y", "component", {"pos": "here", "interfaces": 3}),
    "z": Record("z", "source", {"pos": [1.0], "n_rays": "many", "z_value": "top", "parent": "z"}),
}
"""Records that no host expects."""


def test_another_bench_can_be_looked_at(driver: Driver) -> None:
    """HIST-1: in a separate scene that shares nothing with the window, even if the window shows it."""
    id = driver.add(3000.0, 2000.0)
    picture = a_picture(driver)
    driver.host.apply([Set(id, {"name": "Mine"})])
    before, edited, steps = driver.host.records(), driver.is_edited, driver.undo_steps()
    view = driver.host.view
    assert view is not None
    assert picture.scene is not view.scene()
    other = QGraphicsView(picture.scene, driver.host.window)
    for x in (500.0, 600.0):
        props = {**before[id].props, "pos": [x, 0.0], "layer_locked": True, "locked": True}
        picture.show({**sample_records(), id: Record(id, before[id].kind, props)})
        assert picture.scene.sceneRect().contains(x, 0.0)
        assert picture.scene.sceneRect().width() < 3000.0
        assert picture.scene.items(QPointF(x, 0.0))
    QApplication.processEvents()
    assert (driver.host.records(), driver.is_edited, driver.undo_steps()) == (before, edited, steps)
    driver.host.apply([Set(id, {"pos": [7.0, 8.0]})])
    assert picture.scene.items(QPointF(600.0, 0.0))
    other.deleteLater()


def test_an_empty_picture_shows_nothing(driver: Driver) -> None:
    picture = a_picture(driver)
    picture.show({})
    assert picture.scene.sceneRect().width() < 100.0
    assert picture.outline("nothing") is None
    assert shades(picture.scene) == 1


def test_strange_records_do_no_harm(driver: Driver) -> None:
    """What can't be shown is left out, or a box in its place; the rest is there."""
    driver.add()
    picture, records = a_picture(driver), sample_records()
    picture.show(records)
    warnings = driver.warnings()
    for bench in (STRANGE, {**records, **STRANGE}, {**STRANGE, **moved(records)}, records):
        picture.show(bench)
        assert_like_new(driver, picture, bench)
    assert shades(picture.scene) > 2
    assert driver.warnings() == warnings


@pytest.mark.parametrize("change", ["moved", "turned", "fewer", "more", "other kinds", "other"])
def test_picture_shows_the_last_bench(driver: Driver, change: str) -> None:
    """It looks like one that never showed anything else, and so it does after the way back."""
    picture, records = a_picture(driver), sample_records()
    few = {id: record for id, record in records.items() if record.kind != "component"}
    before, after = {
        "moved": (records, moved(records)),
        "turned": (records, changed(records, "angle_deg", 33.0)),
        "fewer": (records, few),
        "more": (few, records),
        "other kinds": (records, {id: Record(id, "text", one.props) for id, one in records.items()}),
        "other": (records, {"one": Record("one", "text", {"pos": [0.0, 0.0], "text": "Other"})}),
    }[change]
    for bench in (before, after, before):
        picture.show(bench)
        assert_like_new(driver, picture, bench)


def test_outline_follows_the_shown_bench(driver: Driver) -> None:
    id = driver.add()
    picture, record = a_picture(driver), driver.host.records()[id]
    centres = []
    for x in (0.0, 50.0):
        picture.show({id: Record(id, record.kind, {**record.props, "pos": [x, 20.0]})})
        outline = picture.outline(id)
        assert outline is not None
        assert picture.scene.sceneRect().contains(outline.boundingRect().center())
        centres.append(outline.boundingRect().center())
    assert centres[1] - centres[0] == QPointF(50.0, 0.0)
    picture.show({})
    assert picture.outline(id) is None


def test_marks_of_the_caller_stay(driver: Driver) -> None:
    """They are no part of the bench: `sceneRect` doesn't cover them, and no beam meets them."""
    picture, records = a_picture(driver), sample_records()
    mark = picture.scene.addRect(QRectF(5000.0, 5000.0, 10.0, 10.0))
    assert mark is not None
    for bench in (records, moved(records), {}):
        picture.show(bench)
        assert mark.scene() is picture.scene
        assert_like_new(driver, picture, bench)


def a_picture(driver: Driver) -> Picture:
    """A new picture; skips the test if the host can't make one."""
    needs(driver, "picture")
    picture = driver.host.picture()
    assert picture is not None
    return picture


def moved(records: Mapping[str, Record]) -> dict[str, Record]:
    """The records, each with its `pos` elsewhere."""
    return {
        id: Record(id, one.kind, {**one.props, "pos": [one.props["pos"][0] + 10.0 * n, 5.0 * n]})
        if isinstance(one.props.get("pos"), list)
        else one
        for n, (id, one) in enumerate(records.items())
    }


def changed(records: Mapping[str, Record], name: str, value: object) -> dict[str, Record]:
    """The records, each with another value of a property that it has."""
    return {
        id: Record(id, one.kind, {**one.props, name: value}) if name in one.props else one
        for id, one in records.items()
    }


def assert_like_new(driver: Driver, picture: Picture, records: Mapping[str, Record]) -> None:
    """Compare a picture with a new one of the same bench, pixel by pixel."""
    new = a_picture(driver)
    new.show(records)
    assert picture.scene.sceneRect() == new.scene.sceneRect()
    area = new.scene.sceneRect().adjusted(-100.0, -100.0, 100.0, 100.0)
    assert image_of(picture.scene, area) == image_of(new.scene, area)
    for id in records:
        assert picture.outline(id) == new.outline(id)


def image_of(scene: QGraphicsScene, area: QRectF) -> QImage:
    """A picture of an area of a scene."""
    image = QImage(600, 400, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    scene.render(painter, QRectF(image.rect()), area)
    painter.end()
    return image


def shades(scene: QGraphicsScene) -> int:
    """How many colours a picture of a scene has."""
    image = image_of(scene, scene.sceneRect())
    return len({image.pixel(x, y) for x in range(300) for y in range(200)})
