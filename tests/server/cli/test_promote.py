"""The command by which a standby takes over: STAND-4 of docs/protocol.md."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from optiverse_collab_server.cli.main import main
from optiverse_collab_server.standby.standing import Standing, State, read_standing, write_standing


def test_a_standby_serves_in_the_next_term(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """STAND-4, CLK-6"""
    write_standing(tmp_path, Standing(State.STANDBY, 4, "ws://first"))
    assert main(["promote", "--data", str(tmp_path)]) == 0
    assert "serves from now on, in term 5. If the former one still runs" in capsys.readouterr().out
    assert read_standing(tmp_path) == Standing(State.PRIMARY, 5, "ws://first")


def test_so_does_a_server_that_was_replaced(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """STAND-4: if the one that replaced it is gone for good."""
    write_standing(tmp_path, Standing(State.DEPOSED, 2))
    assert main(["promote", "--data", str(tmp_path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"term": 3}


def test_so_does_one_that_goes_on_instead(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """CLK-10: its standby was promoted, and is gone for good before it could say so."""
    assert main(["promote", "--data", str(tmp_path)]) == 0
    assert "is no standby. From its next start, it serves in term 2, also" in capsys.readouterr().out
    assert read_standing(tmp_path) == Standing(State.PRIMARY, 2)
