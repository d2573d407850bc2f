"""Divides the sessions of a data folder among several databases, or brings them together in one."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Collection, Iterator, Sequence
from itertools import chain, count
from pathlib import Path
from typing import NamedTuple

from optiverse_collab.disk.durable import sync_folder
from optiverse_collab.errors import StorageError
from optiverse_collab_server.storage.check import report
from optiverse_collab_server.storage.directory import SessionRow, read_directory
from optiverse_collab_server.storage.failures import explained
from optiverse_collab_server.storage.lock import FolderLock, locked
from optiverse_collab_server.storage.opening import database_in, opened_to_read
from optiverse_collab_server.storage.replacing import name_aside, put_in_place, sync_file, take_log_in
from optiverse_collab_server.storage.rows import Column, checksum
from optiverse_collab_server.storage.schema import FILE_NAME, create_database, unfinished_name
from optiverse_collab_server.storage.shards import FOLDER, finish_shards, new_shards, number_of, shards_of
from optiverse_collab_server.storage.steps import transaction

TABLES = {
    "session": False,
    "name": False,
    "chunk": False,
    "part": True,
    "log": True,
    "kept": False,
    "kept_part": True,
}
"""All tables, and whether a row has data before its checksum; its first column is the session's key."""


class Divided(NamedTuple):
    """The outcome.

    Attributes:
        sessions: how many there are.
        aside: the places where the former databases stay.
    """

    sessions: int
    aside: list[Path]


def divide(data: Path, shards: int) -> Divided:
    """Put the sessions of a data folder into some databases, byte for byte, and check the copies.

    If it is interrupted, the former databases count, or already the new ones; run it again.

    Args:
        data: the data folder.
        shards: how many databases; 1 for one in the data folder itself.

    Raises:
        DataFolderInUse: a server has the folder.
        DatabaseDamaged: a database can't be trusted as a whole.
        StorageError: there are as many already, or a database can't be read or written.
    """
    with contextlib.ExitStack() as stack, explained(data):
        lock = stack.enter_context(locked(data))
        former = shards_of(data)
        if (len(former) or 1) == shards:
            raise StorageError(f"The sessions in {data} are in {shards} database(s) already.")
        if not former:
            database_in(data)
        aside = []
        sessions = 0
        if former:
            sessions = _join(data, former)
            aside.append(_set_shards_aside(data))
            lock.forget_holder()  # it had used the shards, which are whole
        if shards > 1:
            sessions = _split(data, shards, lock)
            aside.append(_set_database_aside(data, lock))
        return Divided(sessions, aside)


def _split(data: Path, shards: int, lock: FolderLock) -> int:
    """Copy one database into the shards; returns the number of sessions."""
    files = [path / FILE_NAME for path in new_shards(data, shards)]
    with opened_to_read(data, lock) as source, contextlib.ExitStack() as stack:
        targets = [stack.enter_context(_new_database(file)) for file in files]
        sessions = read_directory(source, data / FILE_NAME).sessions
        for number, target in enumerate(targets):
            own = [one for name, one in sessions.items() if number_of(name, shards) == number]
            copy_sessions(source, own, target)
    for file in files:
        sync_file(file)
        sync_folder(file.parent)
    finish_shards(data)
    return len(sessions)


def _join(data: Path, former: Sequence[Path]) -> int:
    """Copy the shards into one database; returns the number of sessions."""
    file = data / FILE_NAME
    unfinished, sessions = unfinished_name(file), 0
    unfinished.unlink(missing_ok=True)
    with contextlib.ExitStack() as stack:
        target = stack.enter_context(_new_database(unfinished))
        for shard in former:
            lock = stack.enter_context(locked(shard))
            source = stack.enter_context(opened_to_read(shard, lock))
            found = read_directory(source, shard / FILE_NAME).sessions.values()
            copy_sessions(source, found, target)
            sessions += len(found)
    # A database that is there is from a division that was interrupted: the shards have all of it.
    put_in_place(unfinished, file, aside=file)
    return sessions


def _set_shards_aside(data: Path) -> Path:
    aside = next(path for path in _names(data / f"{FOLDER}-joined") if not path.exists())
    os.rename(data / FOLDER, aside)
    sync_folder(data)
    return aside


def _set_database_aside(data: Path, lock: FolderLock) -> Path:
    """Keep the former database under another name, with its log in it."""
    file = data / FILE_NAME
    aside = name_aside(file, "undivided")
    take_log_in(file)
    lock.forget_holder()
    os.rename(file, aside)
    sync_folder(data)
    return aside


def _names(path: Path) -> Iterator[Path]:
    return chain([path], (path.with_name(f"{path.name}-{number}") for number in count(2)))


@contextlib.contextmanager
def _new_database(file: Path) -> Iterator[sqlite3.Connection]:
    create_database(file)
    with contextlib.closing(sqlite3.connect(file, isolation_level=None)) as connection:
        yield connection
    file.chmod(0o600)


def copy_sessions(
    source: sqlite3.Connection, sessions: Collection[SessionRow], target: sqlite3.Connection
) -> None:
    """Copy all rows of some sessions, and check the copies. A damaged session stays as damaged as before.

    Raises:
        StorageError: a copy is not the same.
        sqlite3.Error: one can't be read or written.
    """
    for session in sessions:
        with transaction(target):
            _copy(source, session.key, target)
    copies = read_directory(target, Path(FILE_NAME)).sessions
    for session in sessions:
        if report(target, copies[session.name]) != report(source, session):
            raise StorageError(
                f"The copy of session {session.name!r} differs; check the disk, and try again."
            )


def _copy(source: sqlite3.Connection, key: int, target: sqlite3.Connection) -> None:
    [[last]] = target.execute("SELECT coalesce(max(key), 0) FROM session")
    for table, has_data in TABLES.items():
        column = "key" if table == "session" else "session"
        rows = source.execute(f"SELECT * FROM {table} WHERE {column}=?", (key,))
        places = ",".join("?" * len(rows.description))
        copied = (_with_key(last + 1, row, has_data) for row in rows)
        target.executemany(f"INSERT INTO {table} VALUES ({places})", copied)


def _with_key(key: int, row: Sequence[Column], has_data: bool) -> list[Column]:
    """A row with another key. If its checksum was wrong, it stays wrong."""
    *columns, found = row
    data = [columns.pop()] if has_data else []
    covered = b"".join(one if isinstance(one, bytes) else str(one).encode() for one in data)
    moved = [key, *columns[1:]]
    return [*moved, *data, checksum(moved, covered) ^ checksum(columns, covered) ^ int(found or 0)]
