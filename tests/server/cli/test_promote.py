"""The command by which a standby takes over: STAND-4 of docs/protocol.md."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from optiverse_collab_server.cli.main import main
from optiverse_collab_server.standby.standing import GAP, Standing, State, read_standing, write_standing
from optiverse_collab_server.storage.schema import FILE_NAME as DATABASE


def test_a_standby_serves_in_the_next_term(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """STAND-4, CLK-6"""
    write_standing(tmp_path, Standing(State.STANDBY, 4, "ws://first"))
    assert main(["promote", "--data", str(tmp_path)]) == 0
    after = read_standing(tmp_path)
    printed = capsys.readouterr().out
    assert f"serves from now on, in term {after.term}. If the former one still runs" in printed
    assert after == Standing(State.PRIMARY, after.term, "ws://first", followed="ws://first")
    assert 4 < after.term <= 4 + GAP


def test_two_standbys_get_different_terms(tmp_path: Path) -> None:
    """STAND-13: even if both were promoted by mistake."""
    folders = [tmp_path / "second", tmp_path / "third"]
    for folder in folders:
        write_standing(folder, Standing(State.STANDBY, 4, "ws://first"))
        assert main(["promote", "--data", str(folder)]) == 0
    assert read_standing(folders[0]).term != read_standing(folders[1]).term


def test_a_standby_stays_one_if_another_has_taken_over(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """STAND-13: unless that one is gone for good."""
    before = Standing(State.STANDBY, 4, "ws://first", heard=900, winner="ws://third:1")
    write_standing(tmp_path, before)
    assert main(["promote", "--data", str(tmp_path)]) == 1
    said = capsys.readouterr().err
    assert "Another standby at ws://third:1 has taken over already, so this one stays a standby." in said
    assert read_standing(tmp_path) == before
    assert main(["promote", "--anyway", "--data", str(tmp_path)]) == 0
    assert read_standing(tmp_path).term > 900


def test_so_does_a_server_that_was_replaced(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """STAND-4: if the one that replaced it is gone for good."""
    write_standing(tmp_path, Standing(State.DEPOSED, 2))
    assert main(["promote", "--data", str(tmp_path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"term": read_standing(tmp_path).term}


def test_so_does_one_that_goes_on_instead(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """CLK-10: its standby was promoted, and is gone for good before it could say so."""
    (tmp_path / DATABASE).touch()
    assert main(["promote", "--data", str(tmp_path)]) == 0
    after = read_standing(tmp_path)
    assert f"is no standby. From its next start, it serves in term {after.term}, also" in (
        capsys.readouterr().out
    )
    assert after == Standing(State.PRIMARY, after.term)


@pytest.mark.parametrize("name", ["mistyped", ""], ids=["no folder", "empty folder"])
def test_a_folder_that_no_server_has_used_is_refused(
    tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever mistypes the folder must not believe that the standby serves."""
    assert main(["promote", "--data", str(tmp_path / name)]) == 1
    assert f"There is no database in {tmp_path / name}; give the server's folder" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
