"""The command that reads a session from a file."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from optiverse_collab_server.cli.main import main
from tests.helpers.aio import run
from tests.server.cli.folders import edit, fill_folder, put, records, served


def exported(data: Path, session: str = "lab") -> Path:
    """A file of a session with the records a and b."""
    fill_folder(data, **{session: ["a", "b"]})
    file = data.with_suffix(".json")
    assert main(["export", session, str(file), "--data", str(data)]) == 0
    return file


@pytest.mark.parametrize(("options", "name"), [([], "lab"), (["--as", "new lab"], "new lab")])
def test_session_is_there_with_its_records_and_goes_on(
    tmp_path: Path, options: list[str], name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file, data = exported(tmp_path / "old"), tmp_path / "new"
    assert main(["import", str(file), *options, "--data", str(data)]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == f"{name}: 2 record(s) at change 2"

    async def talk() -> None:
        for client_id in ("x", "y"):
            async with served(data) as server:
                await edit(server, name, client_id, client_id=client_id)
        async with served(data) as server:
            assert await records(server, name) == {"a", "b", "x", "y"}

    run(talk())
    assert main(["check", "--data", str(data)]) == 0


def test_participant_of_the_old_server_goes_on_in_the_new_one(tmp_path: Path) -> None:
    """CLK-8: a session that moves counts as restored."""

    async def talk() -> None:
        old, new = tmp_path / "old", tmp_path / "new"
        async with served(old) as server, server.client("ann", "lab") as ann:
            await ann.sync("a")
            await ann.push(1, put("lens"))
            page = await ann.sync("a")
        position: dict[str, Any] = {key: page[key] for key in ("epoch", "clock", "head")}
        file = tmp_path / "lab.json"
        assert await asyncio.to_thread(main, ["export", "lab", str(file), "--data", str(old)]) == 0
        assert await asyncio.to_thread(main, ["import", str(file), "--data", str(new)]) == 0
        async with served(new) as server, server.client("ann", "lab") as ann:
            await ann.send({"type": "sync:request", "client_id": "a", **position})
            delta = await ann.receive("sync:delta")
            assert (delta["continues"], delta["client_clock"]) == (position["epoch"], 1)
            assert delta["epoch"] != position["epoch"]
            assert (await ann.push(2, put("mirror")))["result"] == "commit"

    run(talk())


def test_programs_read_what_was_imported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = exported(tmp_path / "old")
    capsys.readouterr()
    assert main(["import", str(file), "--data", str(tmp_path / "new"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"session": "lab", "change": 2, "records": 2, "versions": 0}


def test_what_can_not_be_imported_is_one_sentence(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    file, data = exported(tmp_path / "old"), ["--data", str(tmp_path / "new")]
    assert main(["import", str(file), *data]) == 0
    assert main(["import", str(file), *data]) == 1
    assert main(["import", str(file), "--as", "x" * 200, *data]) == 1
    assert main(["import", str(tmp_path / "no.json"), *data]) == 1
    (tmp_path / "other.json").write_text("{}")
    assert main(["import", str(tmp_path / "other.json"), *data]) == 1
    there, name, missing, other = capfd.readouterr().err.splitlines()
    assert "Session 'lab' already exists; delete it first, or choose a name with --as." in there
    assert "The session can't be called that: " in name
    assert "can't be read (No such file or directory)" in missing
    assert "This is not an exported session: " in other
