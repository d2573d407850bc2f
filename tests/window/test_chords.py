"""Key chords that users can change."""

from __future__ import annotations

from pathlib import Path

import pytest
from PyQt6.QtCore import QSettings
from PyQt6.QtGui import QAction, QKeySequence, QShortcut
from PyQt6.QtWidgets import QMainWindow
from pytestqt.qtbot import QtBot

from optiverse_collab.manifest import load
from optiverse_collab.window.chords import Chord, fault
from optiverse_collab.window.settings import Settings


@pytest.fixture
def window(qtbot: QtBot) -> QMainWindow:
    """A window with a menu entry and a shortcut of its own."""
    made = QMainWindow()
    qtbot.addWidget(made)
    made.setWindowTitle("Bench")
    entry = QAction("&Save", made)
    entry.setShortcut(QKeySequence("Ctrl+S"))
    QShortcut(QKeySequence("Ctrl+K"), made)
    return made


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", ""),
        ("Ctrl+Shift+P", ""),
        ("F7", ""),
        ("Shift+F7", ""),
        ("P", "would be typed"),
        ("Shift+P", "would be typed"),
        ("Space", "would be typed"),
        ("Alt+P", "would be typed"),
        ("Ctrl+Alt+P", "would be typed"),
        ("Meta+P", "would be typed"),
        ("Ctrl+Shift+U", "desktops"),
        ("Ctrl+F4", "desktops"),
        ("F1", "desktops"),
        ("Ctrl+S", "belongs to “Save”"),
        ("Ctrl+K", "belongs to “Bench”"),
        ("Ctrl+X, Ctrl+P", "one chord"),
    ],
)
def test_what_collides_is_named(window: QMainWindow, text: str, says: str) -> None:
    found = fault(text, "", window)
    assert says in found
    assert bool(says) is bool(found)


def test_the_chord_of_the_same_entry_is_no_collision(window: QMainWindow) -> None:
    assert fault("Ctrl+S", "Ctrl+S", window) == ""


def test_a_chord_is_remembered(tmp_path: Path, qapp: object) -> None:
    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(tmp_path))
    settings = Settings(load().settings)
    chord = Chord(settings, "point_here", "Ctrl+Shift+P")
    assert chord.text == "Ctrl+Shift+P"
    chord.set_text("F7")
    assert Chord(settings, "point_here", "Ctrl+Shift+P").text == "F7"
    chord.set_text("")  # no chord at all
    assert Chord(settings, "point_here", "Ctrl+Shift+P").text == ""
