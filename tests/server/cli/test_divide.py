"""The command that divides sessions among databases."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from optiverse_collab_server.cli.main import main
from optiverse_collab_server.storage.shards import parts_of
from tests.server.cli.folders import fill_folder


def test_it_says_where_everything_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fill_folder(tmp_path, lab=["a"], bench=["b", "c"])
    assert main(["divide", "--workers", "2", "--data", str(tmp_path)]) == 0
    assert capsys.readouterr().out.splitlines() == [
        f"{tmp_path}: 2 session(s) are in 2 database(s) now",
        f"The previous data is in {tmp_path / 'sessions-undivided.sqlite3'}",
    ]
    assert len(parts_of(tmp_path)) == 2
    assert main(["divide", "--workers", "1", "--data", str(tmp_path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "databases": 1,
        "sessions": 2,
        "aside": [str(tmp_path / "shards-joined")],
    }


def test_once_is_enough(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    fill_folder(tmp_path, lab=["a"])
    assert main(["divide", "--data", str(tmp_path)]) == 1
    assert "are in 1 database(s) already" in capfd.readouterr().err


@pytest.mark.parametrize("command", [[], ["migrate", "to-nats", "--store", "nats://localhost:1"]])
def test_what_needs_one_database_says_so(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], command: list[str]
) -> None:
    fill_folder(tmp_path, lab=["a"])
    assert main(["divide", "--workers", "2", "--data", str(tmp_path)]) == 0
    assert main([*command, "--data", str(tmp_path)]) == 1
    assert "divided among 2 databases" in capfd.readouterr().err
