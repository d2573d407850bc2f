"""A lock that is released when its process ends, in any way (docs/decisions/0011-data-folder-lock.md)."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path


class AlreadyLocked(Exception):
    """Another process, or another lock in this one, has it."""


class FileLock:
    """Holds a file exclusively from construction to `release`, with SQLite's own lock on an empty database.

    Args:
        file: the file; it is created if missing.
        wait_s: how long to wait for somebody else to release it.

    Raises:
        AlreadyLocked: somebody else has it.
        sqlite3.Error: the file can't be created or locked.
    """

    def __init__(self, file: Path, wait_s: float = 0.0) -> None:
        with contextlib.ExitStack() as undo:
            self._connection = sqlite3.connect(
                file, timeout=wait_s, isolation_level=None, check_same_thread=False
            )
            undo.callback(self._connection.close)
            try:
                # Otherwise SQLite leaves a journal next to the lock.
                self._connection.execute("PRAGMA journal_mode=MEMORY")
                self._connection.execute("BEGIN EXCLUSIVE")
            except sqlite3.OperationalError as error:
                if "locked" in str(error):
                    raise AlreadyLocked from error
                raise
            undo.pop_all()

    def release(self) -> None:
        """Release it for others."""
        self._connection.close()
