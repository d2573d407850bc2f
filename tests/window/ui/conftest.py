"""The settings of a new user, and a bench with somebody else's cursor over it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PyQt6.QtCore import QSettings
from pytestqt.qtbot import QtBot

from optiverse_collab.manifest import load
from optiverse_collab.window.settings import Settings
from tests.window.ui.overlay_scene import Scene


@pytest.fixture
def settings(tmp_path: Path, qapp: object) -> Settings:
    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(tmp_path))
    return Settings(load().settings)


@pytest.fixture
def scene(qtbot: QtBot) -> Iterator[Scene]:
    made = Scene(qtbot)
    yield made
    made.overlay.close_for_good()
    made.window.set_saved(None)  # otherwise it would ask, stay open, and capture the next test's mouse
