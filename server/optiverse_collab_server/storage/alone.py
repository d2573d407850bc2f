"""A data folder that no server uses, for commands that change it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from optiverse_collab_server.storage.database import Database
from optiverse_collab_server.storage.failures import explained
from optiverse_collab_server.storage.housekeeping import Retention
from optiverse_collab_server.storage.lock import locked
from optiverse_collab_server.storage.opening import open_database
from optiverse_collab_server.storage.schema import AUTO_VACUUM, FILE_NAME
from optiverse_collab_server.storage.steps import transaction
from optiverse_collab_server.storage.viewing import View


@contextlib.contextmanager
def opened_alone(folder: Path) -> Iterator[View]:
    """The sessions of a data folder, which is created if missing; the view is writable.

    Raises:
        DataFolderInUse: a server has it.
        DatabaseDamaged: the database can't be trusted.
        StorageError: it can't be read or written.
    """
    file = folder / FILE_NAME
    with explained(folder):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with locked(folder) as lock, contextlib.ExitStack() as stack:
        connection = open_database(folder, lock)
        stack.callback(connection.close)
        # First, since a missing log counts as damage only while there is a holder.
        stack.callback(lock.forget_holder)
        with explained(file):
            yield View(connection, file)


def delete_session(view: View, name: str) -> None:
    """Delete everything stored of a session; its space in the file is reused.

    Raises:
        StorageError: there is none of this name.
        sqlite3.Error: it can't be written; nothing has changed.
    """
    key = view.session(name).key
    with transaction(view.connection):
        for table in ("log", "part", "chunk", "name", "kept_part", "kept"):
            view.connection.execute(f"DELETE FROM {table} WHERE session=?", (key,))
        view.connection.execute("DELETE FROM session WHERE key=?", (key,))


def prune(view: View, retention: Retention) -> None:
    """Drop expired history, pack cold chunks, and make the file as small as possible.

    Raises:
        DatabaseDamaged: the table of sessions can't be trusted.
        sqlite3.Error: it can't be written; VACUUM needs as much free space as the database takes.
    """
    housekeeper = Database(view.connection, view.file, retention).housekeeper
    while housekeeper.busy:
        housekeeper.step()
    view.connection.execute(f"PRAGMA auto_vacuum={AUTO_VACUUM}")  # sets it for an older database, too
    view.connection.execute("VACUUM")
