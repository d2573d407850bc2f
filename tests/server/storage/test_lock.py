"""A data folder belongs to one server at a time, even after kill -9."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

import pytest

from optiverse_collab.errors import DataFolderInUse, StorageError
from optiverse_collab_server.storage.lock import HOLDER_NAME, LOCK_NAME, FolderLock
from tests.helpers.aio import run
from tests.helpers.processes import python
from tests.helpers.storage import opened, snapshot

HOLD = """
import sys
from pathlib import Path
from optiverse_collab_server.storage import SqliteStore
store = SqliteStore(Path(sys.argv[1]))
print("open", flush=True)
sys.stdin.read()
"""


def test_the_lock_of_a_process_ends_with_kill_9(tmp_path: Path) -> None:
    with python("-c", HOLD, str(tmp_path)) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "open\n"
        with pytest.raises(DataFolderInUse, match=f"process id {process.pid} on "):
            FolderLock(tmp_path)
        process.kill()
        process.wait()
        lock = FolderLock(tmp_path)
        assert lock.interrupted
        lock.release()

    async def scenario() -> None:
        async with opened(tmp_path) as store:
            await store.begin_chunk("bench", snapshot())

    run(scenario())


@pytest.mark.parametrize("note", [None, b"", b"{", b'{"pid":"x"}'])
def test_an_unknown_holder_is_another_server(tmp_path: Path, note: bytes | None) -> None:
    lock = FolderLock(tmp_path)
    if note is not None:
        (tmp_path / HOLDER_NAME).write_bytes(note)
    with pytest.raises(DataFolderInUse, match="in use by another server; stop that one, or choose"):
        FolderLock(tmp_path)
    lock.release()
    FolderLock(tmp_path).release()


def test_a_lock_that_can_not_be_taken_is_told(tmp_path: Path) -> None:
    (tmp_path / LOCK_NAME).mkdir()
    with pytest.raises(StorageError, match=f"{LOCK_NAME} can't be opened; let the user"):
        FolderLock(tmp_path)


def test_a_lock_that_can_not_be_used_is_told(tmp_path: Path) -> None:
    """A foreign file in place of the lock's journal can't be rolled back."""
    with contextlib.closing(sqlite3.connect(tmp_path / LOCK_NAME)) as connection:
        connection.execute("CREATE TABLE something (a)")
    (tmp_path / f"{LOCK_NAME}-journal" / "folder").mkdir(parents=True)
    with pytest.raises(StorageError, match=f"Using .*{LOCK_NAME} failed; check the disk"):
        FolderLock(tmp_path)


def test_a_holder_that_forgot_nothing_was_interrupted(tmp_path: Path) -> None:
    def take() -> tuple[FolderLock, bool]:
        lock = FolderLock(tmp_path)
        return lock, lock.interrupted

    lock, interrupted = take()
    assert not interrupted
    lock.note_holder()
    lock.release()
    lock, interrupted = take()
    assert interrupted
    lock.note_holder()
    lock.forget_holder()
    assert not lock.interrupted
    lock.release()
    lock, interrupted = take()
    assert not interrupted
    lock.release()
    assert [file.name for file in tmp_path.iterdir()] == [LOCK_NAME]
