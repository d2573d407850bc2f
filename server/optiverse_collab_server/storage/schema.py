"""The tables of a database, and the creation of an empty one."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from optiverse_collab.disk.durable import sync_folder

FILE_NAME = "sessions.sqlite3"
APPLICATION_ID = 0x4F705643  # "OpVC"
VERSION = 3

AUTO_VACUUM = "INCREMENTAL"
"""SQLite records the references to each page, so that free pages can be returned in small steps."""

# A chunk is a snapshot at `clock`, and the entries after it up to `last`, which is NULL in a session's newest
# chunk alone. `head` and `last_head` are the heads of the chain at these clocks, so each chunk takes up where
# the one before ends. The chunk's row is what counts: parts without one belong to a snapshot that was never
# finished, or to a chunk that was dropped, and so do entries from before the first chunk.
# `packed` says of a part or of a row of the log whether its data is zlib's, and of a chunk how many bytes it
# takes once all of it is packed; before that it is NULL.
# A row of the log is one append, or many packed together. `head` is the head after its last entry.
# `kept` has the benches of versions whose chunk was dropped, in parts that are always packed; `bytes` is how
# many these have.
# All `data` is JSON arrays. rows.py says how the checksums are made.
KEPT_TABLES = """
CREATE TABLE kept (
    session INTEGER NOT NULL REFERENCES session (key),
    clock INTEGER NOT NULL,
    head BLOB NOT NULL,
    parts INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    checksum INTEGER NOT NULL,
    PRIMARY KEY (session, clock)
) WITHOUT ROWID;
CREATE TABLE kept_part (
    session INTEGER NOT NULL,
    clock INTEGER NOT NULL,
    number INTEGER NOT NULL,
    data BLOB NOT NULL,
    checksum INTEGER NOT NULL,
    PRIMARY KEY (session, clock, number)
) WITHOUT ROWID;
"""
"""The tables that version 3 added."""

TABLES = f"""{KEPT_TABLES}
CREATE TABLE session (
    key INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    epoch TEXT NOT NULL,
    damage TEXT,
    checksum INTEGER NOT NULL
);
CREATE TABLE name (
    session INTEGER NOT NULL REFERENCES session (key),
    kind TEXT NOT NULL,
    number INTEGER NOT NULL,
    text TEXT NOT NULL,
    checksum INTEGER NOT NULL,
    PRIMARY KEY (session, kind, number)
) WITHOUT ROWID;
CREATE TABLE chunk (
    session INTEGER NOT NULL REFERENCES session (key),
    number INTEGER NOT NULL,
    term INTEGER NOT NULL,
    clock INTEGER NOT NULL,
    head BLOB NOT NULL,
    time_ms INTEGER NOT NULL,
    history_start INTEGER NOT NULL,
    outcomes_from INTEGER NOT NULL,
    parts INTEGER NOT NULL,
    last INTEGER,
    last_head BLOB,
    packed INTEGER,
    checksum INTEGER NOT NULL,
    PRIMARY KEY (session, number)
) WITHOUT ROWID;
CREATE TABLE part (
    session INTEGER NOT NULL,
    chunk INTEGER NOT NULL,
    number INTEGER NOT NULL,
    kind TEXT NOT NULL,
    packed INTEGER NOT NULL,
    data BLOB NOT NULL,
    checksum INTEGER NOT NULL,
    PRIMARY KEY (session, chunk, number)
) WITHOUT ROWID;
CREATE TABLE log (
    session INTEGER NOT NULL REFERENCES session (key),
    first INTEGER NOT NULL,
    last INTEGER NOT NULL,
    head BLOB NOT NULL,
    packed INTEGER NOT NULL,
    data BLOB NOT NULL,
    checksum INTEGER NOT NULL,
    PRIMARY KEY (session, first)
) WITHOUT ROWID;
"""


def create_database(file: Path) -> None:
    """Make an empty database; it gets its name only when it is complete, so an empty file is always damage.

    Raises:
        sqlite3.Error, OSError: it can't be written.
    """
    unfinished = unfinished_name(file)
    unfinished.unlink(missing_ok=True)
    with closing(sqlite3.connect(unfinished, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous=FULL")
        create_tables(connection)
    os.replace(unfinished, file)
    sync_folder(file.parent)


def create_tables(connection: sqlite3.Connection) -> None:
    """Make the tables in an empty database.

    Raises:
        sqlite3.Error: they can't be written.
    """
    connection.executescript(
        f"PRAGMA auto_vacuum={AUTO_VACUUM}; BEGIN; {TABLES} "
        f"PRAGMA application_id={APPLICATION_ID}; PRAGMA user_version={VERSION}; COMMIT;"
    )


def unfinished_name(file: Path) -> Path:
    """The path of a database while it is being made; an existing file may be deleted."""
    return file.with_name(f"{file.name}.new")


def log_of(file: Path) -> Path:
    """Where SQLite keeps the write-ahead log of a database."""
    return file.with_name(f"{file.name}-wal")
