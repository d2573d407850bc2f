"""Input is noticed in any window of the program, only while somebody wants to know."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import QEvent, QMimeData, QObject, QPoint, QPointF, Qt
from PyQt6.QtGui import QDragEnterEvent, QDropEvent, QMouseEvent
from PyQt6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from optiverse_collab.window.input_watch import InputWatch
from tests.helpers.user_input import NO_KEYS, click, press_key


@pytest.fixture
def field(qtbot: QtBot) -> QLineEdit:
    field = QLineEdit()
    qtbot.addWidget(field)
    field.show()
    return field


def press_a(on: QWidget) -> None:
    """Press a key."""
    press_key(on, Qt.Key.Key_A)


def move(on: QWidget) -> None:
    """Move the mouse."""
    at, none = QPointF(3, 3), Qt.MouseButton.NoButton
    QApplication.sendEvent(on, QMouseEvent(QEvent.Type.MouseMove, at, at, none, none, NO_KEYS))


def drop(on: QWidget) -> None:
    """Drop text from another program."""
    mime, copy, button = QMimeData(), Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    mime.setText("b")
    QApplication.sendEvent(on, QDragEnterEvent(QPoint(1, 1), copy, mime, button, NO_KEYS))
    QApplication.sendEvent(on, QDropEvent(QPointF(1, 1), copy, mime, button, NO_KEYS))


def test_each_kind_of_input_is_noticed_and_passes(parent: QObject, field: QLineEdit) -> None:
    watch, came = InputWatch(parent), list[None]()
    watch.came.connect(lambda: came.append(None))
    watch.listen(True)
    for act in (press_a, click, move, drop):
        came.clear()
        act(field)
        assert came
    assert "a" in field.text()
    assert "b" in field.text()


def test_what_is_no_input_is_not(parent: QObject, field: QLineEdit) -> None:
    watch, came = InputWatch(parent), list[None]()
    watch.came.connect(lambda: came.append(None))
    watch.listen(True)
    field.setText("by a program")
    field.repaint()
    QApplication.sendEvent(field, QEvent(QEvent.Type.User))
    assert came == []


def test_nothing_is_noticed_when_nobody_listens(parent: QObject, field: QLineEdit) -> None:
    watch, came = InputWatch(parent), list[None]()
    watch.came.connect(lambda: came.append(None))
    press_a(field)
    watch.listen(True)
    watch.listen(False)
    press_key(field, Qt.Key.Key_B)
    assert came == []
