"""Lets the keyboard press our buttons, whatever shortcuts the host's window has."""

from __future__ import annotations

from PyQt6.QtCore import QEvent, QObject, Qt
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtWidgets import QAbstractButton

KEYS = (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter)


class _ButtonKeys(QObject):
    """Takes the keys for its button. Optiverse has Space as a shortcut; Enter presses nothing in a window."""

    def __init__(self, button: QAbstractButton) -> None:
        super().__init__(button)
        self._button = button

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Handle the keys without modifiers."""
        if not isinstance(event, QKeyEvent) or event.key() not in KEYS:
            return False
        if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            return False
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()  # then it comes as a key
            return True
        if event.type() == QEvent.Type.KeyPress and event.key() != Qt.Key.Key_Space:
            self._button.click()
            return True
        return False


def press_by_keys(*buttons: QAbstractButton) -> None:
    """Let Space and Enter press buttons in a window of the host."""
    for button in buttons:
        button.installEventFilter(_ButtonKeys(button))
