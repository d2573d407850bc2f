"""A bench that takes long to paint is painted once, and the screen is correct anyway."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from time import sleep
from typing import Any

import pytest
from PyQt6.QtCore import QRect, QRectF
from PyQt6.QtGui import QColor, QImage, QPainter
from PyQt6.QtWidgets import QGraphicsItem, QGraphicsRectItem, QGraphicsView
from pytestqt.qtbot import QtBot

from optiverse_collab.window.ui.backdrop import MOST, SPENT_MS
from optiverse_collab.window.ui.cursors import LONG_MS
from optiverse_collab.window.ui.pointers import GLIDE_MS
from tests.helpers import user_input
from tests.helpers.demo_window import pixel, viewport
from tests.window.ui.overlay_scene import Scene


class Slow(QGraphicsItem):
    """A coloured item that takes long to paint, and counts how often it is painted."""

    def __init__(self) -> None:
        super().__init__()
        self.colour = QColor("#ff0000")
        self.count = 0

    def boundingRect(self) -> QRectF:
        """The area that it covers."""
        return QRectF(-200.0, -200.0, 400.0, 400.0)

    def paint(self, painter: QPainter | None, *more: Any) -> None:
        """Paint slowly."""
        self.count += 1
        sleep(LONG_MS * 2 / 1000)
        if painter is not None:
            painter.fillRect(self.boundingRect(), self.colour)

    def turn(self, colour: str) -> None:
        """Change the colour."""
        self.colour = QColor(colour)
        self.update()


class Stage(Scene):
    """The scene with a slow item in it, on a screen."""

    def __init__(self, qtbot: QtBot) -> None:
        super().__init__(qtbot)
        self._qtbot = qtbot
        self.place = 0.0
        self.slow = Slow()
        self.window.scene.addItem(self.slow)
        self.window.show()
        self.settle()

    def settle(self) -> None:
        """Finish all pending painting."""
        self._qtbot.wait(40)

    def move(self) -> None:
        """Bob's cursor moves, and arrives in one frame."""
        self.place += 5.0
        self.bob(cursor=[self.place, 0.0])
        self.wait(GLIDE_MS)
        self.settle()

    def rest(self) -> None:
        """Bob's cursor moves over the unchanged bench for long enough, so that there is a picture."""
        self.move()
        self.overlay._backdrop._spent_ms += SPENT_MS
        self.move()
        self.move()

    def seen(self) -> QImage:
        """The pixels of the canvas on the screen."""
        screen = self.window.screen()
        assert screen is not None
        image = screen.grabWindow(self.window.winId()).toImage()
        port = viewport(self.window)
        corner = port.mapTo(self.window, port.rect().topLeft())
        ratio = port.devicePixelRatioF()
        left, top, width, height = (
            round(part * ratio) for part in (corner.x(), corner.y(), port.width(), port.height())
        )
        return image.copy(left, top, width, height)

    def right(self) -> QImage:
        """The pixels that should be there."""
        view = self.window.view
        return view.grab(viewport(self.window).geometry()).toImage()

    def is_right(self) -> bool:
        """Whether the two are the same."""
        kind = QImage.Format.Format_RGB32
        return bool(self.seen().convertToFormat(kind) == self.right().convertToFormat(kind))


@pytest.fixture
def stage(qtbot: QtBot) -> Iterator[Stage]:
    made = Stage(qtbot)
    yield made
    made.window.scene.removeItem(made.slow)
    made.overlay.close_for_good()


def test_a_bench_at_rest_is_not_painted_for_a_cursor(stage: Stage) -> None:
    stage.rest()
    before = stage.slow.count
    for _ in range(5):
        stage.move()
    assert stage.slow.count == before
    assert stage.is_right()


def turn(stage: Stage) -> None:
    stage.slow.turn("#00ff00")


def scroll(stage: Stage) -> None:
    bar = stage.window.view.horizontalScrollBar()
    assert bar is not None
    bar.setValue(bar.value() + 30)


def zoom(stage: Stage) -> None:
    stage.window.view.zoom(1.5)


def resize(stage: Stage) -> None:
    stage.window.resize(800, 500)


def paint_all(stage: Stage) -> None:
    """The host shows something that isn't in the scene."""
    stage.window.view.setBackgroundBrush(QColor("#0000ff"))
    viewport(stage.window).update()


@pytest.mark.parametrize("change", [turn, scroll, zoom, resize, paint_all])
def test_what_the_host_changes_is_seen_at_once(stage: Stage, change: Callable[[Stage], None]) -> None:
    stage.rest()
    before = stage.slow.count
    change(stage)
    stage.settle()
    assert stage.slow.count > before
    assert stage.is_right()
    for _ in range(3):
        stage.move()
        assert stage.is_right()
    stage.rest()
    before = stage.slow.count
    stage.move()
    assert stage.slow.count == before
    assert stage.is_right()


def test_what_changes_under_a_cursor_is_seen(stage: Stage) -> None:
    """Where a host repaints only that item, and just the area that the cursor needed."""
    view = stage.window.view
    view.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.MinimalViewportUpdate)
    stage.rest()
    dot = QGraphicsRectItem(stage.place + 5.0, -8.0, 2.0, 2.0)
    stage.window.scene.addItem(dot)
    stage.settle()
    stage.overlay._backdrop._spent_ms += SPENT_MS
    stage.move()
    stage.bob(cursor=[stage.place, 0.5])
    stage.wait(GLIDE_MS)
    stage.settle()
    assert stage.overlay._backdrop._picture is not None
    stage.bob(cursor=[stage.place + 90.0, 0.0])
    dot.setBrush(QColor("#ff00ff"))
    stage.wait(GLIDE_MS)
    stage.settle()
    assert stage.is_right()


def test_while_the_bench_changes_no_picture_is_taken(stage: Stage) -> None:
    """A picture would cost as much as painting the bench."""
    stage.rest()
    for n in range(5):
        stage.slow.turn("#00ff00" if n % 2 else "#ffff00")
        stage.settle()
        stage.bob(cursor=[stage.place + n, 0.0])
        stage.wait(GLIDE_MS)
        stage.settle()
        assert stage.overlay._backdrop._picture is None
        assert stage.is_right()


def test_a_rubber_band_is_seen(stage: Stage) -> None:
    """It does not change the scene."""
    stage.rest()
    at = pixel(stage.window, (-300.0, -220.0))
    user_input.press(viewport(stage.window), at)
    user_input.move(viewport(stage.window), at + pixel(stage.window, (0.0, 0.0)) / 4)
    stage.settle()
    stage.move()
    assert stage.is_right()
    user_input.release(viewport(stage.window), at)
    stage.settle()
    assert stage.is_right()


def test_on_a_fractional_scale_no_picture_is_taken(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """A copy of it would be blurred."""
    monkeypatch.setattr(viewport(stage.window), "devicePixelRatioF", lambda: 1.25)
    stage.rest()
    assert stage.overlay._backdrop._picture is None


def test_a_window_that_is_not_painted_costs_no_memory(stage: Stage) -> None:
    """For example, because it is minimized."""
    for _ in range(3 * MOST):
        stage.overlay._backdrop.ask([QRect(0, 0, 9, 9)] * 2)
    assert len(stage.overlay._backdrop._asked) <= MOST + 2
    stage.rest()
    assert stage.is_right()


def test_a_picture_is_taken_when_it_saves_time(stage: Stage) -> None:
    """The frames that the host paints for cursors alone count, and not those of a change."""
    stage.slow.turn("#00ff00")
    stage.settle()
    assert stage.overlay._backdrop._spent_ms == 0.0
    moves = 0
    while stage.overlay._backdrop._picture is None:
        spent_ms = stage.overlay._backdrop._spent_ms
        stage.move()
        moves += 1
        assert stage.overlay._backdrop._spent_ms > spent_ms or stage.overlay._backdrop._picture is not None
    assert moves > 3
    assert stage.is_right()
