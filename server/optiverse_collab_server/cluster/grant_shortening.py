"""Keeps the grants' log short: writes all grants into it again, and drops what is before (OWN-14)."""

from __future__ import annotations

import contextlib
import logging

from optiverse_collab.errors import StorageError
from optiverse_collab_server.cluster.grant_table import GrantTable, encode
from optiverse_collab_server.storage.jetstream.changes import ChangeLog
from optiverse_collab_server.storage.jetstream.stream import Unanswered

log = logging.getLogger("optiverse_collab_server")


class Shortening:
    """What one server does of this. Others may write changes meanwhile, or do the same."""

    def __init__(self) -> None:
        self._next: str | None = None  # the id from which on grants are to be written; None when at rest
        self._first = 0  # the number of the first part

    def begin(self, table: GrantTable) -> None:
        """Begin if the log is long; this server has just written into it."""
        if self._next is None and table.is_long:
            self._next, self._first = "", 0

    async def go_on(self, changes: ChangeLog, table: GrantTable) -> None:
        """Write one more part, if there is one; call this after reading."""
        if self._next == "" and not table.is_long:
            self._next = None  # another server was quicker
        if self._next is None:
            return
        try:
            with contextlib.suppress(Unanswered):  # then the next time
                await self._write(changes, table, self._next)
        except StorageError as error:
            self._next = None
            log.warning("The log of grants in NATS stays long until another change is made: %s", error)

    async def _write(self, changes: ChangeLog, table: GrantTable, first: str) -> None:
        """Write the grants from an id on, as many as fit; after the last ones, drop what is before."""
        part = table.part(first)
        number = await changes.append(encode(part), table.last)
        if number is None:
            return  # another server was quicker: its change is read before the next time
        table.apply(number, part)
        self._first = self._first or number
        _, end = part.ids or ("", "")
        self._next = end or None
        if not end:
            await changes.drop(self._first)
