"""The command that checks the stored data, and the option for how long the server keeps history."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from optiverse_collab_server.cli.main import main
from optiverse_collab_server.storage.check import check_folder
from tests.helpers.aio import DEADLINE_S
from tests.helpers.processes import run_python
from tests.helpers.server_process import ServerProcess
from tests.helpers.storage import database, execute, fill


def test_check_says_of_each_session_that_it_is_whole(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with database(tmp_path) as made:
        fill(made, "bench \x1b[31m", 0, 2, 5)
        fill(made, "Ünïcode 🔭", 7, 9)
    assert main(["check", "--data", str(tmp_path)]) == 0
    assert capsys.readouterr().out.splitlines() == [
        r"bench \x1b[31m: change 5, 5 entries in 2 chunk(s), 0.1 MB, whole",
        "Ünïcode 🔭: change 9, 2 entries in 1 chunk(s), 0.0 MB, whole",
    ]


def test_check_says_which_session_and_which_entry(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with database(tmp_path) as made:
        fill(made, "a", 0, 5, 8, 9)
        fill(made, "b", 0, 5)
    execute(tmp_path, "DELETE FROM log WHERE session=1 AND first IN (3, 7)")
    assert main(["check", "--data", str(tmp_path)]) == 1
    a, b = capsys.readouterr().out.splitlines()
    assert a.startswith("a: change 9, ")
    assert a.endswith(" MB, damaged: change 3 is missing; change 7 is missing")
    assert b.endswith(", whole")


def test_check_writes_to_what_is_no_terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with database(tmp_path) as made:
        fill(made, "bench", 0, 5)
    written = io.StringIO()
    monkeypatch.setattr(sys, "stdout", written)
    assert main(["check", "--data", str(tmp_path)]) == 0
    assert written.getvalue().startswith("bench: change 5, 5 entries in 1 chunk(s), ")


def test_check_of_what_a_server_uses_is_one_sentence(tmp_path: Path) -> None:
    with ServerProcess(tmp_path):
        ended = run_python(
            "-m", "optiverse_collab_server", "check", "--data", str(tmp_path), deadline=DEADLINE_S
        )
    [line] = ended.errors.splitlines()
    assert ended.code == 1
    assert f"The data folder {tmp_path} is in use by the server with process id" in line


@pytest.mark.parametrize("option", ["--keep-days=0", "--keep-mb=0"])
def test_history_is_kept_as_long_as_is_said(tmp_path: Path, option: str) -> None:
    with database(tmp_path) as made:
        fill(made, "bench", 0, 5, 8, 9)
    with ServerProcess(tmp_path) as server:
        server.terminate()
    assert [report.chunks for report in check_folder(tmp_path)] == [3]
    with ServerProcess(tmp_path, option) as server:
        server.until_says("Dropped the history of session bench up to change 8$")
        assert server.terminate() == 0
    assert [(report.chunks, report.faults) for report in check_folder(tmp_path)] == [(1, [])]


def test_programs_read_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with database(tmp_path) as made:
        fill(made, "a", 0, 5, 8)
        fill(made, "b", 0, 5)
    execute(tmp_path, "DELETE FROM log WHERE session=1 AND first=7")
    assert main(["check", "--data", str(tmp_path), "--json"]) == 1
    a, b = json.loads(capsys.readouterr().out)
    assert (a["session_id"], a["faults"]) == ("a", ["change 7 is missing"])
    assert (b["session_id"], b["clock"], b["entries"], b["chunks"], b["faults"]) == ("b", 5, 5, 1, [])
