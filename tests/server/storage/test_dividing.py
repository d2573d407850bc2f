"""Sessions move between one database and several, and nothing of them changes."""

from __future__ import annotations

import contextlib
import itertools
import sqlite3
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from optiverse_collab.errors import DataFolderInUse, StorageError
from optiverse_collab_server.storage import dividing
from optiverse_collab_server.storage.check import Report, check_folder, report
from optiverse_collab_server.storage.dividing import TABLES, divide
from optiverse_collab_server.storage.lock import FolderLock
from optiverse_collab_server.storage.schema import FILE_NAME
from optiverse_collab_server.storage.shards import number_of, parts_of, shards_of
from tests.helpers.storage import copy_as_crashed, database, execute, fill, tidy
from tests.helpers.storage_damage import IN_A_CHUNK, IN_A_COLD_ONE, Damage

NAMES = [f"bench-{number}" for number in range(12)]


def filled(folder: Path) -> Path:
    """A folder with sessions that have cold and packed chunks."""
    with database(folder) as made:
        for number, name in enumerate(NAMES):
            fill(made, name, number, number + 3, number + 9)
            if number == 6:
                tidy(made)
    return folder


def reports(data: Path) -> dict[str, Report]:
    """What the check says about each session, wherever it is."""
    return {one.session_id: one for part in parts_of(data) for one in check_folder(part)}


def rows(data: Path) -> list[tuple[str, Any]]:
    """All rows of all databases, without the keys of sessions and the checksums that cover them."""
    return sorted(
        (table, row[1:-1])
        for part in parts_of(data)
        for table in TABLES
        for row in execute(part, f"SELECT * FROM {table}")
    )


def test_all_tables_are_copied(tmp_path: Path) -> None:
    filled(tmp_path)
    tables = execute(tmp_path, "SELECT name FROM sqlite_master WHERE type='table'")
    assert {str(name) for (name,) in tables} == set(TABLES)


def test_sessions_go_to_their_shards_and_back_unchanged(tmp_path: Path) -> None:
    before, all_rows = reports(filled(tmp_path)), rows(tmp_path)
    for shards in (4, 3, 1, 2):
        done = divide(tmp_path, shards)
        assert done.sessions == len(NAMES)
        assert all(path.exists() for path in done.aside)
        assert reports(tmp_path) == before
        assert rows(tmp_path) == all_rows
        assert len(parts_of(tmp_path)) == shards
        for number, part in enumerate(shards_of(tmp_path)):
            assert {one.session_id for one in check_folder(part)} == {
                name for name in NAMES if number_of(name, shards) == number
            }


def test_the_former_database_stays(tmp_path: Path) -> None:
    before = reports(filled(tmp_path))
    [aside] = divide(tmp_path, 2).aside
    assert aside == tmp_path / "sessions-undivided.sqlite3"
    assert not (tmp_path / FILE_NAME).exists()
    copy = tmp_path / "copy"
    copy.mkdir()
    aside.rename(copy / FILE_NAME)
    assert reports(copy) == before
    [aside] = divide(tmp_path, 1).aside
    assert aside == tmp_path / "shards-joined"
    assert {one.session_id for part in aside.iterdir() for one in check_folder(part)} == set(NAMES)


def test_changes_that_only_the_log_has_come_along(tmp_path: Path) -> None:
    with database(tmp_path / "run") as made:
        fill(made, "bench", 0, 5)
        copy_as_crashed(tmp_path / "run", tmp_path / "data")
    divide(tmp_path / "data", 2)
    assert [one.clock for one in reports(tmp_path / "data").values()] == [5]


@pytest.mark.parametrize(
    "damage", [one for one, _ in (IN_A_CHUNK | IN_A_COLD_ONE).values()], ids=IN_A_CHUNK | IN_A_COLD_ONE
)
def test_what_is_damaged_stays_as_damaged(tmp_path: Path, damage: Damage) -> None:
    with database(tmp_path) as made:
        fill(made, "bad", 0, 5, 8, 9, 12, records=400)
        fill(made, "good", 8, 9, 10)
    with contextlib.closing(sqlite3.connect(tmp_path / FILE_NAME, isolation_level=None)) as connection:
        damage(connection)
    before = reports(tmp_path)
    divide(tmp_path, 2)
    assert reports(tmp_path) == before
    assert before["bad"].faults


def test_a_copy_that_differs_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = reports(filled(tmp_path))
    numbers = itertools.count()
    monkeypatch.setattr(dividing, "report", lambda *of: replace(report(*of), bytes=next(numbers)))
    with pytest.raises(StorageError, match="differs"):
        divide(tmp_path, 2)
    assert reports(tmp_path) == before
    monkeypatch.undo()
    divide(tmp_path, 2)
    assert reports(tmp_path) == before


@pytest.mark.parametrize("step", ["_set_database_aside", "_set_shards_aside"])
def test_an_interruption_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    """When the copies are complete, but the former databases are still in their place."""
    before = reports(filled(tmp_path))
    former = 1 if step == "_set_database_aside" else 2
    if former > 1:
        divide(tmp_path, former)

    def fail(*of: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(dividing, step, fail)
    with pytest.raises(KeyboardInterrupt):
        divide(tmp_path, 3 - former)
    monkeypatch.undo()
    assert reports(tmp_path) == before
    for shards in (1, 2) if len(parts_of(tmp_path)) == 2 else (2, 1):
        divide(tmp_path, shards)
        assert reports(tmp_path) == before


def test_nothing_is_done_where_nothing_is_to_do(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="no database"):
        divide(tmp_path, 2)
    filled(tmp_path)
    with pytest.raises(StorageError, match="already"):
        divide(tmp_path, 1)
    lock = FolderLock(tmp_path)
    with pytest.raises(DataFolderInUse):
        divide(tmp_path, 2)
    lock.release()
