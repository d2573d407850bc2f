"""Makes the changes of a session durable, and starts its chunks."""

from __future__ import annotations

import asyncio
import logging
import time

from optiverse_collab.core.server.history import History
from optiverse_collab.core.server.room import Room
from optiverse_collab.core.server.snapshots import SnapshotBuilder
from optiverse_collab.errors import StorageError
from optiverse_collab_server.chunking import ChunkTurn, OpenChunk
from optiverse_collab_server.quotas import Quotas
from optiverse_collab_server.storage import Store
from optiverse_collab_server.storage.api import Elsewhere
from optiverse_collab_server.tally import Tally

log = logging.getLogger("optiverse_collab_server")


class SessionWriter:
    """Writes the entries of a room.

    Args:
        room: the session's core.
        store: where it is kept.
        chunk: its newest one; None if nothing is stored yet.
        tally: counts what is stored.
        quotas: how much of it may be stored.
        size: how much is stored, in bytes.
        turn: waits until no other session begins a chunk.

    Attributes:
        refusal: the sentence with which changes are refused, if too much is stored; else None (LIM-18).
    """

    def __init__(
        self,
        room: Room,
        store: Store,
        chunk: OpenChunk | None,
        tally: Tally,
        quotas: Quotas,
        size: int,
        turn: ChunkTurn,
    ) -> None:
        self._room, self._store = room, store
        self._chunk = chunk
        self._quotas, self._size = quotas, size
        self.refusal = quotas.refusal(size)
        self._has_warned = False
        self._tally = tally
        self._turn = turn
        self._chunk_writer: asyncio.Task[None] | None = None

    async def write(self) -> None:
        """Make the accepted entries durable, and now and then begin a chunk.

        Raises:
            StorageError: storage failed; the session must be loaded again (DUR-3).
        """
        room = self._room
        if not room.has_unsaved:
            return
        if self._chunk is None:
            empty = History.empty(room.history.epoch)
            self._chunk = OpenChunk(await self._store.begin_chunk(room.session_id, empty))
        entries, names, parents = room.unsaved()
        self._chunk.add(entries)
        builder = None
        is_full = self._chunk.is_full(len(room.history.document.records))
        if is_full and not self._turn.is_taken and not parents:  # they belong to the present chunk
            self._turn.is_taken = True
            builder = room.history.begin_chunk()
            self._chunk = OpenChunk(self._chunk.snapshot_bytes)
        began_s = time.monotonic()
        try:
            await self._store.append(room.session_id, entries, names, parents)
            self._tally.stored(len(entries), time.monotonic() - began_s)
            await self._count(sum(len(entry.data) for entry in entries))
        except BaseException:
            if builder is not None:
                self._turn.is_taken = False
            raise
        room.saved(entries[-1].clock)
        if builder is not None:
            self._chunk_writer = asyncio.create_task(self._begin_chunk(builder, self._chunk))

    def note_failure(self, error: StorageError) -> None:
        """`write` raised this."""
        if not isinstance(error, Elsewhere):
            self._tally.failed_s = time.monotonic()

    async def _count(self, size: int) -> None:
        """Count added bytes. Packing is taken into account only when it could matter."""
        self._size += size
        session, quotas = self._room.session_id, self._quotas
        is_news = not self._has_warned and quotas.warning(session, self._size) != ""
        if is_news or quotas.refusal(self._size) is not None:
            self._size = await self._store.size(session)
            self.refusal = quotas.refusal(self._size)
        if is_news and (warning := quotas.warning(session, self._size)):
            self._has_warned = True
            log.warning("%s", warning)

    async def finished(self) -> None:
        """Wait for the chunk that is being started."""
        if self._chunk_writer is not None:
            await asyncio.wait([self._chunk_writer])

    async def _begin_chunk(self, builder: SnapshotBuilder, chunk: OpenChunk) -> None:
        """Begin a chunk at a stored position; changes continue meanwhile."""
        session = self._room.session_id
        try:
            for _ in builder.steps():
                await asyncio.sleep(0)  # let others run
            self._room.history.forget_names(builder.used)
            chunk.snapshot_bytes = await self._store.begin_chunk(session, builder.snapshot)
            self._size += chunk.snapshot_bytes
            for _ in builder.discard():
                await asyncio.sleep(0)
        except StorageError as error:
            log.warning("The log of session %s stays unchanged: %s", session, error)
        finally:
            self._turn.is_taken = False
            self._chunk_writer = None
