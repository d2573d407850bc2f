"""The entries of the main window's menus, and the bar with those of the Insert menu."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PyQt6.QtCore import Qt

from optiverse_collab_demo.bars import InsertBar
from optiverse_collab_demo.menus import EnabledWhen, menu_at
from optiverse_collab_demo.templates import TEMPLATES
from optiverse_collab_demo.theme import DARK, LIGHT
from optiverse_collab_demo.window import DemoWindow

TURN_DEGREES = 15.0


def fill_menus(window: DemoWindow) -> None:
    """Make all menus of a window that has none yet."""
    _file(window)
    _edit(window)
    _insert(window)
    _view(window)


def _file(window: DemoWindow) -> None:
    menu = ("&File",)
    window.add_menu_entry(menu, "&New", "Ctrl+N", "", window.new)
    window.add_menu_entry(menu, "&Open…", "Ctrl+O", "", window.open)
    menu_at(window, menu).addSeparator()
    window.add_menu_entry(menu, "&Save", "Ctrl+S", "", window.save)
    window.add_menu_entry(menu, "Save &as…", "Ctrl+Shift+S", "", window.save_as)
    menu_at(window, menu).addSeparator()
    window.add_menu_entry(menu, "&Close", "Ctrl+Q", "", window.close)


def _edit(window: DemoWindow) -> None:
    menu, editor, scene = ("&Edit",), window.editor, window.scene
    stack, selected = editor.undo_stack, scene.selected
    undo = window.add_menu_entry(menu, "&Undo", "Ctrl+Z", "", editor.undo, _enabled(stack.canUndoChanged))
    redo = window.add_menu_entry(
        menu, "&Redo", "Ctrl+Shift+Z", "", editor.redo, _enabled(stack.canRedoChanged)
    )
    stack.undoTextChanged.connect(lambda text: undo.setText(f"&Undo {_unmarked(text)}".strip()))
    stack.redoTextChanged.connect(lambda text: redo.setText(f"&Redo {_unmarked(text)}".strip()))
    menu_at(window, menu).addSeparator()

    def when_selected(enable: Callable[[bool], None]) -> None:
        enable(bool(selected()))
        scene.selection_changed.connect(lambda ids: enable(bool(ids)))

    def for_selected(text: str, shortcut: str, run: Callable[[], object]) -> None:
        window.add_menu_entry(menu, text, shortcut, "", run, when_selected)

    for_selected("&Copy", "Ctrl+C", lambda: editor.copy(selected()))
    window.add_menu_entry(menu, "&Paste", "Ctrl+V", "", window.paste)
    for_selected("&Delete", "Del", lambda: editor.remove(selected()))
    window.add_menu_entry(menu, "Select &all", "Ctrl+A", "", lambda: scene.select(set(window.bench.items)))
    menu_at(window, menu).addSeparator()
    for_selected("&Edit…", "Ctrl+E", lambda: window.edit(selected()[0]))
    for_selected("&Turn right", "Ctrl+R", lambda: editor.turn(selected(), TURN_DEGREES))
    for_selected("Turn &left", "Ctrl+Shift+R", lambda: editor.turn(selected(), -TURN_DEGREES))
    menu_at(window, menu).addSeparator()
    for_selected("&Group", "Ctrl+G", lambda: editor.group(selected()))
    for_selected("U&ngroup", "Ctrl+Shift+G", lambda: editor.ungroup(selected()))


def _insert(window: DemoWindow) -> None:
    menu = ("&Insert",)
    actions = [
        window.add_menu_entry(menu, one.title, one.shortcut, "", partial(window.insert, one))
        for one in TEMPLATES
    ]
    bar = InsertBar(actions, window)
    bar.set_theme(window.theme)
    window.theme_changed.connect(lambda: bar.set_theme(window.theme))
    window.addToolBar(Qt.ToolBarArea.LeftToolBarArea, bar)


def _view(window: DemoWindow) -> None:
    menu, view = ("&View",), window.view
    window.add_menu_entry(menu, "Zoom &in", "Ctrl++", "", lambda: view.zoom(1.25))
    window.add_menu_entry(menu, "Zoom &out", "Ctrl+-", "", lambda: view.zoom(0.8))
    window.add_menu_entry(menu, "Show &all", "Ctrl+0", "", view.fit)
    menu_at(window, menu).addSeparator()
    dark = window.add_menu_entry(
        menu, "&Dark theme", "", "", lambda: window.set_theme(LIGHT if window.theme is DARK else DARK)
    )
    dark.setCheckable(True)
    window.theme_changed.connect(lambda: dark.setChecked(window.theme is DARK))
    window.add_menu_entry(menu, "&Log", "Ctrl+L", "", window.show_log)


def _unmarked(text: str) -> str:
    """A text for a menu in which & is a character, as in the name of an item."""
    return text.replace("&", "&&")


def _enabled(signal: object) -> EnabledWhen:
    def enabled_when(enable: Callable[[bool], None]) -> None:
        enable(False)
        signal.connect(enable)  # type: ignore[attr-defined]

    return enabled_when
