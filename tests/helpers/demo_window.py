"""A window of the demo, and a user with a mouse in front of it."""

from __future__ import annotations

from typing import Any

from PyQt6.QtCore import QPoint, QPointF, Qt
from PyQt6.QtGui import QWheelEvent
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QWidget

from optiverse_collab.demo.geometry import Point, middle
from optiverse_collab.demo.templates import TEMPLATES
from optiverse_collab.demo.window import DemoWindow

KEYS = {template.key: template for template in TEMPLATES}
NO_KEYS = Qt.KeyboardModifier.NoModifier


def new_window() -> DemoWindow:
    """A window that is shown, one pixel to the millimetre."""
    window = DemoWindow()
    window.resize(1000, 700)
    window.show()
    return window


def add(window: DemoWindow, key: str, at: Point = (0.0, 0.0), **props: Any) -> str:
    """An item on the bench, as if it had always been there: nothing to undo."""
    id = window.editor.add(KEYS[key], at)
    window.bench.change({id: props})
    window.editor.undo_stack.clear()
    return id


def viewport(window: DemoWindow) -> QWidget:
    """Where mouse events go."""
    found = window.view.viewport()
    assert found is not None
    return found


def pixel(window: DemoWindow, at: Point) -> QPoint:
    """Where a place of the bench is in the viewport."""
    return window.view.mapFromScene(QPointF(*at))


def place(window: DemoWindow, id: str) -> Point:
    """Where an item can be taken hold of."""
    item = window.bench.items[id]
    found = middle(item.kind, item.props)
    assert found is not None
    x, y = found
    return (x - 16.0, y) if item.kind == "source" else (x + 6.0, y - 8.0) if item.kind == "text" else found


def press(window: DemoWindow, at: Point, keys: Qt.KeyboardModifier = NO_KEYS) -> None:
    """Press the left button."""
    QTest.mouseMove(viewport(window), pixel(window, at))
    QTest.mousePress(viewport(window), Qt.MouseButton.LeftButton, keys, pixel(window, at))


def move(window: DemoWindow, at: Point) -> None:
    """Move the pointer, with the button as it is."""
    QTest.mouseMove(viewport(window), pixel(window, at))
    QApplication.processEvents()


def release(window: DemoWindow, at: Point, keys: Qt.KeyboardModifier = NO_KEYS) -> None:
    """Let the left button go."""
    QTest.mouseRelease(viewport(window), Qt.MouseButton.LeftButton, keys, pixel(window, at))


def click(window: DemoWindow, at: Point, keys: Qt.KeyboardModifier = NO_KEYS) -> None:
    """Click with the left button."""
    press(window, at, keys)
    release(window, at, keys)


def drag(window: DemoWindow, id: str, dx: float, dy: float) -> None:
    """Drag an item with the mouse, in three moves."""
    x, y = place(window, id)
    press(window, (x, y))
    for part in (0.3, 0.7, 1.0):
        move(window, (x + part * dx, y + part * dy))
    release(window, (x + dx, y + dy))


def wheel(window: DemoWindow, at: Point, clicks: int, keys: Qt.KeyboardModifier = NO_KEYS) -> None:
    """Turn the wheel."""
    where = QPointF(pixel(window, at))
    event = QWheelEvent(
        where,
        viewport(window).mapToGlobal(where),
        QPoint(),
        QPoint(0, 120 * clicks),
        Qt.MouseButton.NoButton,
        keys,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(viewport(window), event)
