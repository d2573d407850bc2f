"""Storage in a folder on this machine, with SQLite (docs/decisions/0010-storage.md)."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import TypeVar

import msgspec

from optiverse_collab.core.server.journal import Kept, Parent, Snapshot
from optiverse_collab.core.server.names import Name
from optiverse_collab_server.storage.apart import Apart, read_apart, write_bench
from optiverse_collab_server.storage.api import ANY_SIZE, Span, Stored, StoredEntries, StoredPast, closed
from optiverse_collab_server.storage.database import Append, Database
from optiverse_collab_server.storage.failures import explained
from optiverse_collab_server.storage.housekeeping import KEEP_ALL, Retention
from optiverse_collab_server.storage.lock import FolderLock
from optiverse_collab_server.storage.opening import open_database
from optiverse_collab_server.storage.schema import FILE_NAME
from optiverse_collab_server.storage.spans import read_span, read_start
from optiverse_collab_server.storage.steps import Steps
from optiverse_collab_server.storage.worker import AppendJob, CloseJob, StepsJob, Worker

_T = TypeVar("_T")


class SqliteStore:
    """A `Store` in a SQLite database.

    It opens, and reads all of the database once to check it, before the constructor returns: about a
    second per GB. It upgrades a database of format 1, which takes longer. Make it before there are
    connections to serve.

    Args:
        data_folder: a folder on a local disk; made if there is none.
        retention: how much history is kept; all of it by default.

    Raises:
        DataFolderInUse: another server has it.
        DatabaseDamaged: the database can't be trusted; it was not written to.
        StorageError: the folder or the database can't be used.
    """

    def __init__(self, data_folder: Path, retention: Retention = KEEP_ALL) -> None:
        with explained(data_folder), ExitStack() as undo:
            data_folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._lock = FolderLock(data_folder)
            undo.callback(self._lock.release)
            connection = open_database(data_folder, self._lock)
            undo.callback(connection.close)
            self._lock.note_holder()
            undo.callback(self._lock.forget_holder)
            self._database = Database(connection, data_folder / FILE_NAME, retention)
            undo.pop_all()
        self._worker = Worker(self._database, self._close_files)
        self._closing: asyncio.Future[None] | None = None

    async def load(self, session_id: str, most: int = ANY_SIZE) -> Stored | None:
        """See `Store.load`."""
        return await self._do(self._database.load(session_id, most))

    async def load_at(self, session_id: str, clock: int, most: int = ANY_SIZE) -> StoredPast | None:
        """See `Store.load_at`."""
        return await self._do(self._database.load_at(session_id, clock, most))

    async def load_entries(self, session_id: str, span: Span) -> StoredEntries | None:
        """See `Store.load_entries`."""
        return await self._do(self._database.read(session_id, partial(read_span, span=span)))

    async def load_start(self, session_id: str, most: int = ANY_SIZE) -> Stored | None:
        """See `CopiedStore.load_start`."""
        return await self._do(self._database.read(session_id, partial(read_start, most=most)))

    async def load_apart(self, session_id: str) -> Apart | None:
        """See `StandbyStore.load_apart`."""
        return await self._do(self._database.read(session_id, read_apart))

    async def keep(self, session_id: str, clock: int, head: bytes, records: Sequence[msgspec.Raw]) -> None:
        """See `StandbyStore.keep`."""
        write = partial(write_bench, clock=clock, head=head, records=records)
        await self._do(self._database.read(session_id, write))

    async def append(
        self,
        session_id: str,
        entries: Sequence[Kept],
        names: Sequence[Name] = (),
        parents: Sequence[Parent] = (),
    ) -> None:
        """See `Store.append`."""
        self._check_open()
        if entries:
            future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._worker.submit(AppendJob(Append(session_id, entries, names, parents), future))
            await future

    async def begin_chunk(self, session_id: str, snapshot: Snapshot) -> int:
        """See `Store.begin_chunk`."""
        return await self._do(self._database.begin_chunk(session_id, snapshot))

    async def begin_copy(self, session_id: str, snapshot: Snapshot, names: Sequence[Name]) -> int:
        """See `CopiedStore.begin_copy`."""
        return await self._do(self._database.begin_chunk(session_id, snapshot, names))

    async def size(self, session_id: str) -> int:
        """See `Store.size`."""
        return await self._do(self._database.size(session_id))

    async def sessions(self) -> list[str]:
        """See `Store.sessions`."""
        return await self._do(self._database.names())

    async def replace(self, session_id: str, by: str, aside: str) -> None:
        """Give the session `by` the name of another one, which is called `aside` from then on.

        Raises:
            StorageError: it can't be stored; nothing has changed.
        """
        await self._do(self._database.replace(session_id, by, aside))

    async def elsewhere(self, session_id: str) -> str:
        """See `Store.elsewhere`: nobody shares it."""
        return ""

    async def release(self, session_id: str) -> None:
        """See `Store.release`: nobody shares it."""

    def has_lost(self, session_id: str) -> bool:
        """See `Store.has_lost`."""
        return False

    async def close(self) -> None:
        """See `Store.close`."""
        if self._closing is None:
            self._closing = asyncio.get_running_loop().create_future()
            self._worker.submit(CloseJob(self._closing))
        await asyncio.shield(self._closing)
        self._worker.join()

    async def _do(self, steps: Steps[_T]) -> _T:
        self._check_open()
        future: asyncio.Future[_T] = asyncio.get_running_loop().create_future()
        self._worker.submit(StepsJob(steps, future))
        return await future

    def _check_open(self) -> None:
        if self._closing is not None:
            raise closed()

    def _close_files(self) -> None:
        with explained(self._database.file), ExitStack() as stack:
            stack.callback(self._lock.release)
            stack.callback(self._database.close)
            # First, since a missing log counts as damage only while there is a holder.
            self._lock.forget_holder()
