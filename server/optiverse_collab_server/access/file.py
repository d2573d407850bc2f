"""The file of grants: small, rarely written, and durable before a change is announced."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from pathlib import Path

from optiverse_collab.core.access import Role
from optiverse_collab.core.protocol.access import GrantKind
from optiverse_collab.disk.durable import sync_folder
from optiverse_collab.errors import StorageError
from optiverse_collab_server.access.grants import StoredGrant
from optiverse_collab_server.storage.failures import damaged, explained

FILE_NAME = "access.db"
APPLICATION_ID = 0x4F704143  # "OpAC"
VERSION = 2

_TABLE = """
CREATE TABLE IF NOT EXISTS grants (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    hash BLOB NOT NULL UNIQUE,
    session TEXT NOT NULL,
    role TEXT NOT NULL,
    label TEXT NOT NULL,
    made INTEGER NOT NULL,
    expires INTEGER,
    uses INTEGER,
    invite TEXT NOT NULL,
    seen INTEGER,
    knock INTEGER NOT NULL DEFAULT 0
);
"""

_FROM_1 = "ALTER TABLE grants ADD COLUMN knock INTEGER NOT NULL DEFAULT 0;"
"""The column that version 1 lacks."""


class Outdated(Exception):
    """Another process has changed the grants since they were loaded here; nothing was written."""


class AccessFile:
    """The grants on disk, for one thread at a time.

    Args:
        folder: the data folder, which exists, and whose lock this process holds.

    Raises:
        DatabaseDamaged: the file can't be trusted; it was not written to.
        StorageError: it can't be used, or is another program's, or a newer server's.
    """

    def __init__(self, folder: Path) -> None:
        self._file = folder / FILE_NAME
        with explained(self._file):
            is_new = not self._file.exists()
            os.close(os.open(self._file, os.O_RDWR | os.O_CREAT, 0o600))
            with contextlib.suppress(OSError):  # another user owns it, who chose its mode
                self._file.chmod(0o600)  # SQLite gives its journal the same
            self._connection = sqlite3.connect(self._file, isolation_level=None, check_same_thread=False)
            try:
                self._open(is_new)
            except BaseException:
                self._connection.close()
                raise
            self._id = _id_of(self._file)
        self._loaded: int | None = None  # the version of what the caller knows

    def load(self) -> list[StoredGrant]:
        """All grants, oldest first.

        Raises:
            DatabaseDamaged: one differs from what was written.
            StorageError: the file can't be read.
        """
        with explained(self._file):
            self._loaded = self._version()  # first: a change between the two is then loaded twice
            rows = self._connection.execute("SELECT * FROM grants ORDER BY made, rowid").fetchall()
        try:
            return [
                StoredGrant(*row)._replace(kind=GrantKind(row[1]), role=Role(row[4]), knock=bool(row[11]))
                for row in rows
            ]
        except ValueError as error:
            raise damaged(self._file, str(error)) from error

    def load_since(self, version: int) -> tuple[int, list[StoredGrant]] | None:
        """All grants, and the file's version; None if no other process has written since it had this version.

        Raises:
            DatabaseDamaged: a grant is not what was written.
            StorageError: the file can't be read.
        """
        with explained(self._file):
            now = self._version()
        return None if now == version else (now, self.load())

    def write(self, grants: Sequence[StoredGrant], forgotten: Iterable[str] = ()) -> None:
        """Add or replace some grants and drop others, all or none; they are on the disk when this returns.

        Raises:
            Outdated: another process has written since the last `load`; nothing was changed.
            StorageError: nothing was changed.
        """
        with explained(self._file):
            self._check_file()
            with self._connection:
                self._connection.execute("BEGIN IMMEDIATE")
                if self._loaded not in (None, self._version()):
                    raise Outdated
                self._connection.executemany("DELETE FROM grants WHERE id = ?", [(id,) for id in forgotten])
                self._connection.executemany(
                    "INSERT OR REPLACE INTO grants VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", grants
                )
            self._check_file()

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def _version(self) -> int:
        """A number that changes when another process has written; our own writes don't count."""
        [(version,)] = self._connection.execute("PRAGMA data_version")
        return int(version)

    def _open(self, is_new: bool) -> None:
        execute = self._connection.execute
        execute("PRAGMA synchronous=EXTRA")  # a deleted journal must be durably gone before a write counts
        [(application,)], [(version,)] = execute("PRAGMA application_id"), execute("PRAGMA user_version")
        if not application and not version and not execute("SELECT 1 FROM sqlite_master").fetchone():
            self._connection.executescript(
                f"BEGIN; {_TABLE} PRAGMA application_id={APPLICATION_ID}; "
                f"PRAGMA user_version={VERSION}; COMMIT;"
            )
            if is_new:
                sync_folder(self._file.parent)
            return
        if application != APPLICATION_ID:
            raise StorageError(f"{self._file} is not a file of this server; choose another data folder.")
        if version > VERSION:
            raise StorageError(
                f"{self._file} has version {version}, and this server knows version {VERSION}; "
                "use that server, or a newer one."
            )
        [(found,), *_] = execute("PRAGMA quick_check").fetchall()
        if found != "ok":
            raise damaged(self._file, found)
        if version < VERSION:
            self._connection.executescript(f"BEGIN; {_FROM_1} PRAGMA user_version={VERSION}; COMMIT;")

    def _check_file(self) -> None:
        """Make sure that the file is still the one in the folder: SQLite keeps writing to a deleted one."""
        if not self._file.exists() or _id_of(self._file) != self._id:
            raise StorageError(
                f"{self._file} was deleted or replaced while the server ran, and nothing of access "
                "is stored any more; stop the server, put the file back, and start it again."
            )


def forget_grants(folder: Path, session: str) -> None:
    """Delete the grants of one session, if the data folder has any.

    Raises:
        StorageError: the file can't be used.
    """
    if not (folder / FILE_NAME).exists():
        return
    with closing(AccessFile(folder)) as file:
        file.write([], [grant.id for grant in file.load() if grant.session == session])


def _id_of(file: Path) -> tuple[int, int]:
    found = file.stat()
    return found.st_dev, found.st_ino
