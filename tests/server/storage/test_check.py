"""The check reads all stored data and reports inconsistencies."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

import pytest

from optiverse_collab.core.records import Put
from optiverse_collab.errors import DatabaseDamaged, DataFolderInUse, StorageError
from optiverse_collab_server.storage import Retention
from optiverse_collab_server.storage.check import Report, check_folder
from optiverse_collab_server.storage.schema import FILE_NAME
from tests.helpers.kept_session import KeptSession
from tests.helpers.storage import copy_as_crashed, database, execute, fill, tidy
from tests.helpers.storage_damage import IN_A_CHUNK, IN_A_COLD_ONE, Damage

EVERYWHERE = IN_A_CHUNK | IN_A_COLD_ONE


def test_every_session_is_reported(tmp_path: Path) -> None:
    with database(tmp_path) as made:
        fill(made, "a", 0, 5, 300)
        fill(made, "b", 7, 8, 9, 10)
        tidy(made)
        fill(made, "c", 0, 0)
    [[size]] = execute(tmp_path, "SELECT sum(length(data)) FROM log WHERE session=1")
    reports = list(check_folder(tmp_path))
    assert [report.faults for report in reports] == [[], [], []]
    assert [(report.session_id, report.clock) for report in reports] == [("a", 300), ("b", 10), ("c", 0)]
    assert [(report.entries, report.chunks) for report in reports] == [(300, 2), (3, 3), (0, 1)]
    assert reports[0].bytes > size


@pytest.mark.parametrize(("damage", "detail"), EVERYWHERE.values(), ids=EVERYWHERE)
def test_what_does_not_fit_is_found_wherever_it_is(tmp_path: Path, damage: Damage, detail: str) -> None:
    """For example, in a cold chunk, which the server does not read when it starts."""
    with database(tmp_path) as made:
        fill(made, "bad", 0, 5, 8, 9, 12, records=400)
        fill(made, "good", 8, 9, 10)
    with contextlib.closing(sqlite3.connect(tmp_path / FILE_NAME, isolation_level=None)) as connection:
        damage(connection)
    before = (tmp_path / FILE_NAME).read_bytes()
    bad, good = check_folder(tmp_path)
    assert any(detail in fault for fault in bad.faults)
    assert (bad.session_id, bad.clock) == ("bad", 12)
    assert good == Report("good", clock=10, entries=2, chunks=2, bytes=good.bytes)
    assert (tmp_path / FILE_NAME).read_bytes() == before


def test_faults_of_several_chunks_are_all_reported(tmp_path: Path) -> None:
    with database(tmp_path) as made:
        fill(made, "bench", 0, 5, 8, 12)
    execute(tmp_path, "UPDATE log SET last=9 WHERE first IN (2, 11); DELETE FROM part WHERE chunk=2")
    [report] = check_folder(tmp_path)
    assert report.faults == [
        "wrong checksum at change 2",
        "part 1 of chunk 2 is missing",
        "wrong checksum at change 11",
    ]


def test_a_folder_in_use_is_not_checked(tmp_path: Path) -> None:
    with database(tmp_path) as made:
        fill(made, "bench", 0, 5)
        with pytest.raises(DataFolderInUse):
            list(check_folder(tmp_path))
    assert [report.clock for report in check_folder(tmp_path)] == [5]
    assert [report.clock for report in check_folder(tmp_path)] == [5], "the lock was not released"


def test_a_folder_is_checked_after_a_crash(tmp_path: Path) -> None:
    """Including the write-ahead log, which stays in place."""
    with database(tmp_path / "live") as made:
        fill(made, "bench", 0, 5)
        copy_as_crashed(tmp_path / "live", tmp_path / "crashed")
    log = (tmp_path / "crashed" / f"{FILE_NAME}-wal").read_bytes()
    assert [report.clock for report in check_folder(tmp_path / "crashed")] == [5]
    assert (tmp_path / "crashed" / f"{FILE_NAME}-wal").read_bytes() == log
    (tmp_path / "crashed" / f"{FILE_NAME}-wal").unlink()
    with pytest.raises(DatabaseDamaged, match="with the newest changes is missing"):
        list(check_folder(tmp_path / "crashed"))


def test_a_folder_without_a_database_is_refused(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "missing"):
        with pytest.raises(StorageError, match=r"There is no database in .*; give the server's folder"):
            list(check_folder(folder))
    assert not (tmp_path / "missing").exists()
    (tmp_path / FILE_NAME).write_bytes(b"x" * 100)
    with pytest.raises(DatabaseDamaged):
        list(check_folder(tmp_path))


@pytest.mark.parametrize(
    ("damage", "fault"),
    [
        ("UPDATE kept_part SET data=x'00'", "part 1 of the version at change 1 is missing or wrong"),
        ("UPDATE kept SET parts=7", "wrong checksum in the row of the version at change 1"),
    ],
)
def test_kept_versions_are_checked(tmp_path: Path, damage: str, fault: str) -> None:
    """HIST-15"""
    with database(tmp_path, Retention(bytes=0)) as made:
        session = KeptSession(made)
        session.change(Put("lens", "k"))
        session.keep("old", 1)
        session.begin_chunk()
        tidy(made)
    assert [(one.versions, one.faults) for one in check_folder(tmp_path)] == [(1, [])]
    execute(tmp_path, damage)
    assert [one.faults for one in check_folder(tmp_path)] == [[fault]]
