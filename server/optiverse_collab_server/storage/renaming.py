"""Gives sessions other names."""

from __future__ import annotations

import sqlite3

from optiverse_collab_server.storage.api import no_such_session
from optiverse_collab_server.storage.directory import SessionRow
from optiverse_collab_server.storage.rows import checksum
from optiverse_collab_server.storage.steps import Steps, transaction


def replace_session(
    connection: sqlite3.Connection, sessions: dict[str, SessionRow], name: str, by: str, aside: str
) -> Steps[None]:
    """Give the session `by` the name of another one, which is called `aside` from then on.

    Args:
        connection: to the database.
        sessions: by name.
        name: of the session that is replaced.

    Raises:
        StorageError: there is none of these names.
        sqlite3.Error: it can't be written; nothing has changed.
    """
    yield from ()
    for one in (name, by):
        if one not in sessions:
            raise no_such_session(one)
    old, new = sessions[name], sessions[by]
    with transaction(connection):
        _rename(connection, old, aside)
        _rename(connection, new, name)
    del sessions[by]
    old.name, new.name = aside, name
    sessions |= {aside: old, name: new}


def _rename(connection: sqlite3.Connection, session: SessionRow, name: str) -> None:
    [damage] = connection.execute("SELECT damage FROM session WHERE key=?", (session.key,)).fetchone()
    columns = (session.key, name, session.epoch, damage)
    connection.execute(
        "UPDATE session SET name=?, checksum=? WHERE key=?", (name, checksum(columns), session.key)
    )
