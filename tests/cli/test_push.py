"""``optiverse-collab push``: adds a bench to a session, and changes nothing there unasked."""

from __future__ import annotations

from pathlib import Path

from optiverse_collab.scripting import Bench
from tests.helpers.cli import SMALL, fail, succeed
from tests.helpers.server_process import ServerProcess


def test_what_is_no_bench_is_said_before_a_session_is_made(server: ServerProcess, tmp_path: Path) -> None:
    broken = tmp_path / "broken.json"
    broken.write_text('{"version": "2.0", "items": [', "utf-8")
    there = ["--server", server.url, "--session", "never made"]
    assert "There is no file" in fail("push", str(tmp_path / "nowhere.json"), *there)
    assert "not a complete JSON file" in fail("push", str(broken), *there)
    assert not any("never made" in line for line in server.log)


def test_records_that_are_there_already_are_left_alone(server: ServerProcess, session_id: str) -> None:
    there = ["--server", server.url, "--session", session_id]
    assert "27 records added, 0 changed, 0 there already." in succeed("push", SMALL, *there)
    assert "0 records added, 0 changed, 27 there already." in succeed("push", SMALL, *there)


def test_changed_records_are_overwritten_only_when_asked(server: ServerProcess, session_id: str) -> None:
    there = ["--server", server.url, "--session", session_id]
    succeed("push", SMALL, *there)
    with Bench(server.url, session_id) as bench:
        lens = next(item for item in bench.values() if item.kind == "component")
        lens.move(1.0, 2.0)
    assert "with other content, so nothing was changed" in fail("push", SMALL, *there)
    assert "0 records added, 1 changed, 26 there already." in succeed("push", SMALL, "--replace", *there)
