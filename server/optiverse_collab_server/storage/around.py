"""A store around another one, for those that do something more with what is stored."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Generic, TypeVar

from optiverse_collab.core.server.journal import Kept, Parent, Snapshot
from optiverse_collab.core.server.names import Name
from optiverse_collab_server.storage.api import ANY_SIZE, Span, Store, Stored, StoredEntries, StoredPast

S = TypeVar("S", bound=Store)


class StoreAround(Generic[S]):
    """A `Store` that passes everything on.

    Args:
        store: the other one.
    """

    def __init__(self, store: S) -> None:
        self._store = store

    async def load(self, session_id: str, most: int = ANY_SIZE) -> Stored | None:
        """See `Store.load`."""
        return await self._store.load(session_id, most)

    async def load_at(self, session_id: str, clock: int, most: int = ANY_SIZE) -> StoredPast | None:
        """See `Store.load_at`."""
        return await self._store.load_at(session_id, clock, most)

    async def load_entries(self, session_id: str, span: Span) -> StoredEntries | None:
        """See `Store.load_entries`."""
        return await self._store.load_entries(session_id, span)

    async def append(
        self,
        session_id: str,
        entries: Sequence[Kept],
        names: Sequence[Name] = (),
        parents: Sequence[Parent] = (),
    ) -> None:
        """See `Store.append`."""
        await self._store.append(session_id, entries, names, parents)

    async def begin_chunk(self, session_id: str, snapshot: Snapshot) -> int:
        """See `Store.begin_chunk`."""
        return await self._store.begin_chunk(session_id, snapshot)

    async def size(self, session_id: str) -> int:
        """See `Store.size`."""
        return await self._store.size(session_id)

    async def sessions(self) -> list[str]:
        """See `Store.sessions`."""
        return await self._store.sessions()

    async def elsewhere(self, session_id: str) -> str:
        """See `Store.elsewhere`."""
        return await self._store.elsewhere(session_id)

    async def release(self, session_id: str) -> None:
        """See `Store.release`."""
        await self._store.release(session_id)

    def has_lost(self, session_id: str) -> bool:
        """See `Store.has_lost`."""
        return self._store.has_lost(session_id)

    async def close(self) -> None:
        """See `Store.close`."""
        await self._store.close()
