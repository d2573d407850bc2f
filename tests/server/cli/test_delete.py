"""The command that deletes a session, after a confirmation."""

from __future__ import annotations

import asyncio
import json
from contextlib import closing
from pathlib import Path

import pytest

from optiverse_collab_server.access.file import AccessFile
from optiverse_collab_server.cli.main import main
from tests.helpers.aio import run
from tests.helpers.grants import grant
from tests.helpers.storage import execute
from tests.server.cli.folders import edit, fill_folder, records, served


@pytest.fixture
def data(tmp_path: Path) -> Path:
    fill_folder(tmp_path / "data", lab=["a", "b"], other=["c"])
    return tmp_path / "data"


def sessions(data: Path, capsys: pytest.CaptureFixture[str]) -> list[str]:
    capsys.readouterr()
    assert main(["sessions", "--data", str(data), "--json"]) == 0
    return [one["session"] for one in json.loads(capsys.readouterr().out)]


def test_nothing_of_it_is_left_and_the_others_stay(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["delete", "lab", "--yes", "--data", str(data)]) == 0
    assert capsys.readouterr().out == "lab: deleted\n"
    assert sessions(data, capsys) == ["other"]
    for table in ("session", "name", "chunk", "part", "log"):
        column = "key" if table == "session" else "session"
        assert execute(data, f"SELECT count(*) FROM {table} WHERE {column}=1") == [(0,)]
    assert main(["check", "--data", str(data)]) == 0


def test_it_can_be_made_again(data: Path) -> None:
    assert main(["delete", "lab", "--yes", "--json", "--data", str(data)]) == 0

    async def talk() -> None:
        async with served(data) as server:
            assert await records(server, "lab") == set()
            await edit(server, "lab", "new")

    run(talk())
    assert main(["check", "--data", str(data)]) == 0


def test_its_devices_do_not_open_the_next_session_of_its_name(data: Path) -> None:
    """ACC-4: the devices of other sessions stay."""
    with closing(AccessFile(data)) as file:
        file.write([grant(id="1", session="lab"), grant(id="2", session="other")])
    assert main(["delete", "lab", "--yes", "--data", str(data)]) == 0
    with closing(AccessFile(data)) as file:
        assert [one.id for one in file.load()] == ["2"]


@pytest.mark.parametrize(("answer", "left"), [("y", ["other"]), ("", ["lab", "other"])])
def test_a_terminal_is_asked(
    data: Path,
    answer: str,
    left: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr("builtins.input", lambda question: answer)
    assert main(["delete", "lab", "--data", str(data)]) == int("lab" in left)
    assert sessions(data, capsys) == left


def test_what_is_not_deleted_is_one_sentence(data: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["delete", "lab", "--data", str(data)]) == 1
    assert main(["delete", "no", "--yes", "--data", str(data)]) == 1
    assert main(["delete", "lab", "--yes", "--data", str(data / "no")]) == 1

    async def talk() -> None:
        async with served(data):
            assert await asyncio.to_thread(main, ["delete", "lab", "--yes", "--data", str(data)]) == 1

    run(talk())
    nobody, no, folder, used = capfd.readouterr().err.splitlines()[:4]
    assert "Nothing was deleted: there is no terminal to ask on; add --yes if you mean it." in nobody
    assert "There is no session 'no'" in no
    assert "There is no database in" in folder
    assert "is in use by" in used
    assert not (data / "no").exists()
