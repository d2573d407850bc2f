"""The plugin: hookimpls, nothing else. What stands behind them is made when a window opens."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pluggy

from optiverse_collab.category import log_category
from optiverse_collab.hookspecs import PROJECT, Action
from optiverse_collab.host.optiverse import windows
from optiverse_collab.window import attachment
from optiverse_collab.window.attachment import attachment_for

if TYPE_CHECKING:
    from PyQt6.QtWidgets import QDialog, QMainWindow, QWidget

    from optiverse_collab.host.api import AutosaveNoted, FileNoted, Host, RayEngine

hookimpl = pluggy.HookimplMarker(PROJECT)


@hookimpl
def optiverse_log_categories() -> list[str]:
    """The category of all that we log."""
    return [log_category()]


@hookimpl
def optiverse_window_opened(window: QMainWindow) -> None:
    """Make what the window needs, or find out why it can't be made."""
    attachment.open_window(window)


@hookimpl
def optiverse_actions(window: QMainWindow) -> list[Action]:
    """The Collaboration menu, from the manifest; or one entry that says why there is none."""
    return attachment_for(window).actions()


@hookimpl
def optiverse_status_widgets(window: QMainWindow) -> list[QWidget]:
    """Connection and user count."""
    return attachment_for(window).status_widgets()


@hookimpl
def optiverse_dialogs(window: QMainWindow) -> dict[str, Callable[[], QDialog]]:
    """``collaboration.connect`` and ``collaboration.people``."""
    return attachment_for(window).dialogs()


@hookimpl
def optiverse_window_closing(window: QMainWindow) -> None:
    """Leave the session; nothing of the bench is changed by that."""
    attachment.close_window(window)


@hookimpl
def optiverse_host_adapter(window: QMainWindow) -> Callable[[], Host] | None:
    """Optiverse's, for windows of Optiverse."""
    return windows.adapter_of(window)


@hookimpl
def optiverse_watch_files(
    window: QMainWindow, opened: FileNoted, saved: FileNoted, autosaved: AutosaveNoted
) -> Callable[[], None] | None:
    """The files of windows of Optiverse."""
    return windows.watch_files(window, opened, saved, autosaved)


@hookimpl
def optiverse_ray_engine(window: QMainWindow | None) -> RayEngine | None:
    """Optiverse's, where it is installed."""
    return windows.ray_engine(window)
