"""Pointing in the real editor: unused chords, the menu of the canvas, text that is being typed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from PyQt6.QtCore import QObject, QPointF, Qt
from PyQt6.QtGui import QAction, QContextMenuEvent, QKeySequence, QShortcut
from PyQt6.QtWidgets import QApplication, QMenu

from optiverse_collab.manifest import ActionId, load
from optiverse_collab.window import laser as module
from optiverse_collab.window.chords import fault
from optiverse_collab.window.laser import LaserPointer, is_text_edited
from optiverse_collab.window.ui.canvas_menu import CanvasMenu
from tests.helpers import user_input
from tests.helpers.optiverse_mouse import MouseUser
from tests.helpers.optiverse_user import events, grip

pytestmark = [
    pytest.mark.optiverse,
    pytest.mark.qt_log_ignore(
        "This plugin does not support", "QImageIOHandler: Rejecting image", "Mouse event"
    ),
]

OURS = "Point here"
CONNECT = "Ctrl+Shift+C"
"""The chord of the editor's own collaboration, which ours replaces."""


def test_our_chords_collide_with_none_of_the_hosts(window: Any) -> None:
    """PRES-16: nor with a desktop's."""
    ours = [action.shortcut for action in load().actions if action.shortcut and action.shortcut != CONNECT]
    assert len(ours) >= 2
    taken = [key for action in window.findChildren(QAction) for key in action.shortcuts()]
    taken += [shortcut.key() for shortcut in window.findChildren(QShortcut)]
    assert QKeySequence("Ctrl+S") in taken
    assert QKeySequence("Space") in taken
    for chord in ours:
        assert QKeySequence(chord) not in taken
        assert fault(chord, "", window) == ""
    assert "belongs to" in fault("Ctrl+S", "", window)
    for typed in ("R", "A", "Space", "+", "-"):
        assert fault(typed, "", window)


@pytest.fixture
def parent(qapp: object) -> QObject:
    """The parent of the objects that a test makes."""
    return QObject()


@pytest.fixture
def places(window: Any, parent: QObject) -> Iterator[list[QPointF]]:
    """The places where our entry was chosen."""
    chosen: list[QPointF] = []

    def fill(menu: QMenu, at: QPointF) -> None:
        entry = menu.addAction(OURS)
        assert entry is not None
        entry.triggered.connect(lambda: chosen.append(at))

    menu = CanvasMenu(window.view, fill, parent)
    yield chosen
    menu.close()


DRAWN = {
    "text": [(0.0, 0.0)],
    "rectangle": [(0.0, 0.0)],
    "ruler": [(-60.0, 0.0), (60.0, 0.0)],
    "angle_measure": [(0.0, 0.0), (80.0, 0.0), (0.0, 80.0)],
}


@pytest.mark.parametrize("kind", ["lens", "source", *DRAWN])
def test_the_menu_of_each_item_has_our_entry(window: Any, places: list[QPointF], kind: str) -> None:
    """PRES-16"""
    user = MouseUser(window)
    item = user.draw(kind, *DRAWN[kind]) if kind in DRAWN else user.place(kind, 0.0, 0.0)
    at = grip(item)
    user.menu(item, OURS)
    [spot] = places
    assert (spot - at).manhattanLength() < 5.0


def test_the_hosts_own_entries_still_work(window: Any, places: list[QPointF]) -> None:
    user = MouseUser(window)
    lens = user.place("lens", 0.0, 0.0)
    user.menu(lens, "Delete")
    assert lens.scene() is None
    assert places == []


def test_the_empty_canvas_has_a_menu_with_our_entry(
    window: Any, places: list[QPointF], parent: QObject
) -> None:
    """PRES-16: it opens after the event, so that a menu of the host's would come first."""
    user = MouseUser(window)
    user.come()
    user.look((0.0, 0.0))
    at = user.at((0.0, 0.0))
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, user.viewport.mapToGlobal(at))
    QApplication.sendEvent(user.viewport, event)
    events()
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    [entry] = menu.actions()
    entry.trigger()
    menu.close()
    assert places[0].manhattanLength() < 5.0


def test_a_laser_pointer_ends_where_a_note_is_typed(window: Any, parent: QObject) -> None:
    """PRES-16: and doesn't start there."""
    user = MouseUser(window)
    note = user.draw("text", (0.0, 0.0))
    user.come()
    laser = LaserPointer(window.view, parent)
    laser.switch(True)
    seen = [laser.is_on]
    user.begin_writing(note)
    assert window.scene.focusItem() is note
    assert is_text_edited()
    user_input.type_text(user.viewport, "x")
    seen.append(laser.is_on)
    laser.switch(True)
    seen.append(laser.is_on)
    user.end_writing(note)
    assert seen == [True, False, False]


def test_a_held_chord_does_nothing_in_the_host(
    window: Any, parent: QObject, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PRES-16: the repeated key events reach its canvas."""
    monkeypatch.setattr(module, "HOLD_MS", 0)
    user = MouseUser(window)
    lens = user.place("lens", 0.0, 0.0)
    user.come()
    window.view.setFocus()
    laser = LaserPointer(window.view, parent)
    [table] = (table for table in load().actions if table.id is ActionId.LASER)
    chord = QKeySequence(table.shortcut)
    entry = QAction(window)
    entry.setShortcut(chord)
    entry.setAutoRepeat(False)
    entry.triggered.connect(lambda: laser.switch(not laser.is_on))
    window.addAction(entry)
    key, keys = chord[0].key(), chord[0].keyboardModifiers()
    lens.setSelected(True)
    before, depth = lens.to_dict(), window.undo_stack.can_undo()
    user_input.hold_key(window.view, key, keys)
    for _ in range(5):
        user_input.repeat_key(window.view, key, keys)
    seen = [laser.is_on]
    user_input.release_key(window.view, key, keys)
    seen.append(laser.is_on)
    window.removeAction(entry)
    assert seen == [True, False]
    assert (lens.to_dict(), window.undo_stack.can_undo()) == (before, depth)
    assert lens.isSelected()


def test_escape_ends_the_laser_pointer_and_the_hosts_tool(window: Any, parent: QObject) -> None:
    """PRES-16: the host still gets the key."""
    user = MouseUser(window)
    user.come()
    laser = LaserPointer(window.view, parent)
    laser.switch(True)
    window.act_add_lens.trigger()
    assert window.act_add_lens.isChecked()
    user.key(Qt.Key.Key_Escape)
    assert not window.act_add_lens.isChecked()
    assert not laser.is_on
