"""Adds the installed plugins to a window: the entry point for editors without pluggy.

Only the standard library is imported at first: an editor that uses this starts even without our libraries.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

from optiverse_collab.host.faults import OFF, sentence_of
from optiverse_collab.host.plugins import installed_plugins

if TYPE_CHECKING:
    import pluggy
    from PyQt6.QtGui import QCloseEvent
    from PyQt6.QtWidgets import QMainWindow, QWidget

    from optiverse_collab.hookspecs import Action
    from optiverse_collab.host.api import Host

LOG = logging.getLogger("optiverse_collab")


class WindowParts(NamedTuple):
    """The plugins' parts for one window.

    Attributes:
        actions: menu entries, in their order.
        widgets: for the status bar, from left to right.
        categories: the plugins' log categories; a log window offers them as filters.
        closing: call it when the window is about to close for good.
    """

    actions: list[Action]
    widgets: list[QWidget]
    categories: list[str]
    closing: Callable[[], None]


def attach_to(window: QMainWindow, adapter: Callable[[], Host] | None = None) -> None:
    """Put the menus and status widgets of the installed plugins into a window, until it closes.

    If they fail, the window works without them: an ERROR is logged, and a menu says why.

    Args:
        window: any main window, made a moment ago.
        adapter: makes the adapter for it, each time that it joins a session; None if a plugin has one.
    """
    try:
        _attach(window, adapter)
    except Exception as fault:  # noqa: BLE001 - a plugin may raise anything, and the host must continue
        from optiverse_collab.host.menus import say_why

        LOG.error("✗ %s %s", OFF, sentence_of(fault))
        LOG.debug("%s", "".join(traceback.format_exception(fault)))
        say_why(window, sentence_of(fault))


def _attach(window: QMainWindow, adapter: Callable[[], Host] | None) -> None:
    manager = installed_plugins()  # before code that needs more of our libraries
    from optiverse_collab.host import adapters
    from optiverse_collab.host.menus import Installed

    if adapter is not None:
        adapters.give(window, adapter)
    try:
        parts = window_parts(window, manager)
    except Exception:
        adapters.take_back(window)
        raise
    close_event: Callable[[QCloseEvent | None], None] = window.closeEvent

    def close(event: QCloseEvent) -> None:
        """Let the window ask about unsaved changes; when it closes, leave."""
        close_event(event)
        if event.isAccepted():
            window.closeEvent = close_event  # type: ignore[method-assign,assignment]
            parts.closing()
            adapters.take_back(window)

    Installed(window, parts.actions, parts.widgets)
    window.closeEvent = close  # type: ignore[method-assign,assignment]


def window_parts(window: QMainWindow, manager: pluggy.PluginManager) -> WindowParts:
    """Tell the plugins about a new window, and collect their parts.

    Raises:
        Exception: whatever a plugin raises; the plugins know that the window closes.
    """
    hook: Any = manager.hook

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
