"""Mouse, keyboard and patience: `QTest` with types, since PyQt6's stubs take its functions for methods."""

from __future__ import annotations

from typing import Any

from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QWidget

LEFT = Qt.MouseButton.LeftButton
NO_KEYS = Qt.KeyboardModifier.NoModifier

_qtest: Any = QTest


def click(
    widget: QWidget,
    at: QPoint | None = None,
    keys: Qt.KeyboardModifier = NO_KEYS,
    button: Qt.MouseButton = LEFT,
) -> None:
    """Click with a button of the mouse.

    Args:
        widget: gets the events.
        at: where in it, in pixels; None for its middle.
        keys: held down meanwhile.
        button: which one.
    """
    _qtest.mouseClick(widget, button, keys, at or widget.rect().center())


def double_click(widget: QWidget, at: QPoint) -> None:
    """Double-click with the left button."""
    _qtest.mouseDClick(widget, LEFT, NO_KEYS, at)


def press(
    widget: QWidget, at: QPoint, keys: Qt.KeyboardModifier = NO_KEYS, button: Qt.MouseButton = LEFT
) -> None:
    """Press a button of the mouse."""
    _qtest.mousePress(widget, button, keys, at)


def move(widget: QWidget, at: QPoint) -> None:
    """Move the pointer; the buttons stay as they are."""
    _qtest.mouseMove(widget, at)


def release(
    widget: QWidget, at: QPoint, keys: Qt.KeyboardModifier = NO_KEYS, button: Qt.MouseButton = LEFT
) -> None:
    """Release a button of the mouse."""
    _qtest.mouseRelease(widget, button, keys, at)


def press_key(widget: QWidget, key: Qt.Key, keys: Qt.KeyboardModifier = NO_KEYS) -> None:
    """Press a key and release it.

    Args:
        widget: gets the events.
        key: which one.
        keys: held down meanwhile.
    """
    _qtest.keyClick(widget, key, keys)


def type_text(widget: QWidget, text: str) -> None:
    """Type a text, key by key."""
    _qtest.keyClicks(widget, text)


def wait(ms: int) -> None:
    """Let Qt work for some time."""
    _qtest.qWait(ms)
