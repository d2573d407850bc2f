"""Asks an editor's plugins what they have for a window; who knows the editor puts it in its place."""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

import pluggy

from optiverse_collab import hookspecs
from optiverse_collab.hookspecs import Action

if TYPE_CHECKING:
    from PyQt6.QtWidgets import QMainWindow, QWidget


class WindowParts(NamedTuple):
    """What the plugins have for one window.

    Attributes:
        actions: menu entries, in their order.
        widgets: for the status bar, from left to right.
        categories: in which the plugins log; a log window offers them as filters.
        closing: to be called when the window is about to close for good.
    """

    actions: list[Action]
    widgets: list[QWidget]
    categories: list[str]
    closing: Callable[[], None]


def installed_plugins() -> pluggy.PluginManager:
    """The plugins that are installed.

    Raises:
        Exception: whatever a plugin raises while it is imported.
    """
    manager = pluggy.PluginManager(hookspecs.PROJECT)
    manager.add_hookspecs(hookspecs)
    manager.load_setuptools_entrypoints(hookspecs.PROJECT)
    return manager


def window_parts(window: QMainWindow, manager: pluggy.PluginManager) -> WindowParts:
    """Tell the plugins that a window was made, and take what they have for it.

    Raises:
        Exception: whatever a plugin raises; the plugins were told that the window closes.
    """
    hook = manager.hook

    def closing() -> None:
        hook.optiverse_window_closing(window=window)

    try:
        hook.optiverse_window_opened(window=window)
        actions = list(chain(*hook.optiverse_actions(window=window)))
        widgets = list(chain(*hook.optiverse_status_widgets(window=window)))
        return WindowParts(actions, widgets, list(chain(*hook.optiverse_log_categories())), closing)
    except Exception:
        closing()
        raise
