"""Databases of format 1: what they held is there afterwards, and the old file stays."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
from pathlib import Path

import pytest

from optiverse_collab.core.server.history import History
from optiverse_collab.errors import DatabaseDamaged, StorageError
from optiverse_collab_server.storage import SqliteStore
from optiverse_collab_server.storage.check import check_folder
from optiverse_collab_server.storage.lock import HOLDER_NAME
from optiverse_collab_server.storage.schema import FILE_NAME
from optiverse_collab_server.storage.steps import finished
from tests.helpers.aio import run
from tests.helpers.format1 import OldSession, summary, write_database
from tests.helpers.processes import python
from tests.helpers.storage import database, execute, opened

BACKUP = "sessions-format-1.sqlite3"

posix = pytest.mark.skipif(os.name == "nt", reason="limits and processes are those of POSIX")


def histories(folder: Path) -> dict[str, History]:
    """Every session of a folder, from its newest chunk; a check finds no fault in it."""
    with database(folder) as made:
        loaded = {name: finished(made.load(name)) for name in finished(made.names())}
    assert all(report.faults == [] for report in check_folder(folder))
    return {
        name: History(stored.snapshot, stored.names, stored.entries)
        for name, stored in loaded.items()
        if stored is not None
    }


def example() -> OldSession:
    """A session with a snapshot and entries."""
    session = OldSession("epoch-1")
    for number in range(400):
        put = {
            "op": "put",
            "id": f"item-{number}",
            "kind": "component",
            "props": {"pos": [number, 0.5], "n": 1},
        }
        session.accept("client-a", "Ann", number, [put])
        if number % 5 == 0:
            session.accept("client-b", "Bob", number, [{"op": "remove", "id": f"item-{number}"}])
    session.take_snapshot()
    for number in range(300):
        ops = [{"op": "put", "id": f"item-{number}", "kind": "component", "props": {"pos": [number, 1.5]}}]
        session.accept("client-c", "Ann", 1000 + number, ops)
    return session


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
    """The backup is there already, and is not made twice."""
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
    """After a crash of the old server."""
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
    [("1", ["upgrade"], 40), ("301", ["conversion", "format1", "writing"], 15)],
    ids=["around it", "within it"],
)
def test_an_upgrade_may_be_killed_at_any_line(
    tmp_path: Path, step: str, modules: list[str], at_least: int
) -> None:
    """One attempt after another is killed a little later; the last one gets to its end."""
    crash(tmp_path, example())
    with python("-m", "tests.helpers.kill_upgrade", str(tmp_path), step, *modules) as process:
        said, _ = process.communicate()
    versions = said.split()
    assert len(versions) > at_least
    assert versions == sorted(versions)
    assert versions[-1] == "2"
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
    """10⁵ entries of 250 bytes and a bench of 10 MB: neither is ever held as a whole."""
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


# Refused


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
        ("PRAGMA user_version=0", "version 0, and this server knows version 2"),
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
    """It is no worse than with the server that wrote it; what is left of it is in the backup."""
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
    """That program and the server would share a write-ahead log, and write to different files."""
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


def crash(folder: Path, session: OldSession, script: str = "") -> None:
    """Leave a folder as an old server does that was killed: half of the entries are in its log alone.

    The script runs before that.
    """
    live = folder / "live"
    late, session.entries = session.entries[150:], session.entries[:150]
    write_database(live, [("bench", session)])
    session.entries = late
    with contextlib.closing(sqlite3.connect(live / FILE_NAME, isolation_level=None)) as connection:
        connection.executescript(script)
        for row in session.rows(1)[2]:
            connection.execute("INSERT INTO log VALUES (?,?,?,?,?)", row)
        for name in (FILE_NAME, f"{FILE_NAME}-wal"):
            shutil.copy(live / name, folder / name)
    shutil.rmtree(live)
    (folder / HOLDER_NAME).write_bytes(b'{"pid":1,"host":"somewhere"}')


def files(folder: Path) -> dict[str, bytes]:
    """What is in a folder that could be lost."""
    return {file.name: file.read_bytes() for file in folder.glob("sessions*")}
