"""Recognises Optiverse's windows, and returns our plugin's parts for them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, cast

from optiverse_collab.host.optiverse.upstream.version import is_installed

if TYPE_CHECKING:
    from PyQt6.QtWidgets import QMainWindow

    from optiverse_collab.host.api import AutosaveNoted, FileNoted, Host, RayEngine
    from optiverse_collab.host.optiverse.upstream.window import Window


def is_optiverse(window: QMainWindow) -> bool:
    """Whether the class of a window, or one that it derives from, is of Optiverse."""
    return any(cls.__module__.startswith("optiverse.") for cls in type(window).__mro__)


def adapter_of(window: QMainWindow) -> Callable[[], Host] | None:
    """A factory for a window's adapter; None if it isn't Optiverse's."""
    if not is_optiverse(window):
        return None
    from optiverse_collab.host.optiverse.adapter import OptiverseHost

    return partial(OptiverseHost, window)


def watch_files(
    window: QMainWindow, opened: FileNoted, saved: FileNoted, autosaved: AutosaveNoted
) -> Callable[[], None] | None:
    """Call these when a window opens, saves or autosaves a file; None if it isn't Optiverse's.

    Returns:
        A function that stops this.
    """
    if not is_optiverse(window):
        return None
    from optiverse_collab.host.optiverse.files.file_watch import FileWatch

    return FileWatch(cast("Window", window), opened, saved, autosaved).close


def ray_engine(window: QMainWindow | None) -> RayEngine | None:
    """Optiverse's engine, for its windows, and without a window where Optiverse is installed.

    Raises:
        HostUnsupported: it lacks something that we use; the text says what.
    """
    if not (is_installed() if window is None else is_optiverse(window)):
        return None
    from optiverse_collab.host.optiverse.ray_engine import OptiverseRays

    return OptiverseRays()
