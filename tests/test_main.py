"""``optiverse-collab`` without a command starts Optiverse; with one it runs it."""

from __future__ import annotations

import sys

import pytest

from optiverse_collab import __main__ as entry
from optiverse_collab.host.optiverse.upstream import version
from tests.helpers.processes import python


def test_without_a_command_optiverse_is_started(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["optiverse-collab"])
    monkeypatch.setattr(version, "module_exists", lambda name: False)
    assert entry.main() == 1
    assert "Optiverse is not installed here" in capsys.readouterr().err


def test_a_command_is_run(capfd: pytest.CaptureFixture[str]) -> None:
    with python("-m", "optiverse_collab", "who", "--server", "ftp://localhost") as process:
        process.communicate()
    assert process.returncode == 1
    assert "begins with ws://" in capfd.readouterr().err


def test_optiverse_starts_without_what_only_commands_need() -> None:
    """The start of Optiverse must not need what only commands or windows need."""
    script = (
        "import sys\n"
        "for name in ('msgspec', 'websockets', 'packaging', 'pluggy', 'PyQt6.QtWebSockets'):\n"
        "    sys.modules[name] = None\n"
        "import optiverse_collab.__main__, optiverse_collab.host.optiverse.launch\n"
        "print('ready')\n"
    )
    with python("-c", script) as process:
        output, _ = process.communicate()
    assert output.splitlines() == ["ready"]
