"""Mouse, keyboard and waiting: `QTest` with types, since PyQt6's stubs take its functions for methods."""

from __future__ import annotations

from typing import Any

from PyQt6.QtCore import QEvent, QPoint, Qt
from PyQt6.QtGui import QGuiApplication, QKeyEvent
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QWidget

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
        at: the position in it, in pixels; None for its middle.
        keys: modifiers that are held down.
        button: the mouse button.
    """
    _qtest.mouseClick(widget, button, keys, at or widget.rect().center())


def clipboard_text() -> str:
    """The text on the clipboard."""
    clipboard = QGuiApplication.clipboard()
    assert clipboard is not None
    return clipboard.text()


def double_click(widget: QWidget, at: QPoint) -> None:
    """Double-click with the left button."""
    _qtest.mouseDClick(widget, LEFT, NO_KEYS, at)


def press(
    widget: QWidget, at: QPoint, keys: Qt.KeyboardModifier = NO_KEYS, button: Qt.MouseButton = LEFT
) -> None:
    """Press a button of the mouse."""
    _qtest.mousePress(widget, button, keys, at)


def move(widget: QWidget, at: QPoint) -> None:
    """Move the pointer; the buttons are unchanged."""
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
        key: the key to press.
        keys: modifiers that are held down.
    """
    _qtest.keyClick(widget, key, keys)


def hold_key(widget: QWidget, key: Qt.Key, keys: Qt.KeyboardModifier = NO_KEYS) -> None:
    """Press a key, and other keys before it, without releasing them."""
    _qtest.keyPress(widget, key, keys)


def release_key(widget: QWidget, key: Qt.Key, keys: Qt.KeyboardModifier = NO_KEYS) -> None:
    """Release a key, and after it those that were held with it."""
    _qtest.keyRelease(widget, key, keys)


def repeat_key(widget: QWidget, key: Qt.Key, keys: Qt.KeyboardModifier = NO_KEYS) -> None:
    """Do what X11 does while a key is held: release it and press it, both marked as repeats."""
    text = chr(key)
    QApplication.sendEvent(widget, QKeyEvent(QEvent.Type.KeyRelease, key, keys, text, True))
    _qtest.simulateEvent(widget, True, key, keys, text, True)


def type_text(widget: QWidget, text: str) -> None:
    """Type a text, key by key."""
    _qtest.keyClicks(widget, text)


def wait(ms: int) -> None:
    """Let Qt handle events for some time."""
    _qtest.qWait(ms)
