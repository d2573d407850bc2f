"""Menus, and entries that enable themselves."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Sequence

from PyQt6.QtGui import QAction, QIcon, QKeySequence
from PyQt6.QtWidgets import QMainWindow, QMenu, QWidget

from optiverse_collab_demo.log import Log

EnabledWhen = Callable[[Callable[[bool], None]], None]


def always(enable: Callable[[bool], None]) -> None:
    """For an entry that can always be used."""
    enable(True)


def plain(title: str) -> str:
    """A title without mnemonics."""
    return title.replace("&", "")


def add_entry(
    window: QMainWindow,
    menu: Sequence[str],
    text: str,
    shortcut: str,
    icon: str,
    run: Callable[[], object],
    enabled_when: EnabledWhen = always,
    checked_when: EnabledWhen | None = None,
) -> QAction:
    """Add an entry to a window's menus; a menu that is missing is made.

    Args:
        window: whose menus.
        menu: titles from the menu bar downwards.
        text: of the entry.
        shortcut: as `QKeySequence` reads it; empty for none.
        icon: a path of a picture; empty for none.
        run: what it does.
        enabled_when: is given what to call with True or False, now and on every change.
        checked_when: the same for an entry that can be checked.
    """
    action = QAction(text, window)
    action.setShortcut(QKeySequence(shortcut))
    if icon:
        action.setIcon(QIcon(icon))
    action.triggered.connect(lambda: run())
    enabled_when(action.setEnabled)
    if checked_when is not None:
        action.setCheckable(True)
        checked_when(action.setChecked)
    menu_at(window, menu).addAction(action)
    return action


def menu_at(window: QMainWindow, titles: Sequence[str]) -> QMenu:
    """A menu, by the titles from the menu bar downwards; what is missing is made."""
    bar = window.menuBar()
    if bar is None or not titles:
        raise ValueError("a menu has a window and a title")
    place: QWidget = bar
    for title in titles:
        found = next((menu for menu in _menus(place) if plain(menu.title()) == plain(title)), None)
        if found is None:
            found = QMenu(title, place)
            place.addAction(found.menuAction())
        place = found
    assert isinstance(place, QMenu)
    return place


def guarded(log: Log, what: str, run: Callable[[], object]) -> Callable[[], None]:
    """`run`, with its errors logged and not raised."""

    def guard() -> None:
        try:
            run()
        except Exception as error:  # noqa: BLE001 (whatever a plugin may raise, the editor continues)
            log.write("ERROR", "Plugins", f"✗ {what} failed: {str(error) or type(error).__name__}")
            log.write("DEBUG", "Plugins", traceback.format_exc().rstrip())

    return guard


def _menus(place: QWidget) -> list[QMenu]:
    return [menu for action in place.actions() if (menu := action.menu()) is not None]
