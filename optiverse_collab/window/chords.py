"""Key chords that users can change, and which of them collide with others."""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QAction, QKeySequence, QShortcut
from PyQt6.QtWidgets import QMainWindow

from optiverse_collab.window.settings import Settings
from optiverse_collab.wording import pointing as texts

DESKTOP = frozenset(
    (
        "Ctrl+Esc",  # Windows: start menu; KDE: system activity
        "Ctrl+Shift+Esc",  # Windows: task manager
        "Ctrl+Space",  # input methods
        "Ctrl+Shift+Space",
        "Ctrl+Shift+E",  # IBus: emoji
        "Ctrl+Shift+U",  # IBus and GTK: a character by its number
        "F1",  # help
        "F10",  # the menu bar
        "F11",  # full screen
        *(f"Ctrl+F{number}" for number in range(1, 13)),  # KDE: desktops; macOS: focus
    )
)
"""Chords of desktops and input methods, besides those with Alt or the Windows key (Command is Ctrl)."""


class Chord:
    """The chord of a menu entry; it is remembered.

    Args:
        settings: remember it.
        key: its name there.
        default: its initial value.
    """

    def __init__(self, settings: Settings, key: str, default: str) -> None:
        self._settings = settings
        self._key = key
        self._default = default

    @property
    def text(self) -> str:
        """The chord as Qt writes it; empty for none."""
        return self._settings.chord(self._key, self._default)

    def set_text(self, text: str) -> None:
        """Change the chord."""
        self._settings.set_chord(self._key, text)


def fault(text: str, own: str, window: QMainWindow) -> str:
    """Why a chord can't be used, in a sentence; empty if it can.

    Args:
        own: the chord that the same entry has now.
        window: the host's, whose chords come first.
    """
    sequence = QKeySequence(text)
    if not text:
        return ""
    if sequence.count() > 1:
        return texts.ONE
    if not _is_free_for_programs(sequence):
        return texts.PLAIN.format(chord=text)
    if any(sequence == QKeySequence(taken) for taken in DESKTOP):
        return texts.DESKTOP.format(chord=text)
    name = None if sequence == QKeySequence(own) else taken_by(sequence, window)
    return "" if name is None else texts.TAKEN.format(chord=text, name=name)


def taken_by(sequence: QKeySequence, window: QMainWindow) -> str | None:
    """The other action in a window with this chord; None if there is none."""
    for action in window.findChildren(QAction):
        if sequence in action.shortcuts():
            return action.text().replace("&", "")
    taken = any(sequence == shortcut.key() for shortcut in window.findChildren(QShortcut))
    return window.windowTitle() if taken else None


def _is_free_for_programs(sequence: QKeySequence) -> bool:
    """Whether it has Ctrl, or is a function key, and has neither Alt nor the Windows key."""
    combination = sequence[0]
    keys, key = combination.keyboardModifiers(), combination.key()
    if keys & (Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier):
        return False
    is_function_key = Qt.Key.Key_F1 <= key <= Qt.Key.Key_F35
    return is_function_key or bool(keys & Qt.KeyboardModifier.ControlModifier)
