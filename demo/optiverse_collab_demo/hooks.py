"""The adapter for the demo bench, as plugins find it: hookimpls, by the entry point of this distribution."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import pluggy

from optiverse_collab.hookspecs import PROJECT
from optiverse_collab_demo.adapter import DemoFiles, DemoHost
from optiverse_collab_demo.ray_engine import DemoRays
from optiverse_collab_demo.window import DemoWindow

if TYPE_CHECKING:
    from PyQt6.QtWidgets import QMainWindow

    from optiverse_collab.host.api import FileNoted, Host, RayEngine

hookimpl = pluggy.HookimplMarker(PROJECT)


@hookimpl
def optiverse_host_adapter(window: QMainWindow) -> Callable[[], Host] | None:
    """The adapter for a demo window."""
    return partial(DemoHost, window) if isinstance(window, DemoWindow) else None


@hookimpl
def optiverse_watch_files(
    window: QMainWindow, opened: FileNoted, saved: FileNoted
) -> Callable[[], None] | None:
    """The files of a demo window, which autosaves nothing."""
    return DemoFiles(window, opened, saved).close if isinstance(window, DemoWindow) else None


@hookimpl(trylast=True)
def optiverse_ray_engine(window: QMainWindow | None) -> RayEngine | None:
    """The demo bench's, for its windows; without a window, where no other editor has one."""
    return DemoRays() if window is None or isinstance(window, DemoWindow) else None
