"""The command that drops old history and shrinks the file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from optiverse_collab_server.cli.main import main
from tests.helpers.storage import database, fill


def test_old_history_goes_and_the_file_shrinks(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with database(tmp_path) as made:
        fill(made, "lab", 0, 300, 600, 601, records=400)
    assert main(["prune", "--keep-days", "0", "--data", str(tmp_path), "--json"]) == 0
    sizes = json.loads(capsys.readouterr().out)
    assert sizes["bytes"] == (tmp_path / "sessions.sqlite3").stat().st_size
    assert sizes["bytes"] < 0.7 * sizes["bytes_before"]
    assert main(["check", "--data", str(tmp_path)]) == 0
    assert "1 entries in 1 chunk(s)" in capsys.readouterr().out


def test_without_a_limit_all_history_stays(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with database(tmp_path) as made:
        fill(made, "lab", 0, 300, 301)
    assert main(["prune", "--data", str(tmp_path)]) == 0
    assert " MB before\n" in capsys.readouterr().out
    assert main(["check", "--data", str(tmp_path)]) == 0
    assert "301 entries in 2 chunk(s)" in capsys.readouterr().out


def test_the_file_says_how_long_history_is_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with database(tmp_path) as made:
        fill(made, "lab", 0, 300, 301)
    (tmp_path / "server.toml").write_text("keep-days = 1\nport = 9")
    assert main(["prune", "--data", str(tmp_path)]) == 0
    assert main(["check", "--data", str(tmp_path)]) == 0
    assert "1 entries in 1 chunk(s)" in capsys.readouterr().out
