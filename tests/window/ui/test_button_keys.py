"""Buttons in a window that has its own shortcuts."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QAction, QKeySequence
from PyQt6.QtWidgets import QMainWindow, QPushButton
from pytestqt.qtbot import QtBot

from optiverse_collab.window.ui.button_keys import press_by_keys
from tests.helpers.user_input import press_key

NONE, CTRL = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier


class Window(QMainWindow):
    """A window with the shortcuts Space, Enter and Ctrl+Space; a button in it has the keyboard."""

    def __init__(self) -> None:
        super().__init__()
        self.pressed: list[str] = []
        for text in ("Space", "Return", "Ctrl+Space"):
            action = QAction(text, self)
            action.setShortcut(QKeySequence(text))
            action.triggered.connect(lambda checked, text=text: self.pressed.append(text))
            self.addAction(action)
        self.button = QPushButton("Go", self)
        self.button.clicked.connect(lambda: self.pressed.append("button"))
        self.setCentralWidget(self.button)


@pytest.fixture
def window(qtbot: QtBot) -> Window:
    made = Window()
    qtbot.addWidget(made)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    made.button.setFocus()
    return made


def test_the_keys_press_it_and_not_the_windows_shortcuts(window: Window) -> None:
    press_key(window.button, Qt.Key.Key_Space)
    assert window.pressed == ["Space"]
    press_by_keys(window.button)
    for key in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter):
        window.pressed.clear()
        press_key(window.button, key)
        assert window.pressed == ["button"]


def test_all_other_keys_are_the_windows(window: Window) -> None:
    press_by_keys(window.button)
    press_key(window.button, Qt.Key.Key_Space, CTRL)
    press_key(window.button, Qt.Key.Key_X)
    assert window.pressed == ["Ctrl+Space"]


def test_a_button_that_cannot_be_pressed_is_not(window: Window) -> None:
    press_by_keys(window.button)
    window.button.setEnabled(False)
    press_key(window.button, Qt.Key.Key_Return)
    assert window.pressed in ([], ["Return"])
