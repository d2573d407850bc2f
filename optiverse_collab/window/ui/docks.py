"""Puts docks into the host's window, and into its menu *View*, if it has one."""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QDockWidget, QMainWindow

from optiverse_collab.host.menus import menu_titled

VIEW_MENU = "View"


def add_dock(window: QMainWindow, dock: QDockWidget) -> None:
    """Put a dock on the right, hidden; its entry stands above the first separator of the menu."""
    window.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, dock)
    dock.hide()
    menu = menu_titled(window.menuBar(), VIEW_MENU)
    if menu is not None:
        separators = (action for action in menu.actions() if action.isSeparator())
        menu.insertAction(next(separators, None), dock.toggleViewAction())


def remove_dock(window: QMainWindow, dock: QDockWidget) -> None:
    """Restore the window."""
    window.removeDockWidget(dock)
    dock.deleteLater()
