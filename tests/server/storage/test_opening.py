"""A store refuses damaged or foreign files when it opens, and leaves them unchanged."""

from __future__ import annotations

import contextlib
import random
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from optiverse_collab.errors import DatabaseDamaged, StorageError
from optiverse_collab_server.storage import SqliteStore
from optiverse_collab_server.storage.lock import HOLDER_NAME, FolderLock
from optiverse_collab_server.storage.opening import open_database
from optiverse_collab_server.storage.schema import FILE_NAME
from tests.helpers.aio import run
from tests.helpers.storage import Content, content_of, copy_as_crashed, entries, names, opened, snapshot

LOG_NAME = f"{FILE_NAME}-wal"
Damage = Callable[[Path], object]


async def fill(folder: Path, crash: Path | None = None) -> None:
    """Store two sessions, and copy the folder to `crash` before it is closed."""
    async with opened(folder) as store:
        await store.begin_chunk("a", snapshot(2, records=250))
        await store.append("a", entries(3, 40), names())
        await store.begin_chunk("b", snapshot(7, records=3))
        await store.append("b", entries(8, 9))
        if crash is not None:
            copy_as_crashed(folder, crash)


async def contents(folder: Path) -> dict[str, Content | None]:
    """All sessions of a data folder."""
    async with opened(folder) as store:
        return {id: await content_of(store, id) for id in await store.sessions()}


def files(folder: Path) -> dict[str, bytes]:
    """The files of a folder whose loss would matter."""
    return {
        file.name: file.read_bytes() for file in folder.glob("sessions*") if file.suffix != ".sqlite3-shm"
    }


def refused(folder: Path, match: str, error: type[StorageError] = DatabaseDamaged) -> None:
    """Check that a folder is refused twice with one sentence, and that nothing in it changes."""
    before = files(folder)
    for _ in range(2):
        with pytest.raises(error, match=match) as caught:
            SqliteStore(folder)
        assert str(folder) in str(caught.value)
        assert len(str(caught.value).splitlines()) == 1
        assert files(folder) == before


CLOSED: dict[str, tuple[Damage, str]] = {
    "empty": (lambda file: file.write_bytes(b""), "does not start like a database"),
    "garbage": (lambda file: file.write_bytes(b"\x00garbage" * 5000), "does not start like a database"),
    "one byte": (lambda file: file.write_bytes(b"S"), "does not start like a database"),
    "header lost": (lambda file: overwrite(file, 0, bytes(512)), "does not start like a database"),
    "cut to nearly nothing": (lambda file: file.write_bytes(file.read_bytes()[:100]), "damaged"),
    "cut to a page": (lambda file: file.write_bytes(file.read_bytes()[:4096]), "malformed"),
    "cut in half": (lambda file: file.write_bytes(file.read_bytes()[: file.stat().st_size // 2]), "damaged"),
    "last page lost": (lambda file: file.write_bytes(file.read_bytes()[:-4096]), "damaged"),
    "zeros inside": (lambda file: overwrite(file, 4096 * 3, bytes(4096)), "damaged"),
}


@pytest.mark.parametrize(("damage", "match"), CLOSED.values(), ids=CLOSED)
def test_a_damaged_file_is_refused_and_left_alone(tmp_path: Path, damage: Damage, match: str) -> None:
    run(fill(tmp_path))
    damage(tmp_path / FILE_NAME)
    refused(tmp_path, match)


def test_any_flipped_byte_is_noticed_or_does_not_matter(tmp_path: Path) -> None:
    """The store never serves data that differ from the stored data."""
    run(fill(tmp_path))
    file = tmp_path / FILE_NAME
    whole, stored = file.read_bytes(), run(contents(tmp_path))
    chance = random.Random(3)
    noticed = 0
    for position in [*range(0, 100, 7), *(chance.randrange(100, len(whole)) for _ in range(150))]:
        file.write_bytes(whole)
        overwrite(file, position, bytes([whole[position] ^ 1 << chance.randrange(8)]))
        try:
            assert run(contents(tmp_path)) == stored, f"byte {position}"
        except StorageError:
            noticed += 1
    assert noticed > 50


def test_an_unreadable_table_of_sessions_is_refused_as_a_whole(tmp_path: Path) -> None:
    """Otherwise the session "a" would start over under its own name."""
    run(fill(tmp_path))
    with contextlib.closing(sqlite3.connect(tmp_path / FILE_NAME, isolation_level=None)) as connection:
        connection.execute("UPDATE session SET name='A' WHERE name='a'")
    refused(tmp_path, "wrong checksum in the table of sessions")


CRASHED: dict[str, tuple[Damage, str]] = {
    "log deleted": (lambda folder: (folder / LOG_NAME).unlink(), "with the newest changes is missing"),
    "log emptied": (
        lambda folder: (folder / LOG_NAME).write_bytes(b""),
        "with the newest changes is missing",
    ),
    "log overwritten": (lambda folder: (folder / LOG_NAME).write_bytes(b"?" * 9000), "wrong header"),
    "log damaged": (lambda folder: overwrite(folder / LOG_NAME, 9000, b"damage"), "wrong frame"),
    "database deleted": (lambda folder: (folder / FILE_NAME).unlink(), "it is missing"),
    "database emptied": (
        lambda folder: (folder / FILE_NAME).write_bytes(b""),
        "does not start like a database",
    ),
}


@pytest.mark.parametrize(("damage", "match"), CRASHED.values(), ids=CRASHED)
def test_damage_after_a_crash_is_refused_and_left_alone(tmp_path: Path, damage: Damage, match: str) -> None:
    crashed = tmp_path / "crashed"
    run(fill(tmp_path / "live", crashed))
    damage(crashed)
    refused(crashed, match)


def test_a_crash_without_damage_is_no_reason_to_refuse(tmp_path: Path) -> None:
    run(fill(tmp_path / "live", tmp_path / "crashed"))
    assert (tmp_path / "crashed" / HOLDER_NAME).exists()
    assert run(contents(tmp_path / "crashed")) == run(contents(tmp_path / "live"))


def test_another_tool_may_take_the_log_over_after_a_crash(tmp_path: Path) -> None:
    """It looks as if the log was deleted; the refusal explains what to do."""
    crashed = tmp_path / "crashed"
    run(fill(tmp_path / "live", crashed))
    with contextlib.closing(sqlite3.connect(crashed / FILE_NAME)) as tool:
        tool.execute("SELECT * FROM session").fetchall()
    assert not (crashed / LOG_NAME).exists()
    refused(crashed, "a SQLite tool has opened the database .* delete server.json and start again")
    (crashed / HOLDER_NAME).unlink()
    assert run(contents(crashed)) == run(contents(tmp_path / "live"))


def test_another_programs_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    for mode in ("WAL", "DELETE"):
        folder = tmp_path / mode
        folder.mkdir()
        with contextlib.closing(sqlite3.connect(folder / FILE_NAME)) as connection:
            connection.execute(f"PRAGMA journal_mode={mode}")
            connection.execute("CREATE TABLE theirs (a)")
        refused(folder, "not a database of this server; choose another", StorageError)


def test_a_newer_version_is_refused_and_left_alone(tmp_path: Path) -> None:
    run(fill(tmp_path))
    with contextlib.closing(sqlite3.connect(tmp_path / FILE_NAME)) as connection:
        connection.execute("PRAGMA user_version=4")
    refused(tmp_path, "version 4, and this server knows version 3; use", StorageError)


def test_crash_while_creating_the_database_blocks_nothing(tmp_path: Path) -> None:
    (tmp_path / f"{FILE_NAME}.new").write_bytes(b"unfinished")
    assert run(contents(tmp_path)) == {}
    assert not (tmp_path / f"{FILE_NAME}.new").exists()


def test_database_that_can_not_be_written_is_told(tmp_path: Path) -> None:
    """A foreign file has the name of a file that SQLite needs; once it is gone, all data are there."""
    run(fill(tmp_path))
    before = run(contents(tmp_path))
    (tmp_path / f"{FILE_NAME}-shm").mkdir()
    with pytest.raises(StorageError, match="can't be"):
        SqliteStore(tmp_path)
    (tmp_path / f"{FILE_NAME}-shm").rmdir()
    assert run(contents(tmp_path)) == before


def test_commits_go_to_the_disk(tmp_path: Path) -> None:
    """DUR-1"""
    lock = FolderLock(tmp_path)
    with contextlib.closing(open_database(tmp_path, lock)) as connection:
        settings = {
            name: connection.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "synchronous", "fullfsync", "checkpoint_fullfsync", "foreign_keys")
        }
    lock.release()
    assert settings == {
        "journal_mode": "wal",
        "synchronous": 2,
        "fullfsync": 1,
        "checkpoint_fullfsync": 1,
        "foreign_keys": 1,
    }


def overwrite(file: Path, position: int, data: bytes) -> None:
    """Change part of a file."""
    with file.open("r+b") as stream:
        stream.seek(position)
        stream.write(data)
