"""The command that replaces the data with a backup."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from optiverse_collab_server.cli.main import main
from tests.helpers.aio import run
from tests.helpers.storage import execute
from tests.server.cli.folders import edit, fill_folder, records, served


def backed_up(tmp_path: Path) -> tuple[Path, Path]:
    """A data folder, and a backup of it that lacks the record c."""
    data, backup = tmp_path / "data", tmp_path / "backup"
    fill_folder(data, lab=["a", "b"])
    assert main(["backup", str(backup), "--data", str(data)]) == 0

    async def go_on() -> None:
        async with served(data) as server:
            await edit(server, "lab", "c", client_id="later")

    run(go_on())
    return data, backup


async def position(data: Path) -> dict[str, Any]:
    """The current position of the session."""
    async with served(data) as server, server.client("ann", "lab") as ann:
        page = await ann.sync("a")
        return {key: page[key] for key in ("epoch", "clock", "head")}


async def ask(data: Path, position: dict[str, Any], kind: str) -> dict[str, Any]:
    """Send a request from a position; returns the first answer of this kind."""
    async with served(data) as server, server.client("ann", "lab") as ann:
        await ann.send({"type": "sync:request", "client_id": "a", **position})
        return await ann.receive(kind)


def test_server_goes_on_from_the_backup(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data, backup = backed_up(tmp_path)
    capsys.readouterr()
    assert main(["restore", str(backup), "--data", str(data)]) == 0
    session, aside = capsys.readouterr().out.splitlines()
    assert session.startswith("lab: continues at change 2 of 20")
    assert session.endswith("; it was at change 3")
    assert aside == f"The previous data is in {data / 'sessions-replaced.sqlite3'}"

    async def talk() -> None:
        async with served(data) as server:
            assert await records(server, "lab") == {"a", "b"}

    run(talk())


def test_programs_read_what_was_restored(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, backup = backed_up(tmp_path)
    capsys.readouterr()
    assert main(["restore", str(backup), "--data", str(tmp_path / "new"), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["aside"] == []
    [lab] = found["sessions"]
    assert lab.pop("time_ms") > 1_700_000_000_000
    assert lab == {"session": "lab", "change": 2, "replaced": None, "damage": None}


def test_damage_in_the_backup_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The other sessions continue."""
    fill_folder(tmp_path / "backup", lab=["a", "b"], other=["c"])
    execute(tmp_path / "backup", "DELETE FROM log WHERE session=1 AND first=1")
    assert main(["restore", str(tmp_path / "backup"), "--data", str(tmp_path / "new")]) == 1
    lab, other = capsys.readouterr().out.splitlines()
    assert lab == "lab: damaged in the backup: change 1 is missing"
    assert other.startswith("other: continues at change 1 of ")


def test_folder_in_use_is_left_alone(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    data, backup = backed_up(tmp_path)

    async def talk() -> None:
        async with served(data) as server:
            assert await asyncio.to_thread(main, ["restore", str(backup), "--data", str(data)]) == 1
            assert await records(server, "lab") == {"a", "b", "c"}

    run(talk())
    assert "is in use by" in capfd.readouterr().err


def test_participants_go_on_or_are_told(tmp_path: Path) -> None:
    """CLK-8: a replica with changes that the backup lacks learns the backup's time."""
    data, backup = tmp_path / "data", tmp_path / "backup"
    fill_folder(data, lab=["a", "b"])
    before = run(position(data))
    assert main(["backup", str(backup), "--data", str(data)]) == 0

    async def go_on() -> None:
        async with served(data) as server:
            await edit(server, "lab", "c", client_id="later")

    run(go_on())
    after = run(position(data))
    assert main(["restore", str(backup), "--data", str(data)]) == 0
    assert run(ask(data, before, "sync:delta"))["continues"] == before["epoch"]
    parent = run(ask(data, after, "sync:diverged"))["parent"]
    assert (parent["epoch"], parent["clock"]) == (before["epoch"], 2)
