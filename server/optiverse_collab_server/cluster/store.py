"""The storage of a server that shares its store, and keeps a journal of what it serves (OWN-8)."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Sequence

from nats.aio.client import Client

from optiverse_collab.core.server.journal import Kept, Parent, Snapshot
from optiverse_collab.core.server.names import Name
from optiverse_collab.errors import DatabaseDamaged, StorageError
from optiverse_collab_server.cluster.journal import Journal
from optiverse_collab_server.cluster.repair import Repair
from optiverse_collab_server.standby.places import is_beginning
from optiverse_collab_server.storage import Stored
from optiverse_collab_server.storage.api import ANY_SIZE, Elsewhere
from optiverse_collab_server.storage.around import StoreAround
from optiverse_collab_server.storage.jetstream.store import JetStreamStore

LOOK_SECONDS = 1.5
"""How often to look whether another server has created a session that is new here."""

log = logging.getLogger("optiverse_collab_server")


class JournaledStore(StoreAround[JetStreamStore]):
    """A `Store` that others share, with a journal of this server.

    Args:
        shared: the store.
        journal: of this server.
    """

    def __init__(self, shared: JetStreamStore, journal: Journal) -> None:
        super().__init__(shared)
        self._journal = journal
        self._repair = Repair(shared, journal)
        self._copying: dict[str, asyncio.Task[None]] = {}
        self._open: set[str] = set()
        self._lost: set[str] = set()  # open when the store was replaced; a repair may own them meanwhile
        self._new: set[str] = set()  # open, and stored nowhere: others may create them
        self._watching: asyncio.Task[None] | None = None
        shared.on_replaced = self._replaced

    @property
    def client(self) -> Client:
        """The connection to NATS."""
        return self._store.client

    async def begin(self) -> None:
        """Start to compare the journal with the store.

        Raises:
            StorageError: the journal can't be read.
        """
        await self._repair.begin()
        self._watching = asyncio.create_task(self._watch_new())

    async def load(self, session_id: str, most: int = ANY_SIZE) -> Stored | None:
        """See `Store.load`; first the store gets what it lacks of the journal, then the journal the rest."""
        await self._end(session_id)
        await self._repair.ready(session_id)
        stored = await self._store.load(session_id, most)
        self._open.add(session_id)
        if stored is None:
            self._new.add(session_id)
        else:
            copy = asyncio.create_task(self._copy(session_id, stored.snapshot.parents))
            copy.add_done_callback(_retrieve)
            self._copying[session_id] = copy
        return stored

    async def append(
        self,
        session_id: str,
        entries: Sequence[Kept],
        names: Sequence[Name] = (),
        parents: Sequence[Parent] = (),
    ) -> None:
        """See `Store.append`: first to the store, then to the journal."""
        if entries:
            await self._copied(session_id)
            await self._store.append(session_id, entries, names, parents)
            self._check_not_lost(session_id)
            await self._journal.append(session_id, entries, names, parents)
            self._check_not_lost(session_id)  # else the repair may have read the journal before

    async def begin_chunk(self, session_id: str, snapshot: Snapshot) -> int:
        """See `Store.begin_chunk`."""
        self._open.add(session_id)
        await self._copied(session_id)
        self._new.discard(session_id)
        size = await self._store.begin_chunk(session_id, snapshot)
        await self._journal.begin_chunk(session_id, snapshot)
        return size

    async def release(self, session_id: str) -> None:
        """See `Store.release`."""
        await self._end(session_id)
        await self._store.release(session_id)

    def has_lost(self, session_id: str) -> bool:
        """See `Store.has_lost`."""
        return session_id in self._lost or self._store.has_lost(session_id)

    async def close(self) -> None:
        """See `Store.close`."""
        await self._repair.close()
        if self._watching is not None:
            self._watching.cancel()
            await asyncio.gather(self._watching, return_exceptions=True)
        for session_id in list(self._copying):
            await self._end(session_id)
        await self._store.close()
        await self._journal.close()

    async def _copy(self, session_id: str, parents: Sequence[Parent]) -> None:
        """Let the journal have all that is stored, before any of it is dropped."""
        async with self._store.undropped(session_id):
            await self._copy_whole(session_id, parents)

    async def _copy_whole(self, session_id: str, parents: Sequence[Parent]) -> None:
        try:
            end = await self._journal.end(session_id)
        except DatabaseDamaged as error:
            aside = await self._journal.start_over(self._store, session_id, parents)
            log.error("The journal of session %s is called %r now, since %s", session_id, aside, error)
            return
        place = await self._store.place(session_id)
        if end is None or await is_beginning(self._store, session_id, end):
            if end is None or (end.epoch, end.clock, end.head) != place:
                await self._journal.copy_from(self._store, session_id, parents)
            return
        aside = await self._journal.start_over(self._store, session_id, parents)
        log.info("All that the journal of session %s had was dropped; it is called %r now", session_id, aside)

    async def _copied(self, session_id: str) -> None:
        """Return when the journal has all that was stored before.

        Raises:
            Elsewhere: the session is lost.
            StorageError: it can't be read or stored.
        """
        self._check_not_lost(session_id)
        if (copying := self._copying.get(session_id)) is not None:
            await asyncio.shield(copying)

    def _check_not_lost(self, session_id: str) -> None:
        if session_id in self._lost:
            raise Elsewhere(session_id)

    async def _watch_new(self) -> None:
        """Find out which new sessions another server has created meanwhile (OWN-4)."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            for session_id in list(self._new):
                with contextlib.suppress(StorageError):
                    if await self._store.place(session_id) is not None and session_id in self._new:
                        self._lost.add(session_id)

    def _replaced(self) -> None:
        self._lost |= self._open
        self._repair.start_over()

    async def _end(self, session_id: str) -> None:
        """The session is not open any more."""
        self._open.discard(session_id)
        self._new.discard(session_id)
        self._lost.discard(session_id)
        if (copying := self._copying.pop(session_id, None)) is not None:
            copying.cancel()
            await asyncio.gather(copying, return_exceptions=True)


def _retrieve(copying: asyncio.Task[None]) -> None:
    """Whoever appends sees the error; perhaps nobody does."""
    if not copying.cancelled():
        copying.exception()
