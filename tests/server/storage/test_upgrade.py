"""Databases of formats 1 and 2 keep their contents in an upgrade, and the old file stays."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import sqlite3
from pathlib import Path

import pytest

from optiverse_collab.errors import DatabaseDamaged, StorageError
from optiverse_collab_server.storage import SqliteStore
from optiverse_collab_server.storage.check import check_folder
from optiverse_collab_server.storage.schema import FILE_NAME
from tests.helpers.format1 import OldSession, summary, write_database
from tests.helpers.processes import python
from tests.helpers.storage import database, execute, fill
from tests.helpers.upgrades import BACKUP, crash, example, histories

posix = pytest.mark.skipif(os.name == "nt", reason="needs the limits and processes of POSIX")


def test_the_old_file_stays_as_it_was(tmp_path: Path) -> None:
    write_database(tmp_path, [("bench", example())])
    before = (tmp_path / FILE_NAME).read_bytes()
    histories(tmp_path)
    assert (tmp_path / BACKUP).read_bytes() == before
    assert sorted(file.name for file in tmp_path.iterdir()) == ["server.lock", BACKUP, FILE_NAME]
    upgraded = (tmp_path / FILE_NAME).stat().st_ino
    histories(tmp_path)
    assert (tmp_path / FILE_NAME).stat().st_ino == upgraded, "it was upgraded twice"


def test_a_backup_is_never_overwritten(tmp_path: Path) -> None:
    write_database(tmp_path, [("bench", example())])
    before = (tmp_path / FILE_NAME).read_bytes()
    (tmp_path / BACKUP).write_bytes(b"precious")
    (tmp_path / "sessions-format-1-2.sqlite3").write_bytes(b"precious too")
    histories(tmp_path)
    assert (tmp_path / BACKUP).read_bytes() == b"precious"
    assert (tmp_path / "sessions-format-1-2.sqlite3").read_bytes() == b"precious too"
    assert (tmp_path / "sessions-format-1-3.sqlite3").read_bytes() == before


def test_upgrade_stopped_before_its_last_step_goes_on(tmp_path: Path) -> None:
    """The backup already exists, and no second one is made."""
    write_database(tmp_path, [("bench", example())])
    os.link(tmp_path / FILE_NAME, tmp_path / BACKUP)
    assert summary(histories(tmp_path)["bench"]) == example().summary()
    assert sorted(file.name for file in tmp_path.iterdir()) == ["server.lock", BACKUP, FILE_NAME]


def test_without_hard_links_the_backup_is_a_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*names: object) -> None:
        raise OSError("not supported")

    monkeypatch.setattr(os, "link", refuse)
    write_database(tmp_path, [("bench", example())])
    before = (tmp_path / FILE_NAME).read_bytes()
    assert summary(histories(tmp_path)["bench"]) == example().summary()
    assert (tmp_path / BACKUP).read_bytes() == before
    assert sorted(file.name for file in tmp_path.iterdir()) == ["server.lock", BACKUP, FILE_NAME]


def test_what_is_in_the_write_ahead_log_is_upgraded_too(tmp_path: Path) -> None:
    """The old server crashed and left the log."""
    crash(tmp_path, example())
    assert summary(histories(tmp_path)["bench"]) == example().summary()
    assert not (tmp_path / f"{FILE_NAME}-wal").exists()
    with contextlib.closing(sqlite3.connect(tmp_path / BACKUP)) as backup:
        assert backup.execute("SELECT max(last) FROM log").fetchone() == (780,)


def test_a_write_ahead_log_that_is_missing_is_still_noticed(tmp_path: Path) -> None:
    crash(tmp_path, example())
    (tmp_path / f"{FILE_NAME}-wal").unlink()
    with pytest.raises(DatabaseDamaged, match="with the newest changes is missing"):
        SqliteStore(tmp_path)


@posix
@pytest.mark.parametrize(
    ("step", "modules", "at_least"),
    [("1", ["upgrade", "replacing"], 40), ("301", ["conversion", "format1", "writing"], 15)],
    ids=["around it", "within it"],
)
def test_an_upgrade_may_be_killed_at_any_line(
    tmp_path: Path, step: str, modules: list[str], at_least: int
) -> None:
    """Attempts are killed, each a little later than the one before; the last one finishes."""
    crash(tmp_path, example())
    with python("-m", "tests.helpers.kill_upgrade", str(tmp_path), step, *modules) as process:
        said, _ = process.communicate()
    versions = said.split()
    assert len(versions) > at_least
    assert versions == sorted(versions)
    assert versions[-1] == "3"
    assert summary(histories(tmp_path)["bench"]) == example().summary()
    assert sorted(file.name for file in tmp_path.iterdir()) == ["server.lock", BACKUP, FILE_NAME]
    with contextlib.closing(sqlite3.connect(tmp_path / BACKUP)) as backup:
        assert backup.execute("SELECT max(last) FROM log").fetchone() == (780,)


MEASURE = """
import resource, sys
from pathlib import Path
from optiverse_collab_server.storage.lock import FolderLock
from optiverse_collab_server.storage.opening import open_database
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
open_database(Path(sys.argv[1]), FolderLock(Path(sys.argv[1]))).close()
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


@posix
def test_an_upgrade_takes_little_memory(tmp_path: Path) -> None:
    """10⁵ entries of 250 bytes and a bench of 10 MB: the upgrade never holds all of either."""
    session = OldSession("epoch-1")
    put = {"op": "put", "kind": "component", "props": {"pos": [0, 0], "notes": "x" * 2000}}
    session.accept("client-a", "Ann", 0, [{**put, "id": f"item-{number}"} for number in range(5_000)])
    session.take_snapshot()
    for number in range(100_000):
        ops = [
            {"op": "set", "id": f"item-{number % 100}", "props": {"pos": [number / 7, 172.46314119522515]}}
        ]
        session.accept("client-of-some-length", "Ann", number, ops)
    write_database(tmp_path, [("bench", session)])
    size = (tmp_path / FILE_NAME).stat().st_size
    with python("-c", MEASURE, str(tmp_path)) as process:
        said, _ = process.communicate()
    assert size > 30_000_000
    assert int(said) * 1024 < 15_000_000
    assert histories(tmp_path)["bench"].clock == 100_001


def test_format_2_gets_the_tables_that_it_lacks(tmp_path: Path) -> None:
    """HIST-15: the old file stays; a start that is interrupted does no harm."""
    with database(tmp_path) as made:
        fill(made, "lab", 0, 5, 8)
    execute(tmp_path, "DROP TABLE kept; DROP TABLE kept_part; PRAGMA user_version=2")
    before = (tmp_path / FILE_NAME).read_bytes()
    with pytest.raises(StorageError, match="has version 2; start the server once, which upgrades it"):
        list(check_folder(tmp_path))
    (tmp_path / f"{FILE_NAME}.new").write_bytes(b"unfinished")
    assert histories(tmp_path)["lab"].clock == 8
    assert (tmp_path / "sessions-format-2.sqlite3").read_bytes() == before
    assert sorted(file.name for file in tmp_path.iterdir()) == [
        "server.lock",
        "sessions-format-2.sqlite3",
        FILE_NAME,
    ]
    assert execute(tmp_path, "SELECT count(*) FROM kept") == [(0,)]
    assert [report.faults for report in check_folder(tmp_path)] == [[]]


def test_a_full_disk_leaves_format_2_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*names: object) -> None:
        raise OSError(errno.ENOSPC, "no space left")

    with database(tmp_path) as made:
        fill(made, "lab", 0, 5)
    execute(tmp_path, "DROP TABLE kept; DROP TABLE kept_part; PRAGMA user_version=2")
    before = (tmp_path / FILE_NAME).read_bytes()
    with monkeypatch.context() as patch:
        patch.setattr(shutil, "copyfile", refuse)
        with pytest.raises(StorageError, match="is full; free some space"):
            SqliteStore(tmp_path)
    assert (tmp_path / FILE_NAME).read_bytes() == before
    assert histories(tmp_path)["lab"].clock == 5
