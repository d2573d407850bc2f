"""The command that copies the data folder."""

from __future__ import annotations

import asyncio
import json
import stat
import sys
from contextlib import closing
from pathlib import Path

import pytest

from optiverse_collab.core.access import Role
from optiverse_collab_server.access.file import AccessFile
from optiverse_collab_server.cli.main import main
from tests.helpers.aio import run
from tests.helpers.server_process import ServerProcess
from tests.helpers.storage import execute
from tests.server.cli.folders import edit, fill_folder, grants_in, records, served


def test_copy_of_a_folder_in_use_is_whole_and_can_be_served(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data, copy = tmp_path / "data", tmp_path / "copies" / "monday"

    async def talk() -> None:
        async with served(data) as server:
            await edit(server, "lab", "a", "b")
            assert await asyncio.to_thread(main, ["backup", str(copy), "--data", str(data)]) == 0
            await edit(server, "lab", "c", client_id="b")
        async with served(copy) as server:
            assert await records(server, "lab") == {"a", "b"}

    run(talk())
    assert capsys.readouterr().out == f"{copy}: 1 session(s), 0.0 MB, no damage\n"


def test_copy_is_made_while_edits_come(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The copy is from one moment: it has the edits up to some change, and none after it."""
    data, copy = tmp_path / "data", tmp_path / "copy"
    ids = [f"item-{number}" for number in range(60)]

    async def talk() -> set[str]:
        async with served(data) as server:
            await edit(server, "lab", "first", client_id="b")
            copying = asyncio.create_task(asyncio.to_thread(main, ["backup", str(copy), "--data", str(data)]))
            await edit(server, "lab", *ids)
            assert await copying == 0
        async with served(copy) as server:
            return await records(server, "lab")

    found = run(talk())
    assert found == {"first", *ids[: len(found) - 1]}


def test_programs_read_what_was_copied(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fill_folder(tmp_path / "data", lab=["a", "b"])
    to = str(tmp_path / "copy")
    assert main(["backup", to, "--data", str(tmp_path / "data"), "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["folder"] == to
    [lab] = report["sessions"]
    assert (lab["session_id"], lab["clock"], lab["faults"]) == ("lab", 2, [])


def test_damage_is_copied_and_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The undamaged sessions are worth a copy, and so are the readable parts of the damaged one."""
    fill_folder(tmp_path / "data", lab=["a", "b"], other=["c"])
    execute(tmp_path / "data", "DELETE FROM log WHERE session=1 AND first=1")
    assert main(["backup", str(tmp_path / "copy"), "--data", str(tmp_path / "data")]) == 1
    assert capsys.readouterr().out.endswith("damaged: 'lab'\n")


def test_folder_with_something_in_it_is_refused(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    fill_folder(tmp_path / "data", lab=["a"])
    (tmp_path / "copy").mkdir()
    (tmp_path / "copy" / "thesis.tex").touch()
    assert main(["backup", str(tmp_path / "copy"), "--data", str(tmp_path / "data")]) == 1
    assert "is not empty; give a new folder" in capfd.readouterr().err
    assert [path.name for path in (tmp_path / "copy").iterdir()] == ["thesis.tex"]


def test_what_else_the_server_needs_is_copied_and_restored(tmp_path: Path) -> None:
    """Without its key, all links would be void; without the grants, all tokens would be."""
    data, copy, new = tmp_path / "data", tmp_path / "copy", tmp_path / "new"
    (tmp_path / "data").mkdir()
    (data / "server.toml").write_text("keep-days = 30")
    with ServerProcess(data, "--auth", "local", "--tls") as server:
        server.until_says(r"Press Ctrl\+C")
        assert main(["backup", str(copy), "--data", str(data)]) == 0
    assert {path.name for path in copy.iterdir() if path.suffix != ".lock"} == {
        "sessions.sqlite3",
        "access.db",
        "tls",
        "signing.key",
        "server.toml",
    }
    for name in ("key.pem", "cert.pem"):
        assert (copy / "tls" / name).read_bytes() == (data / "tls" / name).read_bytes()
    new.mkdir()
    (new / "server.toml").write_text("keep-days = 60")
    assert main(["restore", str(copy), "--data", str(new)]) == 0
    assert (new / "tls" / "key.pem").read_bytes() == (data / "tls" / "key.pem").read_bytes()
    assert grants_in(new) == grants_in(data) != []
    assert (new / "server.toml").read_text() == "keep-days = 60", "an existing file stays"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no POSIX permissions")
def test_nobody_else_can_read_the_key_in_a_backup(tmp_path: Path) -> None:
    with ServerProcess(tmp_path / "data", "--auth", "local", "--tls"):
        assert main(["backup", str(tmp_path / "copy"), "--data", str(tmp_path / "data")]) == 0
    for path in (tmp_path / "copy").rglob("*"):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path


def test_grants_that_are_there_outlive_a_restore(tmp_path: Path) -> None:
    """Otherwise somebody who was removed since the backup would get in again."""
    data, copy = tmp_path / "data", tmp_path / "copy"
    with ServerProcess(data, "--auth", "local") as server:
        server.until_says(r"Press Ctrl\+C")
    assert main(["backup", str(copy), "--data", str(data)]) == 0
    with closing(AccessFile(data)) as file:
        [owner] = file.load()
        file.write([owner._replace(role=Role.NONE)])
    assert main(["restore", str(copy), "--data", str(data)]) == 0
    assert [grant.role for grant in grants_in(data)] == [Role.NONE]
