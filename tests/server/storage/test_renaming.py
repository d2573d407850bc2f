"""A session takes the place of another one, which is set aside."""

from __future__ import annotations

from pathlib import Path

import pytest

from optiverse_collab.errors import StorageError
from optiverse_collab_server.storage import SqliteStore
from tests.helpers.aio import run
from tests.helpers.storage import content, content_of, entries, entry, snapshot


def test_a_session_is_replaced_by_another_one(tmp_path: Path) -> None:
    """Both are whole afterwards, and after a restart."""

    async def main() -> None:
        store = SqliteStore(tmp_path)
        for name, last in (("bench", 2), ("new", 3)):
            await store.begin_chunk(name, snapshot())
            await store.append(name, entries(1, last))
        await store.replace("bench", "new", "aside")
        await store.append("bench", [entry(4)])
        for _ in range(2):
            assert await store.sessions() == ["aside", "bench"]
            assert await content_of(store, "bench") == content(snapshot(), entries(1, 4))
            assert await content_of(store, "aside") == content(snapshot(), entries(1, 2))
            await store.close()
            store = SqliteStore(tmp_path)
        await store.close()

    run(main())


def test_both_must_be_there(tmp_path: Path) -> None:
    async def main() -> None:
        store = SqliteStore(tmp_path)
        await store.begin_chunk("bench", snapshot())
        with pytest.raises(StorageError, match="'new' is not stored yet"):
            await store.replace("bench", "new", "aside")
        assert await content_of(store, "bench") == content(snapshot())
        await store.close()

    run(main())
