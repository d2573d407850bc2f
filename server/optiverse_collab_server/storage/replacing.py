"""Replaces the database of a data folder; the old one is kept under another name."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
from itertools import chain, count
from pathlib import Path

from optiverse_collab.disk.durable import sync_folder
from optiverse_collab.errors import StorageError
from optiverse_collab_server.storage.schema import log_of


def name_aside(file: Path, word: str) -> Path:
    """A free name, or the one that the database already has from an unfinished replacement."""
    suffixes = chain([""], (f"-{number}" for number in count(2)))
    names = (file.with_name(f"{file.stem}-{word}{suffix}{file.suffix}") for suffix in suffixes)
    return next(name for name in names if not name.exists() or (file.exists() and name.samefile(file)))


def take_log_in(file: Path) -> None:
    """Merge the write-ahead log into the database, as its own server does when it stops.

    Raises:
        StorageError: another program uses the database.
        sqlite3.Error: the database is damaged, or can't be written.
    """
    with contextlib.closing(sqlite3.connect(file, timeout=5, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA checkpoint_fullfsync=ON")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    if log_of(file).exists():
        raise StorageError(f"Another program uses {file}; close that program, then start again.")


def put_in_place(unfinished: Path, file: Path, aside: Path) -> None:
    """Replace a database that no longer has a log; durable when this returns.

    Args:
        unfinished: the new one.
        file: the old one, if there is one.
        aside: the name under which the old one stays.

    Raises:
        OSError: there is no space, or no right to write.
    """
    sync_file(unfinished)
    if file.exists() and not aside.exists():
        _keep(file, aside)
    os.replace(unfinished, file)
    sync_folder(file.parent)


def sync_file(file: Path) -> None:
    """Make what was written to a file durable.

    Raises:
        OSError: it failed.
    """
    with file.open("rb+") as stream:
        os.fsync(stream.fileno())


def _keep(file: Path, aside: Path) -> None:
    """Give the old database a second name, under which it stays."""
    try:
        os.link(file, aside)
    except OSError:  # a file system without hard links
        copy = aside.with_name(f"{aside.name}.new")
        shutil.copyfile(file, copy)
        sync_file(copy)
        os.replace(copy, aside)
    sync_folder(file.parent)
