"""The frame around a canvas that follows somebody's."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtWidgets import QApplication, QGraphicsScene, QGraphicsView
from pytestqt.qtbot import QtBot

from optiverse_collab.window.ui.follow_frame import EDGE_PX, FollowFrame
from optiverse_collab.window.ui.palette import colour_of
from optiverse_collab.wording import following as texts
from tests.helpers.accessible import accessible
from tests.helpers.user_input import click, press_key


@pytest.fixture
def view(qtbot: QtBot) -> QGraphicsView:
    view = QGraphicsView()
    view.setScene(QGraphicsScene(view))
    view.resize(400, 300)
    qtbot.addWidget(view)
    view.show()
    view.setFocus()
    return view


@pytest.fixture
def frame(view: QGraphicsView) -> Iterator[FollowFrame]:
    frame = FollowFrame(view, texts.following("Ben"), 3)
    yield frame
    frame.close_for_good()


def test_frame_has_their_colour_and_follows_the_canvas(view: QGraphicsView, frame: FollowFrame) -> None:
    viewport = view.viewport()
    assert viewport is not None
    for size in ((400, 300), (250, 500)):
        view.resize(*size)
        assert frame.geometry() == viewport.geometry()
        image = view.grab().toImage()
        edge = viewport.geometry()
        seen = {image.pixelColor(edge.x() + x, edge.center().y()).name() for x in range(EDGE_PX)}
        assert colour_of(3).name() in seen
        assert viewport.geometry().contains(frame.panel.geometry())


def test_mouse_and_keyboard_stay_with_the_bench(view: QGraphicsView, frame: FollowFrame) -> None:
    assert view.childAt(QPoint(60, 60)) is view.viewport()
    edge = view.viewport()
    assert edge is not None
    assert view.childAt(edge.geometry().topLeft() + QPoint(1, 1)) is edge
    assert QApplication.focusWidget() is view
    click(frame.stop)
    assert QApplication.focusWidget() is view


def test_stop(qtbot: QtBot, frame: FollowFrame) -> None:
    with qtbot.waitSignal(frame.stopped):
        click(frame.stop)
    with qtbot.waitSignal(frame.stopped):
        press_key(frame.stop, Qt.Key.Key_Space)
    assert frame.stop.focusPolicy() == Qt.FocusPolicy.TabFocus
    assert (accessible(frame.panel).name, accessible(frame.stop).name) == ("You follow Ben", "Stop")


def test_long_names_are_cut_in_the_middle(view: QGraphicsView) -> None:
    frame = FollowFrame(view, texts.following("B" * 300), 14)
    assert frame.panel.width() < view.width()
    assert accessible(frame.panel).name == texts.following("B" * 300)
    assert frame.stop.isVisible()
    frame.close_for_good()
    assert frame.isHidden()
