"""Another bench in a picture: its light, and the window's colours."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from optiverse_collab.core.records import Record
from optiverse_collab.testing.sample import sample_records
from optiverse_collab_demo.picture import DemoPicture
from optiverse_collab_demo.theme import DARK

SOURCE = Record("s", "source", {"pos": [0.0, 0.0], "n_rays": 1, "ray_length_mm": 100.0})


@pytest.fixture
def picture(qapp: QApplication) -> Iterator[DemoPicture]:
    """An empty one."""
    made = DemoPicture(DARK)
    yield made
    made.scene.deleteLater()


def test_light_follows_the_shown_bench(picture: DemoPicture) -> None:
    for y_mm in (0.0, 40.0):
        picture.show({"s": Record("s", "source", {**SOURCE.props, "pos": [0.0, y_mm]})})
        area = picture.scene.light.boundingRect()
        assert area.width() > 100.0
        assert area.center().y() == y_mm
    picture.show({})
    assert picture.scene.light.boundingRect().width() < 100.0


def test_light_is_traced_once_for_each_bench(picture: DemoPicture, qtbot: QtBot) -> None:
    picture.show({"s": SOURCE})
    traced = picture.scene.light.boundingRect()
    picture.scene.light.show_light([])
    qtbot.wait(20)
    assert picture.scene.light.boundingRect() != traced


def test_colours_are_the_windows(picture: DemoPicture) -> None:
    picture.show(sample_records())
    shown = [picture.scene.graphics(id) for id in sample_records()]
    assert any(shown)
    assert all(one is None or one.theme is DARK for one in shown)


def test_what_only_moves_is_the_same_object(picture: DemoPicture) -> None:
    picture.show({"s": SOURCE})
    before = picture.scene.graphics("s")
    assert before is not None
    picture.show({"s": Record("s", "source", {**SOURCE.props, "pos": [9.0, 0.0]})})
    assert picture.scene.graphics("s") is before
