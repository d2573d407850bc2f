"""Deletes the names that only dropped history referred to (STAMP-4).

To find them, the whole stored session is read. That happens when there are twice as many names as the
last time left, so that a session that drops history constantly is not read constantly.

A live session has no name in use that is deleted here. It has those that the newest chunk's snapshot refers
to, which is read here, and those that it gave since. These are read with the entry that they came with, or
their numbers are above the last that there was when reading began.
"""

from __future__ import annotations

import sqlite3

from optiverse_collab.core.server.names import NameKind
from optiverse_collab.core.server.references import References
from optiverse_collab_server.storage.directory import SessionRow, read_chunks
from optiverse_collab_server.storage.reading import ChunkReader
from optiverse_collab_server.storage.steps import Steps, transaction

FEW = 1_000
"""Sessions with fewer names are left alone."""

AT_ONCE = 256
"""How many names are deleted in one step."""


class ForgottenNames:
    """Cleans up the names of all sessions.

    Args:
        connection: of the database.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._left: dict[int, int] = {}  # key of a session → how many names the last cleanup left

    def look_after(self, session: SessionRow) -> Steps[None]:
        """Delete the names of a session that nothing refers to any more, if there may be many.

        Raises:
            Misfit: something of the session is missing or wrong.
            sqlite3.Error: it can't be read, or the names can't be deleted.
        """
        if self._count(session) <= max(FEW, 2 * self._left.get(session.key, 0)):
            return
        rows = "SELECT max(number) FROM name WHERE session=? AND kind=?"
        last = {
            kind: self._connection.execute(rows, (session.key, kind.value)).fetchone()[0] for kind in NameKind
        }
        used = yield from self._used(session)
        for kind in NameKind:
            yield from self._delete(session, kind, used.numbers(kind), last[kind] or 0)
        self._left[session.key] = self._count(session)

    def _used(self, session: SessionRow) -> Steps[References]:
        used = References()
        for chunk in read_chunks(self._connection, session.key):
            reader = ChunkReader(self._connection, chunk)
            yield from reader.snapshot(session.epoch)
            for _ in reader.entries():
                yield
            used.update(reader.used)
        return used

    def _delete(self, session: SessionRow, kind: NameKind, used: set[int], last: int) -> Steps[None]:
        """Delete all numbers of a kind below the last, except used ones."""
        rows = self._connection.execute(
            "SELECT number FROM name WHERE session=? AND kind=? AND number<?", (session.key, kind.value, last)
        )
        gone = [(session.key, kind.value, number) for (number,) in rows if number not in used]
        for first in range(0, len(gone), AT_ONCE):
            with transaction(self._connection):
                self._connection.executemany(
                    "DELETE FROM name WHERE session=? AND kind=? AND number=?", gone[first : first + AT_ONCE]
                )
            yield

    def _count(self, session: SessionRow) -> int:
        [[count]] = self._connection.execute("SELECT count(*) FROM name WHERE session=?", (session.key,))
        return int(count)
