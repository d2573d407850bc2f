"""The storage of a server that may have a standby: what is stored here is offered there (STAND-5)."""

from __future__ import annotations

from collections.abc import Sequence

from optiverse_collab.core.server.journal import Kept, Parent, Snapshot
from optiverse_collab.core.server.names import Name
from optiverse_collab.errors import StorageError
from optiverse_collab_server.standby.followers import Followers
from optiverse_collab_server.standby.standing import Post
from optiverse_collab_server.storage import Span, Store, Stored, StoredEntries, StoredPast
from optiverse_collab_server.storage.api import ANY_SIZE

LOAD_SECONDS = 5.0
"""How long a session that is opened waits for a standby; then its participants have to try again."""

DEPOSED = "Another server has taken over, so nothing is saved here any more; connect to that one."


class FollowedStore:
    """A `Store` that offers everything to the standbys.

    With `Mode.ALWAYS` or `Mode.PREFER`, what it has stored or loaded waits for them too. So nobody sees a
    change that only this server has (DUR-1).

    Args:
        store: the storage of this server.
        post: whether this server serves.
        followers: the standbys.
    """

    def __init__(self, store: Store, post: Post, followers: Followers) -> None:
        self._store, self._post, self._followers = store, post, followers

    async def load(self, session_id: str, most: int = ANY_SIZE) -> Stored | None:
        """See `Store.load`."""
        stored = await self._store.load(session_id, most)
        if stored is not None:
            self._followers.stored(session_id, stored.clock)
            await self._safe(session_id, stored.clock, LOAD_SECONDS)
        return stored

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
        """See `Store.append`. A standby doesn't learn of further parents."""
        await self._store.append(session_id, entries, names, parents)
        if entries:
            self._followers.stored(session_id, entries[-1].clock, entries, names)
            await self._safe(session_id, entries[-1].clock)

    async def begin_chunk(self, session_id: str, snapshot: Snapshot) -> int:
        """See `Store.begin_chunk`. A standby begins its own chunks."""
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

    async def _safe(self, session_id: str, clock: int, most_s: float | None = None) -> None:
        """Wait for the standbys.

        Raises:
            StorageError: none answers within `most_s`, or another server has taken over.
        """
        if self._post.standing.refusal is None:
            await self._followers.until_safe(session_id, clock, most_s)
        if self._post.standing.refusal is not None:
            raise StorageError(DEPOSED)
