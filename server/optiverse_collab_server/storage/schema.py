"""The database file: its tables, and how it is made, checked and opened."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from optiverse_collab.errors import DatabaseDamaged, StorageError
from optiverse_collab_server.storage.directory import read_sessions
from optiverse_collab_server.storage.failures import damaged, explained
from optiverse_collab_server.storage.lock import HOLDER_NAME, sync_folder
from optiverse_collab_server.storage.wal import LogBroken, check_log

FILE_NAME = "sessions.sqlite3"
APPLICATION_ID = 0x4F705643  # "OpVC"
VERSION = 1

_MAGIC = b"SQLite format 3\0"

# A session points at its snapshot, whose chunks are written before it does: a snapshot that nobody
# points at is unfinished, or was replaced. A row of the log is one append. All `data` is JSON.
# How the checksums are made is said in rows.py.
_TABLES = """
CREATE TABLE session (
    key INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    epoch TEXT NOT NULL,
    clock INTEGER NOT NULL,
    history_start INTEGER NOT NULL,
    snapshot INTEGER NOT NULL,
    chunks INTEGER NOT NULL,
    checksum INTEGER NOT NULL
);
CREATE TABLE chunk (
    snapshot INTEGER NOT NULL,
    number INTEGER NOT NULL,
    part TEXT NOT NULL,
    data BLOB NOT NULL,
    checksum INTEGER NOT NULL,
    PRIMARY KEY (snapshot, number)
) WITHOUT ROWID;
CREATE TABLE log (
    session INTEGER NOT NULL REFERENCES session (key),
    first INTEGER NOT NULL,
    last INTEGER NOT NULL,
    data BLOB NOT NULL,
    checksum INTEGER NOT NULL,
    PRIMARY KEY (session, first)
) WITHOUT ROWID;
"""


def open_database(folder: Path, interrupted: bool) -> sqlite3.Connection:
    """Open the database of a data folder; make it if there is none.

    Args:
        folder: the data folder, to which nobody else writes.
        interrupted: the last server did not come to a clean end, so its write-ahead log must be there.

    Returns:
        A connection for any one thread at a time, without implicit transactions.

    Raises:
        DatabaseDamaged: its content can't be trusted; it was not written to.
        StorageError: it can't be read or written, is another program's, or a newer version's.
    """
    file = folder / FILE_NAME
    with explained(file):
        has_log = _check_files(file, interrupted)
        if file.exists():
            _check_content(file, has_log)
        else:
            _create(file)
        return _connect(file)


def _check_files(file: Path, interrupted: bool) -> bool:
    """Look for damage that SQLite would not notice, or would cover up while it opens the file.

    Returns:
        Whether there is a write-ahead log.
    """
    try:
        has_log = check_log(_log_of(file))
    except LogBroken as broken:
        raise damaged(file, str(broken)) from broken
    if interrupted and not has_log:
        raise DatabaseDamaged(
            f"The database {file} was in use when its server ended, and {_log_of(file).name} with the newest "
            "changes is missing; put that back or restore a backup, or, if a SQLite tool has opened the "
            f"database since then and so took them over, delete {HOLDER_NAME} and start again."
        )
    if file.exists():
        with file.open("rb") as stream:
            if stream.read(len(_MAGIC)) != _MAGIC:  # SQLite takes a short file for an empty database
                raise damaged(file, "it does not begin as a database does")
    elif has_log:
        raise damaged(file, "it is missing, and its write-ahead log is there")
    return has_log


def _check_content(file: Path, has_log: bool) -> None:
    """Read all of the database, without writing to it."""
    # Where there is no log, `immutable` keeps SQLite from making one beside a file that may not be ours.
    mode = "mode=ro" if has_log else "mode=ro&immutable=1"
    address = f"{file.absolute().as_uri()}?{mode}"
    with closing(sqlite3.connect(address, uri=True, isolation_level=None)) as connection:
        if _pragma(connection, "application_id") != APPLICATION_ID:
            raise StorageError(f"{file} is not a database of this server; choose another data folder.")
        version = _pragma(connection, "user_version")
        if version != VERSION:
            raise StorageError(
                f"{file} has version {version}, and this server knows version {VERSION}; use the server that "
                "wrote it, or a newer one."
            )
        verdict = _pragma(connection, "integrity_check(1)")
        if verdict != "ok":
            raise damaged(file, " ".join(str(verdict).split()))
        read_sessions(connection, file)


def _create(file: Path) -> None:
    """Make a database; it has its name only when it is whole, so an empty file is always damage."""
    unfinished = file.with_name(f"{file.name}.new")
    unfinished.unlink(missing_ok=True)
    with closing(sqlite3.connect(unfinished, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous=FULL")
        connection.executescript(
            f"BEGIN; {_TABLES} PRAGMA application_id={APPLICATION_ID}; PRAGMA user_version={VERSION}; COMMIT;"
        )
        connection.execute("PRAGMA journal_mode=WAL")
    os.replace(unfinished, file)
    sync_folder(file.parent)


def _connect(file: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(file, timeout=5, isolation_level=None, check_same_thread=False)
    try:
        connection.execute("PRAGMA journal_mode=WAL")
        # An acknowledged change is on the disk itself; the second says the same to macOS.
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


def _log_of(file: Path) -> Path:
    return file.with_name(f"{file.name}-wal")
