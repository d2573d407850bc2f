"""``optiverse-collab watch``: prints what others do in a session, until Ctrl+C."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

import pytest

from optiverse_collab.scripting import Bench
from tests.helpers.cli import SMALL, succeed, watching
from tests.helpers.server_process import ServerProcess

with_signals = pytest.mark.skipif(sys.platform == "win32", reason="Ctrl+C can't be sent to one process there")


@with_signals
def test_what_others_do_is_told_over_restarts_until_ctrl_c(tmp_path: Path) -> None:
    with ServerProcess(tmp_path) as server:
        there = ["--server", server.url, "--session", "lab"]
        with Bench(server.url, "lab", "Ann") as ann:
            ann.put("lens", "component", {"name": "Standard Lens (1in)", "pos": [0.0, 0.0]})
            ann.flush()
            with watching(*there, "--user", "Eve") as watcher:
                watcher.wait_for("watching")
                ann["lens"].move(10.0, 20.0)
                ann.flush()
                ann.remove("lens")
                ann.close()
                watcher.wait_for("Ann (script) left")
                server.kill()
                server.start()
                watcher.wait_for("connected again")
                succeed("push", SMALL, "--user", "DESKTOP-X", *there)
                watcher.wait_for("DESKTOP-X (script) left")
                watcher.send(signal.SIGINT)
                code, errors = watcher.ended()
    assert code == 130
    assert "Traceback" not in errors
    assert errors.splitlines()[0].startswith("✗ Disconnected from session 'lab' - ")
    assert watcher.texts() == [
        "watching 1 records of session 'lab', together with Ann (script)",
        'Ann (script) moved "Standard Lens (1in)" to (10.0, 20.0) mm',
        'Ann (script) removed "Standard Lens (1in)"',
        "Ann (script) left",
        "connected again, nobody else is there",
        "DESKTOP-X (script) joined",
        "DESKTOP-X (script) added 27 records",
        "DESKTOP-X (script) left",
    ]


@with_signals
def test_job_in_the_background_goes_on_after_ctrl_c(server: ServerProcess, session_id: str) -> None:
    """A shell starts it with SIGINT ignored, so that Ctrl+C ends only the job in the foreground."""
    there = ["--server", server.url, "--session", session_id]
    with watching(*there, ignores_sigint=True) as watcher:
        watcher.wait_for("watching")
        watcher.send(signal.SIGINT)
        succeed("push", SMALL, *there)
        watcher.wait_for("added 27 records")
        watcher.send(signal.SIGTERM)
        code, _ = watcher.ended()
    assert code == -signal.SIGTERM


def test_watch_ends_with_the_session(tmp_path: Path) -> None:
    """CLK-3: another history is another bench."""
    with ServerProcess(tmp_path / "old") as old:
        with Bench(old.url) as bench:
            bench.import_file(SMALL)
        with watching("--server", old.url) as watcher:
            watcher.wait_for("watching 27 records")
            old.kill()
            new = ServerProcess(tmp_path / "new")
            new.port = old.port
            with new:
                code, errors = watcher.ended()
    assert code == 1
    assert errors.splitlines()[-1].startswith("optiverse-collab: The session on the server has a different")


@with_signals
def test_who_replaces_something_for_everybody_is_named(server: ServerProcess, session_id: str) -> None:
    """PUSH-9"""
    there = ["--server", server.url, "--session", session_id]
    succeed("push", SMALL, "--user", "Ann", *there)
    with Bench(server.url, session_id, "Ann") as ann:
        next(item for item in ann.values() if item.kind == "component").move(1.0, 2.0)
    with watching(*there, "--user", "Eve") as watcher:
        watcher.wait_for("watching")
        succeed("push", SMALL, "--replace", "--user", "Ben", *there)
        watcher.wait_for("Ben (script) left")
        watcher.send(signal.SIGINT)
        watcher.ended()
    assert watcher.texts()[2] == "Ben (script) replaced the bench for everybody: 1 item changed"
