"""The storage of a server that may have a standby: what is stored here is offered there (STAND-5)."""

from __future__ import annotations

from collections.abc import Sequence

from optiverse_collab.core.server.journal import Kept, Parent
from optiverse_collab.core.server.names import Name
from optiverse_collab.errors import StorageError
from optiverse_collab_server.standby.followers import Followers
from optiverse_collab_server.standby.standing import Post
from optiverse_collab_server.storage import Store, Stored
from optiverse_collab_server.storage.api import ANY_SIZE
from optiverse_collab_server.storage.around import StoreAround

LOAD_SECONDS = 5.0
"""How long a session that is opened waits for a standby, since nobody waits for longer than 10 s to join.

Then its participants have to try again, or the server goes on alone (STAND-6).
"""

DEPOSED = "Another server has taken over, so nothing is saved here any more; connect to that one."


class FollowedStore(StoreAround[Store]):
    """A `Store` that offers everything to the standbys.

    With `Mode.ALWAYS` or `Mode.PREFER`, what it has stored or loaded waits for them too. So nobody sees a
    change that only this server has (DUR-1).

    Args:
        store: the storage of this server.
        post: whether this server serves.
        followers: the standbys.
    """

    def __init__(self, store: Store, post: Post, followers: Followers) -> None:
        super().__init__(store)
        self._post, self._followers = post, followers

    async def load(self, session_id: str, most: int = ANY_SIZE) -> Stored | None:
        """See `Store.load`."""
        stored = await self._store.load(session_id, most)
        if stored is not None:
            self._followers.stored(session_id, stored.clock)
            await self._safe(session_id, stored.clock, LOAD_SECONDS)
        return stored

    async def append(
        self,
        session_id: str,
        entries: Sequence[Kept],
        names: Sequence[Name] = (),
        parents: Sequence[Parent] = (),
    ) -> None:
        """See `Store.append`. A standby begins its own chunks."""
        await self._store.append(session_id, entries, names, parents)
        if entries:
            self._followers.stored(session_id, entries[-1].clock, entries, names, parents)
            await self._safe(session_id, entries[-1].clock)

    async def _safe(self, session_id: str, clock: int, most_s: float | None = None) -> None:
        """Wait for the standbys.

        Raises:
            StorageError: none answers within `most_s`, or another server has taken over.
        """
        if self._post.standing.refusal is None:
            await self._followers.until_safe(session_id, clock, most_s)
        if self._post.standing.refusal is not None:
            raise StorageError(DEPOSED)
