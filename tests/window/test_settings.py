"""What is remembered, and what becomes of damage."""

from __future__ import annotations

import platform
from pathlib import Path

import pytest
from PyQt6.QtCore import QSettings

from optiverse_collab.manifest import load
from optiverse_collab.window.settings import RecentSession, Settings


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(tmp_path))
    return tmp_path


def test_damaged_values_count_as_not_there(folder: Path) -> None:
    path = folder / "optiverse-collab" / "optiverse-collab.ini"
    path.parent.mkdir()
    path.write_text("[General]\nport=many\nrecent=@Invalid()\nserver_url=\nuser=@ByteArray(x)\n", "utf-8")
    settings = Settings(load().settings)
    assert settings.port == 8765
    assert settings.recent == []
    assert settings.server_url == "ws://localhost:8765"
    assert settings.user == platform.node()


def test_values_outlive_the_program(folder: Path) -> None:
    settings = Settings(load().settings)
    settings.remember_join("ws://lab:1", "Zoë ☃", "me")
    settings.remember_server(9000, "0.0.0.0", "Zoë")
    settings._store.sync()
    again = Settings(load().settings)
    assert (again.server_url, again.session, again.user) == ("ws://lab:1", "Zoë ☃", "Zoë")
    assert (again.port, again.listen) == (9000, "0.0.0.0")


def test_recent_sessions_are_few_and_the_last_comes_first(folder: Path) -> None:
    settings = Settings(load().settings)
    for n in range(20):
        settings.remember_join("ws://lab:1", f"s{n}", "me")
    settings.remember_join("ws://lab:1", "s15", "me")
    settings.remember_join("ws://lab:1", "line\nbreak\tand tab", "me")
    assert settings.recent[0] == RecentSession("ws://lab:1", "s15")
    assert len(settings.recent) == 8
    assert all("line" not in recent.session for recent in settings.recent)


def test_quiet_is_remembered(folder: Path) -> None:
    settings = Settings(load().settings)
    assert settings.quiet is False
    settings.quiet = True
    assert Settings(load().settings).quiet is True
    settings.quiet = False
    assert Settings(load().settings).quiet is False
