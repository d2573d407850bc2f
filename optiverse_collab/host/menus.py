"""Puts a plugin's actions and status widgets into a main window without support for plugins."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PyQt6.QtGui import QAction, QIcon, QKeySequence
from PyQt6.QtWidgets import QMainWindow, QMenu, QMenuBar, QWidget

from optiverse_collab.host.faults import OFF

if TYPE_CHECKING:
    from optiverse_collab.hookspecs import Action

MENU = "&Collaboration"


class Installed:
    """The plugin's parts in a window; `remove` takes them out again.

    Args:
        window: whose menus and status bar get it.
        actions: menu entries, in their order; menus that are missing are made.
        widgets: for the right side of the status bar, from left to right.
    """

    def __init__(self, window: QMainWindow, actions: Sequence[Action], widgets: Sequence[QWidget]) -> None:
        self._window = window
        self._menus: list[QMenu] = []
        self._widgets = list(widgets)
        self.actions = [self._add(action) for action in actions]
        status_bar = window.statusBar()
        if status_bar is not None:
            for widget in widgets:
                status_bar.addPermanentWidget(widget)
                widget.show()

    def remove(self) -> None:
        """Restore the window."""
        for action in self.actions:
            for holder in action.associatedObjects():
                if isinstance(holder, QWidget):
                    holder.removeAction(action)
            action.deleteLater()
        for menu in reversed(self._menus):
            menu.deleteLater()
        status_bar = self._window.statusBar()
        for widget in self._widgets:
            if status_bar is not None:
                status_bar.removeWidget(widget)

    def _add(self, wanted: Action) -> QAction:
        action = QAction(QIcon.fromTheme(wanted.icon), wanted.text, self._window)
        if wanted.shortcut:
            action.setShortcut(QKeySequence(wanted.shortcut))
        action.setAutoRepeat(False)
        action.triggered.connect(lambda checked: wanted.run())
        wanted.enabled_when(action.setEnabled)
        if wanted.checked_when is not None:
            action.setCheckable(True)
            wanted.checked_when(action.setChecked)
        self._menu(wanted.menu).addAction(action)
        return action

    def _menu(self, path: Sequence[str]) -> QMenu:
        place: QMenuBar | QMenu | None = self._window.menuBar()
        for title in path:
            found = menu_titled(place, title)
            if found is None and place is not None:
                found = place.addMenu(title)
                if found is not None:
                    self._menus.append(found)
            place = found
        if not isinstance(place, QMenu):
            raise ValueError(f"there is no menu {'/'.join(path)}")
        return place


def say_why(window: QMainWindow, why: str) -> None:
    """Put a line into the Collaboration menu that says why there is no live collaboration.

    Args:
        why: a sentence, as `faults.sentence_of` has it.
    """
    bar = window.menuBar()
    menu = menu_titled(bar, MENU)
    if menu is None and bar is not None:
        menu = bar.addMenu(MENU)
    if menu is not None:
        line = QAction(f"{OFF} {why}"[:200].replace("&", "&&"), window)
        line.setEnabled(False)
        menu.addAction(line)


def menu_titled(place: QMenuBar | QMenu | None, title: str) -> QMenu | None:
    """The menu of this title in a menu bar or menu; mnemonics don't count."""
    for action in place.actions() if place is not None else ():
        menu: QMenu | None = action.menu()
        if menu is not None and _plain(menu.title()) == _plain(title):
            return menu
    return None


def _plain(title: str) -> str:
    return title.replace("&", "")
