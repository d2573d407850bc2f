"""Every menu entry does what it says, and is enabled when it makes sense."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
from PyQt6.QtGui import QGuiApplication, QKeySequence
from PyQt6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from optiverse_collab_demo.theme import DARK, LIGHT
from optiverse_collab_demo.window import DemoWindow
from tests.helpers.demo_window import add, choose_file, entry, file_dialogs, has_theme

FOR_SELECTED = ["Copy", "Delete", "Edit…", "Turn right", "Turn left", "Group", "Ungroup"]


def menus(window: DemoWindow) -> list[QMenu]:
    bar = window.menuBar()
    assert bar is not None
    return [menu for action in bar.actions() if (menu := action.menu()) is not None]


def choose(window: DemoWindow, menu: str, text: str) -> None:
    """Choose an entry, as a user can."""
    action = entry(window, menu, text)
    assert action.isEnabled()
    action.trigger()


def test_menus_stand_in_their_order(window: DemoWindow) -> None:
    assert [menu.title() for menu in menus(window)] == ["&File", "&Edit", "&Insert", "&View"]


def test_no_shortcut_and_no_mark_is_there_twice(window: DemoWindow) -> None:
    entries = [[action for action in menu.actions() if not action.isSeparator()] for menu in menus(window)]
    shortcuts = [action.shortcut().toString() for menu in entries for action in menu]
    given = [keys for keys in shortcuts if keys]
    assert len(set(given)) == len(given)
    for menu in entries:
        marks = [QKeySequence.mnemonic(action.text()).toString() for action in menu if "&" in action.text()]
        assert len(set(marks)) == len(marks)


def test_nothing_to_undo_nor_selected_leaves_those_entries_grey(window: DemoWindow) -> None:
    for text in ("Undo", "Redo", *FOR_SELECTED):
        assert not entry(window, "Edit", text).isEnabled()
    lens = add(window, "lens")
    window.scene.select([lens])
    for text in FOR_SELECTED:
        assert entry(window, "Edit", text).isEnabled()
    window.bench.remove([lens])
    for text in FOR_SELECTED:
        assert not entry(window, "Edit", text).isEnabled()


def test_undo_and_redo_say_what(window: DemoWindow) -> None:
    lens = add(window, "lens", name="Fish & chips")
    window.editor.turn([lens], 15.0)
    undo, redo = entry(window, "Edit", "Undo Turn Fish  chips"), entry(window, "Edit", "Redo")
    assert undo.text() == "&Undo Turn Fish && chips"
    undo.trigger()
    assert window.bench.items[lens].props["angle_deg"] == 0.0
    assert redo.text() == "&Redo Turn Fish && chips"
    redo.trigger()
    assert window.bench.items[lens].props["angle_deg"] == 15.0
    assert not redo.isEnabled()
    window.set_saved(None)
    window.new()
    assert not undo.isEnabled()


def test_copy_paste_and_delete(window: DemoWindow) -> None:
    lens = add(window, "lens")
    window.scene.select([lens])
    choose(window, "Edit", "Copy")
    choose(window, "Edit", "Paste")
    (copy,) = window.scene.selected()
    assert copy != lens
    choose(window, "Edit", "Delete")
    assert list(window.bench.items) == [lens]


def test_paste_without_a_copy_changes_nothing(window: DemoWindow) -> None:
    board = QGuiApplication.clipboard()
    assert board is not None
    board.setText("something else")
    window.scene.select([lens := add(window, "lens")])
    choose(window, "Edit", "Paste")
    assert list(window.bench.items) == window.scene.selected() == [lens]


def test_select_all_turn_and_group(window: DemoWindow) -> None:
    one, two = add(window, "lens", (-10.0, 0.0)), add(window, "lens", (10.0, 0.0))
    window.bench.put("assembly", "assembly", {})
    choose(window, "Edit", "Select all")
    assert set(window.scene.selected()) == {one, two}
    choose(window, "Edit", "Turn right")
    assert window.bench.items[one].props["angle_deg"] == 15.0
    choose(window, "Edit", "Turn left")
    assert window.bench.items[one].props["angle_deg"] == 0.0
    choose(window, "Edit", "Group")
    assert window.bench.items[one].props["parent"] == window.bench.items[two].props["parent"]
    choose(window, "Edit", "Ungroup")
    assert "parent" not in window.bench.items[one].props


def test_edit_opens_the_dialog_of_the_selected(window: DemoWindow) -> None:
    window.scene.select([lens := add(window, "lens")])
    choose(window, "Edit", "Edit…")
    assert window.dialogs[lens].isVisible()


def test_entries_of_the_file_menu(window: DemoWindow, tmp_path: Path) -> None:
    add(window, "lens")
    choose(window, "File", "Save as…")
    choose_file(window, tmp_path / "bench.json")
    choose(window, "File", "New")
    assert window.bench.items == {}
    choose(window, "File", "Open…")
    choose_file(window, tmp_path / "bench.json")
    assert len(window.bench.items) == 1
    add(window, "mirror")
    choose(window, "File", "Save")
    assert file_dialogs(window) == []
    assert not window.isWindowModified()
    choose(window, "File", "Close")
    assert not window.isVisible()


def test_view_is_zoomed_and_shows_all(window: DemoWindow) -> None:
    choose(window, "View", "Zoom in")
    assert window.view.transform().m11() == pytest.approx(1.25)
    choose(window, "View", "Zoom out")
    assert window.view.transform().m11() == pytest.approx(1.0)
    add(window, "lens", (5000.0, 0.0))
    choose(window, "View", "Show all")
    shown = window.view.mapToScene(window.view.rect()).boundingRect()
    assert shown.contains(window.scene.extent())


def test_dark_theme_is_ticked_while_it_is_dark(qtbot: QtBot, window: DemoWindow) -> None:
    dark = entry(window, "View", "Dark theme")
    assert not dark.isChecked()
    for theme in (DARK, LIGHT):
        dark.trigger()
        qtbot.waitUntil(partial(has_theme, window, theme))
        assert dark.isChecked() is (theme is DARK)
    window.set_theme(DARK)
    qtbot.waitUntil(dark.isChecked)


def test_log_opens_and_comes_to_the_front_again(qtbot: QtBot, window: DemoWindow) -> None:
    for _ in range(2):
        choose(window, "View", "Log")
        assert window.log_window.isVisible()
    window.log_window.close()
    choose(window, "View", "Log")
    assert window.log_window.isVisible()
