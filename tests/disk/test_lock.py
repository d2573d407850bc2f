"""A lock belongs to one process at a time, even after kill -9."""

from __future__ import annotations

import sqlite3
import subprocess
import threading
from pathlib import Path

import pytest

from optiverse_collab.disk.lock import AlreadyLocked, FileLock
from tests.helpers.processes import python

HOLD = """
import sys
from pathlib import Path
from optiverse_collab.disk.lock import FileLock
lock = FileLock(Path(sys.argv[1]))
print("locked", flush=True)
sys.stdin.read()
"""


def test_nobody_else_gets_it_until_it_is_released(tmp_path: Path) -> None:
    file = tmp_path / "lock"
    lock = FileLock(file)
    with pytest.raises(AlreadyLocked):
        FileLock(file)
    lock.release()
    FileLock(file).release()
    assert [one.name for one in tmp_path.iterdir()] == ["lock"]


def test_the_lock_of_a_process_ends_with_kill_9(tmp_path: Path) -> None:
    file = tmp_path / "lock"
    with python("-c", HOLD, str(file), stdin=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "locked\n"
        with pytest.raises(AlreadyLocked):
            FileLock(file)
        process.kill()
        process.wait()
    FileLock(file).release()


def test_a_lock_can_be_waited_for(tmp_path: Path) -> None:
    file = tmp_path / "lock"
    lock = FileLock(file)
    threading.Timer(0.05, lock.release).start()
    FileLock(file, wait_s=30).release()


def test_a_file_that_can_not_be_locked_is_told(tmp_path: Path) -> None:
    with pytest.raises(sqlite3.Error):
        FileLock(tmp_path / "gone" / "lock")
