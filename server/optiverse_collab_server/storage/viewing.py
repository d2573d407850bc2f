"""Reads a data folder that a server may be using: a view of one moment, for commands."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from optiverse_collab.errors import DataFolderInUse, StorageError
from optiverse_collab_server.storage.directory import SessionRow, read_directory
from optiverse_collab_server.storage.failures import explained
from optiverse_collab_server.storage.lock import locked
from optiverse_collab_server.storage.opening import database_in, opened_beside, opened_to_read


class View:
    """The sessions of a data folder at one moment.

    Args:
        connection: can't write, and is in a transaction.
        file: the database.

    Attributes:
        connection, file: as given.
        sessions: by name, sorted.
    """

    def __init__(self, connection: sqlite3.Connection, file: Path) -> None:
        self.connection = connection
        self.file = file
        self.sessions = dict(sorted(read_directory(connection, file).sessions.items()))

    def session(self, name: str) -> SessionRow:
        """A session.

        Raises:
            StorageError: there is none of this name.
        """
        if name not in self.sessions:
            raise StorageError(f"There is no session {name!r} in {self.file}; `sessions` lists all.")
        return self.sessions[name]


@contextlib.contextmanager
def viewed(folder: Path) -> Iterator[View]:
    """A view of a data folder; a server that uses it continues undisturbed.

    Raises:
        DatabaseDamaged: the database can't be trusted as a whole.
        StorageError: it can't be read.
    """
    file = database_in(folder)
    with contextlib.ExitStack() as stack:
        try:
            lock = stack.enter_context(locked(folder))
        except DataFolderInUse:
            connection = stack.enter_context(opened_beside(folder))
        else:
            connection = stack.enter_context(opened_to_read(folder, lock))
        stack.enter_context(explained(file))
        connection.execute("BEGIN")
        yield View(connection, file)
