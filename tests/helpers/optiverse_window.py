"""Main windows of the real Optiverse."""

from __future__ import annotations

import gc
import os
from importlib import import_module
from pathlib import Path
from typing import Any

from PyQt6.QtCore import QCoreApplication, QSettings, QStandardPaths

from optiverse_collab.host.optiverse.adapter import OptiverseHost
from tests.helpers.optiverse_user import events


def keep_to_own_folders(settings: Path) -> None:
    """Keep settings and autosaves apart from the user's, and from those of other test processes."""
    QStandardPaths.setTestModeEnabled(True)
    QCoreApplication.setApplicationName(f"optiverse-tests-{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}")
    QSettings.setPath(QSettings.Format.NativeFormat, QSettings.Scope.UserScope, str(settings))


def open_window() -> Any:
    """A main window of the host, shown."""
    # Now, rather than while Qt goes through all widgets to give them the host's style.
    gc.collect()
    window = import_module("optiverse.ui.views.main_window").MainWindow()
    window.resize(1200, 800)
    window.show()
    events()
    return window


def window_of(host: OptiverseHost) -> Any:
    """The adapter's main window of the host, and all its attributes."""
    return host.window
