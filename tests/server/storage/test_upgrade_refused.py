"""Databases of format 1 that can't be upgraded are refused, and left unchanged."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from pathlib import Path

import pytest

from optiverse_collab.core.server.history import History
from optiverse_collab.errors import DatabaseDamaged, StorageError
from optiverse_collab_server.storage import SqliteStore
from optiverse_collab_server.storage.check import check_folder
from optiverse_collab_server.storage.schema import FILE_NAME
from tests.helpers.aio import run
from tests.helpers.format1 import summary, write_database
from tests.helpers.storage import execute, opened
from tests.helpers.upgrades import BACKUP, crash, example, files, histories

posix = pytest.mark.skipif(os.name == "nt", reason="needs the limits and processes of POSIX")


def test_damage_is_found_before_the_log_is_taken_in(tmp_path: Path) -> None:
    crash(tmp_path, example(), "UPDATE session SET name='A' WHERE key=1")
    before = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    with pytest.raises(DatabaseDamaged, match="wrong checksum in the table of sessions"):
        SqliteStore(tmp_path)
    after = {name: (tmp_path / name).read_bytes() for name in before}
    assert after == before


@pytest.mark.parametrize(
    ("script", "match"),
    [
        ("UPDATE session SET name='A' WHERE key=1", "wrong checksum in the table of sessions"),
        ("PRAGMA user_version=0", "version 0, and this server knows version 3"),
    ],
)
def test_a_damaged_database_is_refused_and_left_alone(tmp_path: Path, script: str, match: str) -> None:
    write_database(tmp_path, [("bench", example())])
    execute(tmp_path, script)
    before = files(tmp_path)
    for _ in range(2):
        with pytest.raises(StorageError, match=match):
            SqliteStore(tmp_path)
        assert files(tmp_path) == before


def test_a_damaged_file_is_refused_and_left_alone(tmp_path: Path) -> None:
    write_database(tmp_path, [("bench", example())])
    whole = (tmp_path / FILE_NAME).read_bytes()
    for damaged in (whole[: len(whole) // 2], whole[:4096] + bytes(4096) + whole[8192:]):
        (tmp_path / FILE_NAME).write_bytes(damaged)
        with pytest.raises(DatabaseDamaged):
            SqliteStore(tmp_path)
        assert files(tmp_path) == {FILE_NAME: damaged}


DAMAGE = {
    "a flipped entry": (
        "UPDATE log SET last=7 WHERE session=1 AND first=500",
        "wrong checksum at change 500",
    ),
    "a missing entry": ("DELETE FROM log WHERE session=1 AND first=500", "change 500 is missing"),
    "a missing chunk": (
        "DELETE FROM chunk WHERE snapshot=1 AND number=2",
        "chunk 2 of its snapshot is missing",
    ),
    "a flipped chunk": (
        "UPDATE chunk SET part='clients' WHERE snapshot=1 AND number=2",
        "wrong checksum in chunk 2",
    ),
}


@pytest.mark.parametrize(("script", "detail"), DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_session_is_refused_and_others_are_upgraded(
    tmp_path: Path, script: str, detail: str, caplog: pytest.LogCaptureFixture
) -> None:
    """The damaged session loses nothing by the upgrade: the backup has what is left of it."""
    write_database(tmp_path, [("bad", example()), ("good", example())])
    execute(tmp_path, script)
    before = (tmp_path / FILE_NAME).read_bytes()

    async def scenario() -> None:
        async with opened(tmp_path) as store:
            assert await store.sessions() == ["bad", "good"]
            with pytest.raises(
                DatabaseDamaged, match=f"'bad'.*{detail}, before it was upgraded from {BACKUP}"
            ):
                await store.load("bad")
            stored = await store.load("good")
            assert stored is not None
            history = History(stored.snapshot, stored.names, stored.entries)
            assert summary(history) == example().summary()

    for _ in range(2):
        run(scenario())
    assert (tmp_path / BACKUP).read_bytes() == before
    assert f"Session bad is damaged ({detail}, before it was upgraded from {BACKUP})" in caplog.messages
    bad, good = check_folder(tmp_path)
    assert (bad.faults, good.faults) == ([f"{detail}, before it was upgraded from {BACKUP}"], [])


@posix
def test_a_full_disk_leaves_the_old_database(tmp_path: Path) -> None:
    import resource

    write_database(tmp_path, [("bench", example())])
    before = files(tmp_path)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, limits[1]))
    try:
        with pytest.raises(StorageError, match=FILE_NAME):
            SqliteStore(tmp_path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert files(tmp_path) == before
    assert summary(histories(tmp_path)["bench"]) == example().summary()


def test_a_database_that_another_program_uses_is_not_upgraded(tmp_path: Path) -> None:
    """Both programs would share a write-ahead log, but write to different files."""
    write_database(tmp_path, [("bench", example())])
    before = (tmp_path / FILE_NAME).read_bytes()
    with contextlib.closing(sqlite3.connect(tmp_path / FILE_NAME)) as other:
        other.execute("SELECT count(*) FROM log").fetchone()
        with pytest.raises(StorageError, match=r"Another program uses .*; close that program"):
            SqliteStore(tmp_path)
    assert files(tmp_path) == {FILE_NAME: before}
    assert summary(histories(tmp_path)["bench"]) == example().summary()


def test_a_check_asks_for_the_upgrade(tmp_path: Path) -> None:
    write_database(tmp_path, [("bench", example())])
    before = files(tmp_path)
    with pytest.raises(StorageError, match="has version 1; start the server once, which upgrades it"):
        list(check_folder(tmp_path))
    assert files(tmp_path) == before
