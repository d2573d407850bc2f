"""``optiverse-collab report``: writes down what was done in a session."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from urllib.parse import quote

import pytest

from optiverse_collab.cli.main import main
from optiverse_collab.scripting import Bench
from optiverse_collab.scripting.history import PastReader
from tests.helpers.cli import SMALL, command, fail, succeed
from tests.helpers.server_process import ServerProcess

TOKEN = "cHl0aG9uLWFuZC1RdDEyMw"


@pytest.fixture
def there(server: ServerProcess, session_id: str) -> list[str]:
    """The options for a session in which Ana put a bench, and Ben moved a mirror of it."""
    there = ["--server", server.url, "--session", session_id]
    succeed("push", SMALL, *there, "--user", "Ana")
    with Bench(server.url, session_id, "Ben") as bench:
        bench.named('Standard Mirror (1")')[0].move(100.0, 50.0)
    return there


def test_a_page_and_its_picture(there: list[str], session_id: str, tmp_path: Path) -> None:
    page, drawing = tmp_path / "day.md", tmp_path / "day.svg"
    assert succeed("report", str(page), *there, "--last", "1") == (
        f"Wrote 1 step of session '{session_id}' to {page} and {drawing}.\n"
    )
    text = page.read_text(encoding="utf-8")
    assert "](day.svg)\n" in text
    assert re.search(rf"\[2\]\(ws://.*/ws/{session_id}#clock=2&item=3d395087-", text)
    assert drawing.read_text(encoding="utf-8").startswith("<svg ")
    assert fail("report", str(page), *there).startswith(
        f"optiverse-collab: {page} exists, so nothing was written"
    )
    succeed("report", str(page), *there, "--replace", "--since", "2020-01-01")
    assert "Ana did 1 step and Ben did 1 step" in page.read_text(encoding="utf-8")


def test_a_folder_gets_a_page_of_the_sessions_name(
    server: ServerProcess, there: list[str], tmp_path: Path
) -> None:
    """LINK-2: no secret of the address gets into it."""
    session = "a/b: ½" + "é" * 90
    with Bench(server.url, session, "Ben") as bench:
        bench.put("m", "component", {"pos": [0.0, 0.0]})
    succeed("report", str(tmp_path), "--server", f"{server.url}/ws/{quote(session, safe='')}#t={TOKEN}")
    found = sorted(path.name for path in tmp_path.iterdir())
    assert [re.fullmatch(r"a-b-½é{55}-\d{4}-\d\d-\d\d\.(md|svg)", name) is not None for name in found] == [
        True,
        True,
    ]
    assert not any(TOKEN in path.read_text(encoding="utf-8") for path in tmp_path.iterdir())


def test_a_table_for_spreadsheets(there: list[str], tmp_path: Path) -> None:
    file = tmp_path / "day.csv"
    succeed("report", str(file), *there, "--last", "1")
    with file.open(encoding="utf-8-sig", newline="") as opened:
        [row] = csv.DictReader(opened)
    assert (row["author"], row["property"], row["after"], row["unit"]) == ("Ben", "pos", "[100.0,50.0]", "mm")
    assert file.read_bytes().startswith(b"\xef\xbb\xbftime,clock,")


def test_when_nothing_was_done_nothing_is_written(
    server: ServerProcess, session_id: str, tmp_path: Path
) -> None:
    said = succeed("report", str(tmp_path), "--server", server.url, "--session", session_id)
    assert said == f"Nothing was done in session '{session_id}' in that time, so nothing was written.\n"
    assert not list(tmp_path.iterdir())


def test_where_a_report_cannot_be_written(there: list[str], tmp_path: Path) -> None:
    assert fail("report", str(tmp_path / "none" / "x.md"), *there).endswith(
        f"there is no folder {tmp_path / 'none'}."
    )
    ended = command("report", str(tmp_path / "x.docx"), *there)
    assert ended.code == 2
    assert "is neither a folder nor the name of a .md or .csv file" in ended.errors


def test_history_that_was_dropped_is_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], there: list[str], tmp_path: Path
) -> None:
    """HIST-7"""

    async def dropped(*_: object) -> bool:
        return False

    monkeypatch.setattr(PastReader, "_starts_at", dropped)
    assert main(["report", str(tmp_path), *there]) == 0
    said = capsys.readouterr().out
    assert re.search(
        r"The server keeps the history of session '.*' from \d{4}-\d\d-\d\d \d\d:\d\d on, so", said
    )
