"""The command that writes a session to a file."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from optiverse_collab_server.cli.main import main
from tests.helpers.aio import run
from tests.helpers.storage import execute
from tests.server.cli.folders import edit, fill_folder, served


def test_session_is_exported_while_the_server_runs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data, file = str(tmp_path / "data"), tmp_path / "lab.json"

    async def talk() -> None:
        async with served(tmp_path / "data") as server:
            await edit(server, "lab", "a", "b")
            assert await asyncio.to_thread(main, ["export", "lab", str(file), "--data", data]) == 0

    run(talk())
    assert capsys.readouterr().out == f"lab: 2 record(s) at change 2, in {file}\n"
    written = json.loads(file.read_bytes())
    assert (written["format"], written["version"], written["session"]) == (
        "optiverse-collab-session",
        1,
        "lab",
    )
    assert [record[0]["id"] for record in written["snapshot"]["records"]] == ["a", "b"]


def test_programs_read_what_was_exported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fill_folder(tmp_path, lab=["a"])
    file = str(tmp_path / "lab.json")
    assert main(["export", "lab", file, "--data", str(tmp_path), "--json"]) == 0
    written = {"session": "lab", "file": file, "change": 1, "records": 1, "versions": 0}
    assert json.loads(capsys.readouterr().out) == written


def test_what_can_not_be_exported_is_one_sentence(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    fill_folder(tmp_path, lab=["a", "b"], other=["c"])
    (tmp_path / "there").touch()
    data = ["--data", str(tmp_path)]
    assert main(["export", "no", str(tmp_path / "x"), *data]) == 1
    assert main(["export", "lab", str(tmp_path / "there"), *data]) == 1
    assert main(["export", "lab", str(tmp_path / "no" / "x"), *data]) == 1
    execute(tmp_path, "DELETE FROM log WHERE session=1 AND first=1")
    assert main(["export", "lab", str(tmp_path / "x"), *data]) == 1
    no, there, folder, damaged = capfd.readouterr().err.splitlines()
    assert "There is no session 'no' in" in no
    assert "already exists; give a new file" in there
    assert "can't be written (No such file or directory)" in folder
    assert "Session 'lab' in" in damaged
    assert "is damaged (change 1 is missing)" in damaged
    assert not (tmp_path / "x").exists()
