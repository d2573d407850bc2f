"""What a host offers to its plugins (pluggy project ``optiverse``, entry-point group ``optiverse``)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pluggy

if TYPE_CHECKING:
    from PyQt6.QtWidgets import QDialog, QMainWindow, QWidget

    from optiverse_collab.host.api import AutosaveNoted, FileNoted, Host, RayEngine

PROJECT = "optiverse"
hookspec = pluggy.HookspecMarker(PROJECT)
When = Callable[[Callable[[bool], None]], None]  # calls what it is given, now and on every change


@dataclass(frozen=True)
class Action:
    """A menu entry; a held shortcut runs it once. With `checked_when` it is checkable: `run` changes that."""

    menu: tuple[str, ...]
    text: str
    shortcut: str
    icon: str
    run: Callable[[], object]
    enabled_when: When
    checked_when: When | None = None


@hookspec
def optiverse_log_categories() -> list[str]:  # type: ignore[empty-body]
    """Categories that the plugin logs in; the log window offers them as filters."""


@hookspec
def optiverse_window_opened(window: QMainWindow) -> None:
    """A main window was made; its menus and status bar can take what the next hooks return."""


@hookspec
def optiverse_actions(window: QMainWindow) -> list[Action]:  # type: ignore[empty-body]
    """Entries for the window's menus, in their order; a menu that is missing is made."""


@hookspec
def optiverse_status_widgets(window: QMainWindow) -> list[QWidget]:  # type: ignore[empty-body]
    """Widgets for the right side of the window's status bar."""


@hookspec
def optiverse_dialogs(window: QMainWindow) -> dict[str, Callable[[], QDialog]]:  # type: ignore[empty-body]
    """Dialogs by id; each call makes or raises a dialog of this window, and doesn't block."""


@hookspec
def optiverse_window_closing(window: QMainWindow) -> None:
    """A main window is about to close for good; leave what was entered for it."""


# Of several plugins, the first that answers one of these with anything but None counts.
@hookspec(firstresult=True)
def optiverse_host_adapter(window: QMainWindow) -> Callable[[], Host] | None:
    """What makes the adapter for a window, each time that it joins; until then, the window is left alone."""


@hookspec(firstresult=True)
def optiverse_watch_files(
    window: QMainWindow, opened: FileNoted, saved: FileNoted, autosaved: AutosaveNoted
) -> Callable[[], None] | None:
    """Call these when a window opens, saves or autosaves a file, in a session or not; returns how to stop."""


@hookspec(firstresult=True)
def optiverse_ray_engine(window: QMainWindow | None) -> RayEngine | None:
    """The ray tracing of a window's editor, for past benches; without a window, that of the installed one."""
