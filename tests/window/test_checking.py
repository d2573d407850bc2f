"""A check of the connection runs in a process, and shows the same lines as the command."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from PyQt6.QtCore import QObject
from pytestqt.qtbot import QtBot

from optiverse_collab.window.checking import Checking
from tests.helpers.server_process import ServerProcess

SOON = 30_000  # ms


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder where the process keeps its token."""
    for name in ("XDG_DATA_HOME", "LOCALAPPDATA", "HOME"):
        monkeypatch.setenv(name, str(tmp_path / "mine"))


def looked_at(qtbot: QtBot, link: str, session: str) -> list[str]:
    """All lines of a check."""
    parent = QObject()
    checking = Checking(parent)
    lines: list[str] = []
    checking.line_found.connect(lines.append)
    with qtbot.waitSignal(checking.ended, timeout=SOON):
        checking.start(link, session, "Zoë")
    return lines


def test_each_step_is_a_line(qtbot: QtBot, server: ServerProcess, session_id: str) -> None:
    *lines, last = looked_at(qtbot, server.url, session_id)
    assert [line[0] for line in lines] == ["✓"] * len(lines)
    assert "as 'Zoë', and may do everything." in lines[-1]
    assert last.startswith("If it still fails, ")


def test_an_invite_lets_in_and_is_on_no_command_line(qtbot: QtBot, tmp_path: Path) -> None:
    """The process gets it in its environment."""
    with ServerProcess(tmp_path / "data", "--tls", "--auth", "local") as server:
        link = server.until_says(r"Owner's link: (\S+)")[1]
        lines = looked_at(qtbot, link, "default")
    assert "✓ TLS: The connection is encrypted, and the key matches the link." in lines
    assert any(line.startswith("✓ session: ") for line in lines)


def test_what_cannot_be_started_is_a_line(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/no/such/python")
    [line] = looked_at(qtbot, "ws://localhost:1", "lab")
    assert line.startswith("The check can't be started (")


def test_a_look_that_is_stopped_ends(qtbot: QtBot, server: ServerProcess, session_id: str) -> None:
    parent = QObject()
    checking = Checking(parent)
    checking.start(server.url, session_id, "Zoë")
    with qtbot.waitSignal(checking.ended, timeout=SOON):
        checking.stop()
