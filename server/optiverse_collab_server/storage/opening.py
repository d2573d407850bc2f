"""Checks and opens a database file."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from optiverse_collab.errors import DatabaseDamaged, StorageError
from optiverse_collab_server.storage import format1
from optiverse_collab_server.storage.directory import read_directory
from optiverse_collab_server.storage.failures import damaged, explained
from optiverse_collab_server.storage.lock import HOLDER_NAME, FolderLock
from optiverse_collab_server.storage.schema import (
    APPLICATION_ID,
    FILE_NAME,
    VERSION,
    create_database,
    log_of,
)
from optiverse_collab_server.storage.upgrade import upgrade
from optiverse_collab_server.storage.wal import LogBroken, check_log

_MAGIC = b"SQLite format 3\0"


def open_database(folder: Path, lock: FolderLock) -> sqlite3.Connection:
    """Open the database of a data folder; creates it if there is none, and upgrades an older one.

    Args:
        folder: the data folder.
        lock: the right to use it.

    Returns:
        A connection for any one thread at a time, without implicit transactions.

    Raises:
        DatabaseDamaged: its content can't be trusted; it was not written to.
        StorageError: it can't be read or written, is another program's, or a newer version's.
    """
    file = folder / FILE_NAME
    with explained(file):
        has_log = _check_files(file, lock.interrupted)
        if not file.exists():
            create_database(file)
        else:
            with _reading(file, has_log) as connection:
                version = _check_content(connection, file)
            if version != VERSION:
                upgrade(file, lock, version)
        with contextlib.suppress(OSError):  # another user owns it, who chose its mode
            file.chmod(0o600)  # SQLite gives its log the same
        return _connect(file)


@contextlib.contextmanager
def opened_to_read(folder: Path, lock: FolderLock) -> Iterator[sqlite3.Connection]:
    """A connection that can't write, to the database that is in a data folder; the file itself is checked.

    Raises:
        DatabaseDamaged: its content can't be trusted.
        StorageError: it can't be read, is another program's, or of another version.
    """
    file = folder / FILE_NAME
    with explained(file):
        has_log = _check_files(file, lock.interrupted)
        with _reading(file, has_log) as connection:
            version = _check_content(connection, file)
            if version != VERSION:
                raise StorageError(f"{file} has version {version}; start the server once, which upgrades it.")
            yield connection


@contextlib.contextmanager
def opened_beside(folder: Path) -> Iterator[sqlite3.Connection]:
    """A connection that can't write, to a database that a server is writing to.

    Raises:
        StorageError: it can't be read, is another program's, or of another version.
    """
    file = folder / FILE_NAME
    with explained(file), _reading(file, has_log=True) as connection:
        if _check_kind(connection, file) != VERSION:
            raise StorageError(f"{file} is being upgraded; try again when the server is up.")
        yield connection


def database_in(folder: Path) -> Path:
    """The database of a data folder.

    Raises:
        StorageError: there is none.
    """
    file = folder / FILE_NAME
    with explained(file):
        if not file.exists():
            raise StorageError(f"There is no database in {folder}; give the server's folder with --data.")
    return file


def _check_files(file: Path, interrupted: bool) -> bool:
    """Look for damage that SQLite would not notice, or would hide while it opens the file.

    Args:
        file: the database.
        interrupted: the last server did not stop cleanly, so its write-ahead log must be there.

    Returns:
        Whether there is a write-ahead log.
    """
    try:
        has_log = check_log(log_of(file))
    except LogBroken as broken:
        raise damaged(file, str(broken)) from broken
    if interrupted and not has_log:
        raise DatabaseDamaged(
            f"The database {file} was in use when its server ended, and {log_of(file).name} with the newest "
            "changes is missing; put that back or restore a backup, or, if a SQLite tool has opened the "
            f"database since then and so took them over, delete {HOLDER_NAME} and start again."
        )
    if file.exists():
        with file.open("rb") as stream:
            if stream.read(len(_MAGIC)) != _MAGIC:  # SQLite mistakes a short file for an empty database
                raise damaged(file, "it does not start like a database")
    elif has_log:
        raise damaged(file, "it is missing, and its write-ahead log is there")
    return has_log


@contextlib.contextmanager
def _reading(file: Path, has_log: bool) -> Iterator[sqlite3.Connection]:
    # Without a log, `immutable` keeps SQLite from making one beside a file that may not be ours.
    mode = "mode=ro" if has_log else "mode=ro&immutable=1"
    address = f"{file.absolute().as_uri()}?{mode}"
    with closing(sqlite3.connect(address, uri=True, isolation_level=None)) as connection:
        yield connection


def _check_content(connection: sqlite3.Connection, file: Path) -> int:
    """Read the whole database; returns its version, which is one that we can read."""
    version = _check_kind(connection, file)
    verdict = _pragma(connection, "integrity_check(1)")
    if verdict != "ok":
        raise damaged(file, " ".join(str(verdict).split()))
    if version == format1.VERSION:
        format1.read_sessions(connection, file)
        return format1.VERSION
    read_directory(connection, file)
    return version


def _check_kind(connection: sqlite3.Connection, file: Path) -> int:
    """Make sure that it is our database; returns its version, which is one that we can read."""
    if _pragma(connection, "application_id") != APPLICATION_ID:
        raise StorageError(f"{file} is not a database of this server; choose another data folder.")
    [[version]] = connection.execute("PRAGMA user_version")
    if not format1.VERSION <= version <= VERSION:
        raise StorageError(
            f"{file} has version {version}, and this server knows version {VERSION}; use the server that "
            "wrote it, or a newer one."
        )
    return int(version)


def _connect(file: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(file, timeout=5, isolation_level=None, check_same_thread=False)
    try:
        connection.execute("PRAGMA journal_mode=WAL")
        # An acknowledged change is on the disk itself; the second does the same on macOS.
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA fullfsync=ON")
        connection.execute("PRAGMA checkpoint_fullfsync=ON")
        connection.execute("PRAGMA foreign_keys=ON")
        # This writes, so that from here on there is a log until the database is closed.
        connection.execute(f"PRAGMA user_version={VERSION}")
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _pragma(connection: sqlite3.Connection, name: str) -> object:
    return connection.execute(f"PRAGMA {name}").fetchone()[0]
