"""The processes that are measured."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest

from benchmarks.dialects import PLAIN
from benchmarks.targets import process

DEADLINE_S = 20.0


ENDS = """\
import pathlib, sys, time
print(1, flush=True)
while not pathlib.Path(sys.argv[1]).exists():
    time.sleep(0.01)
sys.exit("out of memory")
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Only Linux has /proc.")
@pytest.mark.parametrize("fails", [False, True], ids=["deliveries go missing", "a connection fails"])
def test_a_target_that_ends_under_load_says_so(fails: bool, tmp_path: Path) -> None:
    """Whatever its participants see of that."""
    end = tmp_path / "end"

    def measure() -> None:
        with process("tiny", [sys.executable, "-c", ENDS, str(end)], PLAIN) as target:
            end.touch()
            wait_until_ended(target.pid)
            assert target.resident_mb() == 0.0
            if fails:
                raise ConnectionResetError

    with pytest.raises(RuntimeError, match=r"^tiny ended under load with exit code 1: out of memory$"):
        measure()


def test_other_errors_are_what_they_are() -> None:
    command = [sys.executable, "-c", "import time; print(1, flush=True); time.sleep(60)"]
    with pytest.raises(ConnectionResetError), process("tiny", command, PLAIN):
        raise ConnectionResetError


def test_a_target_that_never_listens_is_named_with_its_words() -> None:
    command = [sys.executable, "-c", "raise SystemExit('no such option')"]
    with pytest.raises(RuntimeError, match="does not listen: no such option"), process("x", command, PLAIN):
        pass


def wait_until_ended(pid: int) -> None:
    """It is still in /proc until its parent asks for its exit code."""
    deadline = time.monotonic() + DEADLINE_S
    while "State:\tZ" not in Path(f"/proc/{pid}/status").read_text():
        assert time.monotonic() < deadline
        time.sleep(0.01)
