"""Windows of the real Optiverse, opened once and emptied for each test."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from PyQt6.QtWidgets import QMessageBox

from optiverse_collab.host.optiverse.adapter import OptiverseHost
from tests.helpers import optiverse_user
from tests.helpers.optiverse_session import Participant, start
from tests.helpers.optiverse_window import keep_to_own_folders, open_window
from tests.helpers.wire import Wire


@pytest.fixture(scope="session")
def windows(qapp: Any, tmp_path_factory: pytest.TempPathFactory) -> list[Any]:
    """Four main windows."""
    keep_to_own_folders(tmp_path_factory.mktemp("settings"))
    return [open_window() for _ in range(4)]


@pytest.fixture
def window(windows: list[Any]) -> Any:
    """An empty main window."""
    optiverse_user.clear(windows[0])
    return windows[0]


@pytest.fixture
def host(window: Any) -> Iterator[OptiverseHost]:
    """The adapter of the window."""
    window.log_service.clear()
    host = OptiverseHost(window)
    yield host
    host.close()
    optiverse_user.clear(window)


@pytest.fixture
def session(windows: list[Any]) -> Iterator[tuple[Wire, Participant, Participant]]:
    """Two empty windows in one session."""
    wire, (ann, bob) = start(windows[:2])
    yield wire, ann, bob
    for one in (ann, bob):
        one.host.close()


@pytest.fixture
def no_questions(monkeypatch: pytest.MonkeyPatch) -> None:
    """Answer Yes to every question, so that none waits."""
    for name in ("warning", "information"):
        monkeypatch.setattr(QMessageBox, name, lambda *args: None)
    monkeypatch.setattr(QMessageBox, "question", lambda *args: QMessageBox.StandardButton.Yes)
