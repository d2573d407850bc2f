"""A plugin's actions and widgets in a plain main window."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PyQt6.QtWidgets import QLabel, QMainWindow

from optiverse_collab.hookspecs import Action
from optiverse_collab.host.menus import Installed, menu_titled


def action(menu: tuple[str, ...], text: str, run: Callable[[], None] = lambda: None) -> Action:
    return Action(menu, text, "Ctrl+K", "network-connect", run, lambda enable: enable(False))


@pytest.fixture
def window(qapp: object) -> QMainWindow:
    window = QMainWindow()
    bar = window.menuBar()
    assert bar is not None
    bar.addMenu("&File")
    return window


def test_a_menu_must_be_named(window: QMainWindow) -> None:
    with pytest.raises(ValueError, match="there is no menu"):
        Installed(window, [action((), "Nowhere")], [])


def test_menus_are_found_without_mnemonics_or_made(window: QMainWindow) -> None:
    Installed(
        window, [action(("Fi&le",), "a"), action(("Tools", "&More"), "b"), action(("&Tools",), "c")], []
    )
    bar = window.menuBar()
    assert bar is not None
    assert [entry.text() for entry in bar.actions()] == ["&File", "Tools"]
    tools = menu_titled(bar, "Tools")
    assert tools is not None
    assert [entry.text() for entry in tools.actions()] == ["&More", "c"]


def test_an_action_runs_and_is_enabled_when_it_says(window: QMainWindow) -> None:
    ran: list[str] = []
    installed = Installed(window, [action(("File",), "x", lambda: ran.append("x"))], [])
    (entry,) = installed.actions
    assert not entry.isEnabled()
    entry.setEnabled(True)
    entry.trigger()
    assert ran == ["x"]
    assert entry.shortcut().toString() == "Ctrl+K"
    assert not entry.autoRepeat()  # A chord that is held runs it once.


def test_removing_leaves_the_window_as_it_was(window: QMainWindow) -> None:
    label = QLabel("hello")
    installed = Installed(window, [action(("File",), "a"), action(("Tools",), "b")], [label])
    window.show()
    assert label.isVisible()
    installed.remove()
    assert not label.isVisible()
    file = menu_titled(window.menuBar(), "File")
    assert file is not None
    assert file.actions() == []


def test_an_entry_that_can_be_checked_shows_it(window: QMainWindow) -> None:
    check: list[Callable[[bool], None]] = []
    quiet = Action(("Tools",), "Quiet", "", "", lambda: None, lambda enable: enable(True), check.append)
    [entry] = Installed(window, [quiet], []).actions
    assert entry.isCheckable()
    check[0](True)
    assert entry.isChecked()
    [entry] = Installed(window, [action(("Tools",), "Other")], []).actions
    assert not entry.isCheckable()
