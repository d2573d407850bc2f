"""The storage of a server with a standby is an ordinary one: STAND-5 of docs/protocol.md."""

from __future__ import annotations

from pathlib import Path

import pytest

from optiverse_collab.errors import StorageError
from optiverse_collab_server.standby.followers import Followers
from optiverse_collab_server.standby.standing import Post
from optiverse_collab_server.standby.store import FollowedStore
from optiverse_collab_server.storage import MemoryStore, Span
from tests.helpers.aio import run
from tests.helpers.storage import entries, names, snapshot


def test_all_of_it_reaches_the_servers_own_storage(tmp_path: Path) -> None:
    """STAND-5"""

    async def main() -> None:
        inner = MemoryStore()
        store = FollowedStore(inner, Post(tmp_path, b""), Followers())
        assert await store.load("lab") is None
        await store.begin_chunk("lab", snapshot(0))
        await store.append("lab", entries(1, 3), names())
        await store.append("lab", [])
        assert await store.load("lab") == await inner.load("lab")
        assert await store.load_at("lab", 2) == await inner.load_at("lab", 2)
        assert await store.load_entries("lab", Span(0, 3)) == await inner.load_entries("lab", Span(0, 3))
        await store.release("lab")
        assert not store.has_lost("lab")
        assert await store.size("lab") == await inner.size("lab")
        assert await store.sessions() == ["lab"]
        await store.close()
        with pytest.raises(StorageError, match="storage is closed"):
            await inner.sessions()

    run(main())


def test_a_server_that_was_replaced_saves_nothing(tmp_path: Path) -> None:
    """STAND-4: what is on its disk already is not acknowledged."""

    async def main() -> None:
        post = Post(tmp_path, b"")
        store = FollowedStore(MemoryStore(), post, Followers())
        await store.begin_chunk("lab", snapshot(0))
        post.meet(2)
        with pytest.raises(StorageError, match="Another server has taken over"):
            await store.append("lab", entries(1, 1))
        with pytest.raises(StorageError, match="Another server has taken over"):
            await store.load("lab")

    run(main())
