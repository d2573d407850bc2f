"""A server's own copies of sessions in a shared store, on its own disk (OWN-8)."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence

import msgspec

from optiverse_collab.core.server.chain import next_head
from optiverse_collab.core.server.journal import Entry, Kept, Parent, Snapshot
from optiverse_collab.core.server.names import Name, NameKind
from optiverse_collab.errors import StorageError
from optiverse_collab_server.moving import copy_benches
from optiverse_collab_server.standby.messages import Where
from optiverse_collab_server.standby.places import end_of, next_batch
from optiverse_collab_server.storage import SqliteStore, StandbyStore

_first = msgspec.json.Decoder(Entry).decode

_COPIES = re.compile(r" \((set aside at change|copied again) [^()]*\)$")
"""The end of the name of a copy that is not continued, or not complete."""


class Journal:
    """The copies.

    Args:
        store: where they are.

    Attributes:
        store: the same.
    """

    def __init__(self, store: SqliteStore) -> None:
        self.store = store
        self._ends: dict[str, Where] = {}

    async def sessions(self) -> list[str]:
        """The ids of the copied sessions, without copies that were set aside."""
        return [session for session in await self.store.sessions() if not _COPIES.search(session)]

    async def end(self, session: str) -> Where | None:
        """Where a copy ends; None if there is none.

        Raises:
            DatabaseDamaged: it can't be trusted.
        """
        if session not in self._ends:
            stored = await self.store.load(session)
            if stored is None:
                return None
            self._ends[session] = end_of(stored)
        return self._ends[session]

    async def append(
        self, session: str, entries: Sequence[Kept], names: Sequence[Name], parents: Sequence[Parent] = ()
    ) -> None:
        """Add entries to a copy; they are durable when this returns.

        Raises:
            StorageError: they can't be stored, or don't continue the copy.
        """
        end = self._ends.pop(session, None)
        await self.store.append(session, entries, names, parents)
        if end is not None:
            last = {name.kind: name.number for name in names}
            numbers = (last.get(kind, end.last(kind)) for kind in (NameKind.ORIGIN, NameKind.AUTHOR))
            self._ends[session] = Where(end.epoch, entries[-1].clock, entries[-1].head, *numbers)

    async def begin_chunk(self, session: str, snapshot: Snapshot) -> None:
        """Begin a chunk, as in the store; it may be the first one.

        Raises:
            StorageError: it can't be stored, or does not fit.
        """
        await self.store.begin_chunk(session, snapshot)
        if not snapshot.clock:
            self._ends[session] = Where(snapshot.epoch, 0, snapshot.head, 0, 0)

    async def copy_from(self, source: StandbyStore, session: str, parents: Sequence[Parent] = ()) -> None:
        """Add what a copy lacks, all of it if there is none.

        Args:
            source: has the session; the copy is its beginning.
            session: its id.
            parents: of its newest snapshot.

        Raises:
            StorageError: it can't be read or stored.
        """
        await self._copy(source, session, session, parents)

    async def start_over(self, source: StandbyStore, session: str, parents: Sequence[Parent] = ()) -> str:
        """Copy a session again, and then set the present copy aside; returns its new name.

        Until the new copy is complete, the session's name stands for the old one: it has what the source may
        still lose.

        Raises:
            StorageError: it can't be read or stored.
        """
        token, end = secrets.token_hex(3), self._ends.pop(session, None)
        aside = f"{session} (set aside at change {'?' if end is None else end.clock}, {token})"
        await self._copy(source, session, copy := f"{session} (copied again {token})", parents)
        await self.store.replace(session, copy, aside)
        self._ends[session] = self._ends.pop(copy)
        return aside

    async def close(self) -> None:
        """Close the files."""
        await self.store.close()

    async def _copy(self, source: StandbyStore, session: str, to: str, parents: Sequence[Parent]) -> None:
        end = await self.end(to)
        if end is None:
            start = await source.load_start(session)
            if start is None:
                return
            await self.store.begin_copy(to, start.snapshot, start.names)
            end = self._ends[to] = end_of(start)
        while (batch := await next_batch(source, session, end)) is not None:
            if _first(batch.entries[0]).clock != batch.after + 1:
                raise StorageError(f"The history of session {to!r} is dropped while it is copied; try again.")
            kept, head = list[Kept](), end.head
            for clock, data in enumerate(batch.entries, batch.after + 1):
                kept.append(Kept(clock, data, head := next_head(head, data)))
            await self.append(to, kept, batch.names, parents)
            end = self._ends[to]
        await copy_benches(source, self.store, session, to)
