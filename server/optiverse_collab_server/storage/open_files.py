"""Whether the files that SQLite has open are still those in the data folder.

A cleanup program may delete them while the server runs. The system keeps such files for processes that
have them open, and SQLite keeps writing into files that nobody will ever find again. The same goes for a
log that somebody truncates: SQLite writes behind the gap.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import NoReturn

from optiverse_collab.errors import StorageError
from optiverse_collab_server.storage.schema import log_of


class OpenFiles:
    """The identity of a database and its log at construction.

    Args:
        file: the database, which is open and has a log.

    Raises:
        OSError: they can't be looked at.
    """

    def __init__(self, file: Path) -> None:
        self._file, self._log = file, log_of(file)
        self._ids = [_id_of(os.stat(path)) for path in (file, self._log)]
        self._log_bytes = 0
        self._failure: StorageError | None = None

    def check(self) -> None:
        """Check again: before a write, which would hide a truncation, and after it, before it is reported.

        Raises:
            StorageError: one of them was deleted, replaced or cut, now or before.
        """
        if self._failure is not None:
            raise self._failure
        try:
            database, log = os.stat(self._file), os.stat(self._log)
        except OSError:
            self._fail("deleted")
        if [_id_of(database), _id_of(log)] != self._ids:
            self._fail("replaced")
        if log.st_size < self._log_bytes:
            self._fail("cut")
        self._log_bytes = log.st_size

    def _fail(self, what: str) -> NoReturn:
        self._failure = StorageError(
            f"{self._file} or its log was {what} while the server ran, and nothing is stored any more; stop "
            "the server, put the files back or restore a backup, and start it again."
        )
        raise self._failure


def _id_of(found: os.stat_result) -> tuple[int, int]:
    return found.st_dev, found.st_ino
