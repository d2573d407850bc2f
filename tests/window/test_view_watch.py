"""A canvas notices when it shows another part of the bench."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PyQt6.QtCore import QObject
from PyQt6.QtWidgets import QGraphicsScene, QGraphicsView
from pytestqt.qtbot import QtBot

from optiverse_collab.window.view_watch import ViewWatch
from tests.helpers.windows import SOON


@pytest.fixture
def view(qtbot: QtBot) -> QGraphicsView:
    view = QGraphicsView()
    view.setScene(QGraphicsScene(-10_000, -10_000, 20_000, 20_000, view))
    view.resize(400, 300)
    qtbot.addWidget(view)
    with qtbot.waitExposed(view):
        view.show()
    return view


@pytest.fixture
def watch(view: QGraphicsView, parent: QObject) -> Iterator[ViewWatch]:
    watch = ViewWatch(view, parent)
    yield watch
    watch.close()


def test_moves_are_noticed_once(qtbot: QtBot, view: QGraphicsView, watch: ViewWatch) -> None:
    found: list[str] = []
    watch.moved.connect(lambda: found.append("moved"))
    view.centerOn(500.0, 0.0)
    assert watch.is_moved
    qtbot.waitUntil(lambda: found == ["moved"] and not watch.is_moved, timeout=SOON)
    view.scale(2.0, 2.0)
    qtbot.waitUntil(lambda: found == ["moved"] * 2, timeout=SOON)
    view.grab()
    assert found == ["moved"] * 2


def test_what_is_accepted_is_no_news(qtbot: QtBot, view: QGraphicsView, watch: ViewWatch) -> None:
    found: list[str] = []
    watch.moved.connect(lambda: found.append("moved"))
    view.centerOn(500.0, 0.0)
    watch.accept()
    view.grab()
    assert found == []


def test_another_size_is_no_move(qtbot: QtBot, view: QGraphicsView, watch: ViewWatch) -> None:
    found: list[str] = []
    watch.moved.connect(lambda: found.append("moved"))
    watch.resized.connect(lambda: found.append("resized"))
    view.resize(500, 200)
    assert not watch.is_moved
    qtbot.waitUntil(lambda: found == ["resized"], timeout=SOON)


def test_a_bench_that_grows_is_no_move(qtbot: QtBot, view: QGraphicsView, watch: ViewWatch) -> None:
    found: list[str] = []
    watch.moved.connect(lambda: found.append("moved"))
    watch.resized.connect(lambda: found.append("resized"))
    scene = view.scene()
    assert scene is not None
    scene.setSceneRect(-10.0, -10.0, 20.0, 20.0)
    assert not watch.is_moved
    qtbot.waitUntil(lambda: found == ["resized"], timeout=SOON)
