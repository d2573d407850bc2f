"""Brings an older database to the present format (docs/decisions/0012-kept-log.md).

The old file is read, never written: the new one is made beside it and replaces it when it is complete.
An interrupted upgrade starts over at the next start.
"""

from __future__ import annotations

import contextlib
import logging
import shutil
import sqlite3
from pathlib import Path

from optiverse_collab_server.storage import format1
from optiverse_collab_server.storage.conversion import convert
from optiverse_collab_server.storage.directory import SessionRow
from optiverse_collab_server.storage.failures import Misfit
from optiverse_collab_server.storage.lock import FolderLock
from optiverse_collab_server.storage.replacing import name_aside, put_in_place, take_log_in
from optiverse_collab_server.storage.schema import KEPT_TABLES, VERSION, create_tables, unfinished_name
from optiverse_collab_server.storage.steps import transaction
from optiverse_collab_server.storage.writing import write_session

log = logging.getLogger("optiverse_collab_server")


def upgrade(file: Path, lock: FolderLock, version: int) -> None:
    """Put a database of the present format in the place of an older one, which is kept under another name.

    Args:
        file: the database, whose content was checked.
        lock: the right to use its folder.
        version: its format.

    Raises:
        DatabaseDamaged: the table of sessions can't be trusted.
        StorageError: another program uses the database.
        sqlite3.Error, OSError: there is no space, or no right to write.
    """
    backup = name_aside(file, f"format-{version}")
    log.info("Upgrading %s to format %d; the old file is kept as %s", file, VERSION, backup.name)
    # As when a server stops: a missing log counts as damage only while there is a holder.
    lock.forget_holder()
    take_log_in(file)
    unfinished = unfinished_name(file)
    unfinished.unlink(missing_ok=True)
    try:
        if version == format1.VERSION:
            _write(file, unfinished, backup.name)
        else:
            _copy(file, unfinished)
        put_in_place(unfinished, file, backup)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise


def _copy(file: Path, unfinished: Path) -> None:
    """Copy a file of format 2, and add the tables that it lacks."""
    shutil.copyfile(file, unfinished)
    with contextlib.closing(sqlite3.connect(unfinished, isolation_level=None)) as new:
        new.execute("PRAGMA journal_mode=MEMORY")  # as below
        new.executescript(f"BEGIN; {KEPT_TABLES} PRAGMA user_version={VERSION}; COMMIT;")


def _write(file: Path, unfinished: Path, backup: str) -> None:
    """Write all sessions of the old file to the new one."""
    address = f"{file.absolute().as_uri()}?mode=ro&immutable=1"
    with (
        contextlib.closing(sqlite3.connect(address, uri=True, isolation_level=None)) as old,
        contextlib.closing(sqlite3.connect(unfinished, isolation_level=None)) as new,
    ):
        # Nothing of this counts before the file is complete and has its name.
        new.execute("PRAGMA journal_mode=MEMORY")
        new.execute("PRAGMA synchronous=OFF")
        create_tables(new)
        for session in format1.read_sessions(old, file):
            try:
                with transaction(new):
                    convert(old, new, session)
            except Misfit as misfit:  # the others are served anyway
                damage = f"{misfit}, before it was upgraded from {backup}"
                write_session(new, SessionRow(session.key, session.name, session.epoch, damage))
                log.error("Session %s is damaged (%s)", session.name, damage)
