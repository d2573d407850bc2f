"""Our entries appear in the menu of a canvas, whoever opens it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PyQt6 import sip
from PyQt6.QtCore import QEvent, QObject, QPoint, QPointF, Qt, QTimer
from PyQt6.QtGui import QContextMenuEvent
from PyQt6.QtWidgets import (
    QApplication,
    QGraphicsRectItem,
    QGraphicsScene,
    QGraphicsSceneContextMenuEvent,
    QGraphicsSceneMouseEvent,
    QGraphicsView,
    QMenu,
)
from pytestqt.qtbot import QtBot

from optiverse_collab.window.ui.canvas_menu import CanvasMenu
from tests.helpers import user_input

pytestmark = pytest.mark.qt_log_ignore("Mouse event", "This plugin does not support")

RIGHT = Qt.MouseButton.RightButton
OURS = "Ours"


class Item(QGraphicsRectItem):
    """An item with a menu of its own, as hosts make them."""

    def __init__(self, stage: Stage) -> None:
        super().__init__(0.0, 0.0, 40.0, 40.0)
        self._stage = stage

    def contextMenuEvent(self, event: QGraphicsSceneContextMenuEvent | None) -> None:
        """Open the menu, and wait until it is closed."""
        assert event is not None
        self._stage.run(event.screenPos())


class Measure(QGraphicsRectItem):
    """An item whose menu opens as soon as the button is pressed."""

    def __init__(self, stage: Stage) -> None:
        super().__init__(60.0, 0.0, 40.0, 40.0)
        self._stage = stage

    def mousePressEvent(self, event: QGraphicsSceneMouseEvent | None) -> None:
        """Open the menu, and wait until it is closed."""
        assert event is not None
        self._stage.run(event.screenPos())


class Stage:
    """A canvas of a host, on which somebody clicks."""

    def __init__(self, qtbot: QtBot, parent: QObject) -> None:
        self._qtbot = qtbot
        self.has_entries = True
        self.menus: list[list[str]] = []
        self.places: list[QPointF] = []
        self.scene = QGraphicsScene(parent)
        self.scene.setSceneRect(0.0, 0.0, 200.0, 100.0)
        self.scene.addItem(Item(self))
        self.scene.addItem(Measure(self))
        self.view = QGraphicsView(self.scene)
        qtbot.addWidget(self.view)
        self.view.resize(300, 200)
        self.view.show()
        self.menu = CanvasMenu(self.view, self.fill, parent)

    def run(self, at: QPoint) -> None:
        """Open the host's own menu."""
        menu = QMenu()
        menu.addAction("Delete")
        QTimer.singleShot(0, menu.close)
        menu.exec(at)
        self.menus.append([action.text() for action in menu.actions()])

    def fill(self, menu: QMenu, at: QPointF) -> None:
        """Add our entry."""
        self.places.append(at)
        if self.has_entries:
            menu.addAction(OURS)

    def click(self, x: float, y: float, reason: QContextMenuEvent.Reason | None = None) -> None:
        """Open the menu, with the mouse or the keyboard."""
        port = self.view.viewport()
        assert port is not None
        at = self.view.mapFromScene(QPointF(x, y))
        if reason is None:
            user_input.press(port, at, button=RIGHT)
        why = reason or QContextMenuEvent.Reason.Mouse
        QApplication.sendEvent(port, QContextMenuEvent(why, at, port.mapToGlobal(at)))
        if reason is None:
            user_input.release(port, at, button=RIGHT)
        self._qtbot.wait(20)
        popup = QApplication.activePopupWidget()
        if isinstance(popup, QMenu):
            self.menus.append([action.text() for action in popup.actions()])
            popup.close()


@pytest.fixture
def stage(qtbot: QtBot, parent: QObject) -> Iterator[Stage]:
    made = Stage(qtbot, parent)
    yield made
    made.menu.close()


def test_where_the_host_has_no_menu_we_have_one(stage: Stage) -> None:
    stage.click(150.0, 80.0)
    assert stage.menus == [[OURS]]
    assert (stage.places[0] - QPointF(150.0, 80.0)).manhattanLength() < 2.0


@pytest.mark.parametrize("x", [20.0, 80.0])
def test_in_the_hosts_menu_ours_comes_last(stage: Stage, x: float) -> None:
    """And no second menu follows."""
    stage.click(x, 20.0)
    assert stage.menus == [["Delete", OURS]]
    stage.click(150.0, 80.0)
    assert stage.menus[1:] == [[OURS]]


def test_by_keyboard(stage: Stage) -> None:
    stage.click(150.0, 80.0, QContextMenuEvent.Reason.Keyboard)
    stage.click(20.0, 20.0, QContextMenuEvent.Reason.Keyboard)
    assert stage.menus == [[OURS], ["Delete", OURS]]


def test_while_a_tool_of_the_host_is_at_work_none_opens(stage: Stage) -> None:
    """The right button ends the tool."""
    stage.view.setCursor(Qt.CursorShape.CrossCursor)
    stage.click(150.0, 80.0)
    assert stage.menus == []


def test_without_entries_none_opens(stage: Stage) -> None:
    stage.has_entries = False
    stage.click(150.0, 80.0)
    assert stage.menus == []


def test_other_menus_are_left_alone(qtbot: QtBot, stage: Stage) -> None:
    stage.click(150.0, 80.0)
    other = QMenu()
    qtbot.addWidget(other)
    QApplication.sendEvent(other, QEvent(QEvent.Type.Polish))
    assert other.isEmpty()


def test_closed_it_adds_nothing(stage: Stage, parent: QObject) -> None:
    stage.menu.close()
    stage.click(20.0, 20.0)
    stage.click(150.0, 80.0)
    assert stage.menus == [["Delete"]]
    stage.menu = CanvasMenu(stage.view, stage.fill, parent)


def test_view_that_goes_first_is_no_fault(qtbot: QtBot, parent: QObject) -> None:
    """Its viewport still gets a hide event: an error there would end the editor."""
    view = QGraphicsView()
    CanvasMenu(view, lambda menu, at: None, parent)
    view.show()
    with qtbot.capture_exceptions() as errors:
        sip.delete(view)
    assert not errors
