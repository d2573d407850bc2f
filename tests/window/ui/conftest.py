"""Settings of a user who never was here before."""

from __future__ import annotations

from pathlib import Path

import pytest
from PyQt6.QtCore import QSettings

from optiverse_collab.manifest import load
from optiverse_collab.window.settings import Settings


@pytest.fixture
def settings(tmp_path: Path, qapp: object) -> Settings:
    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(tmp_path))
    return Settings(load().settings)
