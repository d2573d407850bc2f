"""The command that lists the stored sessions."""

from __future__ import annotations

import asyncio
import json
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from optiverse_collab_server.cli.main import main
from optiverse_collab_server.storage import SqliteStore
from tests.helpers.aio import run
from tests.helpers.storage import database, execute, fill
from tests.server.cli.folders import edit, fill_folder, served


def test_each_session_has_a_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fill_folder(tmp_path, lab=["a", "b"], empty=[])
    with database(tmp_path) as made:
        fill(made, "never \x1b[31m", 0, 0, records=0)
    assert main(["sessions", "--data", str(tmp_path)]) == 0
    lab, never = capsys.readouterr().out.splitlines()
    assert lab.startswith("lab: change 2, 2 record(s), 0.0 MB, last edit 20")
    assert never == r"never \x1b[31m: change 0, 0 record(s), 0.0 MB, never edited"


def test_programs_read_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fill_folder(tmp_path, lab=["a", "b"])
    assert main(["sessions", "--data", str(tmp_path), "--json"]) == 0
    [lab] = json.loads(capsys.readouterr().out)
    edited = datetime.fromisoformat(lab.pop("last_edit"))
    assert timedelta(0) <= datetime.now(timezone.utc) - edited < timedelta(hours=1)
    assert lab.pop("bytes") > 100
    assert lab == {"session": "lab", "change": 2, "records": 2, "versions": 0, "damage": None}


def test_a_session_that_is_damaged_hides_no_other(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fill_folder(tmp_path, lab=["a", "b"], other=["c"])
    execute(tmp_path, "DELETE FROM log WHERE session=1 AND first=1")
    assert main(["sessions", "--data", str(tmp_path)]) == 1
    lab, other = capsys.readouterr().out.splitlines()
    assert lab.endswith("MB, damaged: change 1 is missing")
    assert other.startswith("other: change 1, 1 record(s)")
    assert main(["sessions", "--data", str(tmp_path), "--json"]) == 1


def test_a_server_that_runs_goes_on(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    async def talk() -> None:
        async with served(tmp_path) as server:
            await edit(server, "lab", "a", "b")
            assert await asyncio.to_thread(main, ["sessions", "--data", str(tmp_path)]) == 0
            await edit(server, "lab", "c", client_id="b")

    run(talk())
    assert capsys.readouterr().out.startswith("lab: change 2, 2 record(s)")
    assert main(["sessions", "--data", str(tmp_path)]) == 0
    assert capsys.readouterr().out.startswith("lab: change 3, 3 record(s)")


def test_folder_without_a_database_is_one_sentence(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["sessions", "--data", str(tmp_path / "no")]) == 1
    [line] = capfd.readouterr().err.splitlines()
    assert f"There is no database in {tmp_path / 'no'}" in line


def test_nothing_kept_is_an_empty_list(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    async def open_and_close() -> None:
        await SqliteStore(tmp_path).close()

    run(open_and_close())
    assert main(["sessions", "--data", str(tmp_path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == []
