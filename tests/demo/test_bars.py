"""The bars: buttons for what can be inserted, the number of items, and where the pointer is."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import QEvent, QSize
from PyQt6.QtWidgets import QApplication, QLabel, QToolButton

from optiverse_collab_demo.bars import BenchStatusBar, InsertBar
from optiverse_collab_demo.templates import TEMPLATES
from optiverse_collab_demo.theme import DARK, LIGHT
from optiverse_collab_demo.window import DemoWindow
from tests.helpers.demo_window import add, entry, move


def status(window: DemoWindow) -> BenchStatusBar:
    bar = window.statusBar()
    assert isinstance(bar, BenchStatusBar)
    return bar


def insert_bar(window: DemoWindow) -> InsertBar:
    bar = window.findChild(InsertBar)
    assert bar is not None
    return bar


def test_only_what_can_be_seen_is_counted(window: DemoWindow) -> None:
    """Users don't count a group, or the rest of a file, as an item."""
    assert status(window).items.text().strip() == "0 items"
    lens = add(window, "lens")
    assert status(window).items.text().strip() == "1 item"
    window.editor.group([lens, add(window, "mirror")])
    window.bench.put("assembly", "assembly", {"of a later": "version"})
    assert status(window).items.text().strip() == "2 items"
    window.bench.change({lens: {"pos": "nowhere"}})
    assert status(window).items.text().strip() == "1 item"
    window.bench.replace([])
    assert status(window).items.text().strip() == "0 items"


def test_pointer_is_shown_until_it_leaves(window: DemoWindow) -> None:
    move(window, (12.0, -34.0))
    assert status(window).pointer.text() == "x 12.0 mm   y -34.0 mm"
    QApplication.sendEvent(window.view, QEvent(QEvent.Type.Leave))
    assert status(window).pointer.text() == ""


def test_widgets_of_plugins_are_at_the_right(window: DemoWindow) -> None:
    label = QLabel("connected")
    window.add_status_widget(label)
    QApplication.processEvents()
    assert label.isVisible()
    assert label.x() > status(window).pointer.geometry().right()


def test_each_button_inserts_what_it_shows(window: DemoWindow) -> None:
    buttons = {button.text(): button for button in insert_bar(window).findChildren(QToolButton)}
    for template in TEMPLATES:
        before = set(window.bench.items)
        buttons[template.title].click()
        (new,) = set(window.bench.items) - before
        assert window.bench.items[new].kind == template.kind


@pytest.mark.parametrize("title", [template.title for template in TEMPLATES if template.key != "note"])
def test_pictures_follow_the_theme_in_bar_and_menu(window: DemoWindow, title: str) -> None:
    action = entry(window, "Insert", title)
    assert action in insert_bar(window).actions()
    pictures = []
    for theme in (LIGHT, DARK):
        insert_bar(window).set_theme(theme)
        pictures.append(action.icon().pixmap(QSize(30, 30)).toImage())
    assert pictures[0] != pictures[1]


def test_insert_entry_of_a_plugin_leaves_the_pictures_alone(window: DemoWindow) -> None:
    window.add_menu_entry(("&Insert",), "From a plugin", "", "", lambda: None)
    insert_bar(window).set_theme(DARK)
    assert len(insert_bar(window).actions()) == len(TEMPLATES)
