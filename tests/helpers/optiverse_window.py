"""Main windows of the real Optiverse."""

from __future__ import annotations

import gc
from importlib import import_module
from typing import Any

from optiverse_collab.host.optiverse.adapter import OptiverseHost
from tests.helpers.optiverse_user import events


def open_window() -> Any:
    """A main window of the host, shown."""
    # Now, and not while Qt goes through all widgets to give them the host's style.
    gc.collect()
    window = import_module("optiverse.ui.views.main_window").MainWindow()
    window.resize(1200, 800)
    window.show()
    events()
    return window


def window_of(host: OptiverseHost) -> Any:
    """The adapter's main window of the host, with whatever it has."""
    return host.window
