"""A program that exits waits for running writes, but not for a disk that doesn't answer."""

from __future__ import annotations

from pathlib import Path

from tests.helpers.processes import run_python

PROGRAM = """
import sys
from pathlib import Path
from threading import Event, Thread
from optiverse_collab.disk import at_exit

at_exit.CLOSE_S = float(sys.argv[2])

def write():
    Event().wait(0.3 if at_exit.CLOSE_S > 1 else None)
    Path(sys.argv[1]).write_text("whole", "utf-8")

for _ in range(3):
    thread = Thread(target=write, daemon=True)
    thread.start()
    at_exit.wait_at_exit(thread)
"""


def test_what_is_being_written_is_waited_for(tmp_path: Path) -> None:
    assert run_python("-c", PROGRAM, str(tmp_path / "file"), "60").code == 0
    assert (tmp_path / "file").read_text("utf-8") == "whole"


def test_a_disk_that_does_not_answer_is_not(tmp_path: Path) -> None:
    assert run_python("-c", PROGRAM, str(tmp_path / "file"), "0.1").code == 0
    assert not (tmp_path / "file").exists()
