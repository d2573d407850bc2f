"""Finds the adapter for a window: the one that came with it, or one from an installed plugin."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from optiverse_collab.errors import HostUnsupported
from optiverse_collab.host.api import AutosaveNoted, FileNoted, Host
from optiverse_collab.host.plugins import installed_plugins

if TYPE_CHECKING:
    from PyQt6.QtWidgets import QMainWindow

_given: WeakKeyDictionary[QMainWindow, Callable[[], Host]] = WeakKeyDictionary()


def give(window: QMainWindow, adapter: Callable[[], Host]) -> None:
    """Use this adapter for a window instead of any plugin's, until `take_back`."""
    _given[window] = adapter


def take_back(window: QMainWindow) -> None:
    """Forget the adapter that came with a window."""
    _given.pop(window, None)


def adapter_of(window: QMainWindow) -> Callable[[], Host]:
    """A factory for a window's adapter; the window is left alone until it is called.

    Raises:
        HostUnsupported: there is none for it. (Calling the result raises it if the window lacks something.)
        Exception: whatever a plugin raises.
    """
    adapter = _given.get(window)
    if adapter is None:
        adapter = installed_plugins().hook.optiverse_host_adapter(window=window)
    if adapter is None:
        raise HostUnsupported(
            f"Collaboration does not know windows of {type(window).__module__}; no installed plugin "
            "has an adapter for them."
        )
    return adapter


def watch_files(
    window: QMainWindow, opened: FileNoted, saved: FileNoted, autosaved: AutosaveNoted
) -> Callable[[], None]:
    """Call these when a window has opened a file, saved it, or autosaved its bench, in a session or not.

    Returns:
        A function that stops this; it does nothing if no plugin watches files.

    Raises:
        Exception: whatever a plugin raises.
    """
    watch = installed_plugins().hook.optiverse_watch_files
    end: Callable[[], None] | None = watch(window=window, opened=opened, saved=saved, autosaved=autosaved)
    return end or (lambda: None)
