"""``optiverse-collab show``: prints a session's bench as it was, or writes it to a file."""

from __future__ import annotations

import json
from pathlib import Path

from optiverse_collab.scripting import Bench
from tests.helpers.cli import SMALL, fail, succeed
from tests.helpers.server_process import ServerProcess


def test_the_bench_as_it_was(server: ServerProcess, session_id: str, tmp_path: Path) -> None:
    """HIST-2: in words, for programs, and for Optiverse."""
    there = ["--server", server.url, "--session", session_id]
    succeed("push", SMALL, *there)
    with Bench(server.url, session_id) as bench:
        clock = bench.clock
        mirror = bench.named('Standard Mirror (1")')[0]
        mirror.move(1.0, 2.0)
    lines = succeed("show", str(clock), *there).splitlines()
    assert '"Standard Mirror (1")" at (-49.9586, -120.385) mm, 180.0°' in lines
    assert lines[-1] == f"Session '{session_id}' had 27 records at {clock}."
    assert len(json.loads(succeed("show", str(clock), "--json", *there))) == 27
    file = tmp_path / "old.json"
    assert succeed("show", str(clock), str(file), *there) == (
        f"Session '{session_id}' had 27 records at {clock}, in {file}.\n"
    )
    succeed("push", str(file), *there, "--session", f"{session_id}-again")
    assert "old.json" in fail("show", str(clock), str(file), *there)
    succeed("show", str(clock), str(file), "--replace", *there)


def test_what_a_link_of_a_report_leads_to(server: ServerProcess, session_id: str) -> None:
    with Bench(server.url, session_id) as bench:
        for id in ("m3", "m4"):
            bench.put(id, "component", {"name": id, "pos": [1.0, 2.0]})
    link = f"{server.url}/ws/{session_id}#clock=2"
    sentence = f"Session '{session_id}' had 2 records at 2."
    assert succeed("show", link).splitlines() == ['"m3" at (1.0, 2.0) mm', '"m4" at (1.0, 2.0) mm', sentence]
    assert succeed("show", f"{link}&item=m4").splitlines() == ['"m4" at (1.0, 2.0) mm', sentence]
    assert "The item 'm5' of the link was not there at that moment." in fail("show", f"{link}&item=m5")


def test_a_moment_that_never_was(server: ServerProcess, session_id: str) -> None:
    """HIST-3"""
    sentence = fail("show", "9", "--server", server.url, "--session", session_id)
    assert sentence == "optiverse-collab: The session has no such change."
