"""A server's own copies of sessions (OWN-8)."""

from __future__ import annotations

from pathlib import Path

import pytest

from optiverse_collab.core.server.journal import Parent
from optiverse_collab.errors import StorageError
from optiverse_collab_server.cluster.journal import Journal
from optiverse_collab_server.standby import places
from optiverse_collab_server.storage import MemoryStore, SqliteStore
from tests.helpers import aio
from tests.helpers.storage import SIGNED, content, content_of, entries, head, names, snapshot


def test_a_copy_gets_what_it_lacks(tmp_path: Path) -> None:
    """All of it if there is none, then the rest, with the places where other histories ended."""
    parents = [Parent("epoch-0", 2, 0)]

    async def scenario() -> None:
        source, journal = MemoryStore(), Journal(SqliteStore(tmp_path))
        await source.begin_chunk("bench", snapshot())
        await source.append("bench", entries(1, 3, SIGNED), names(2))
        await journal.copy_from(source, "bench")
        await journal.copy_from(source, "another")
        assert await journal.sessions() == ["bench"]
        assert await journal.end("another") is None
        await source.append("bench", entries(4, 6, SIGNED))
        await journal.copy_from(source, "bench", parents)
        stored = await journal.store.load("bench")
        assert stored is not None
        assert stored.snapshot.parents == parents
        assert stored.entries == [kept.data for kept in entries(1, 6, SIGNED)]
        end = await journal.end("bench")
        assert end is not None
        assert (end.clock, end.head, end.origins, end.authors) == (6, head(6, SIGNED), 2, 2)
        await journal.close()

    aio.run(scenario())


def test_long_copies_are_made_bit_by_bit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "BATCH_BYTES", 1_000)

    async def scenario() -> None:
        source, journal = MemoryStore(), Journal(SqliteStore(tmp_path))
        await source.begin_chunk("bench", snapshot())
        await source.append("bench", entries(1, 50))
        await journal.copy_from(source, "bench")
        assert await content_of(journal.store, "bench") == content(snapshot(), entries(1, 50))
        await journal.close()

    aio.run(scenario())


def test_a_copy_is_set_aside_once_there_is_another(tmp_path: Path) -> None:
    """OWN-10: and nothing continues it."""

    async def scenario() -> None:
        source, journal = MemoryStore(), Journal(SqliteStore(tmp_path))
        await journal.begin_chunk("bench", snapshot())
        await journal.append("bench", entries(1, 2, "old"), [])
        await source.begin_chunk("bench", snapshot())
        await source.append("bench", entries(1, 3, "new"))
        assert await journal.end("bench") is not None
        aside = await journal.start_over(source, "bench")
        assert aside.startswith("bench (set aside at change 2, ")
        assert await content_of(journal.store, aside) == content(snapshot(), entries(1, 2, "old"))
        assert await content_of(journal.store, "bench") == content(snapshot(), entries(1, 3, "new"))
        assert await journal.sessions() == ["bench"]
        await journal.append("bench", entries(4, 4, "new"), [])
        await journal.close()

    aio.run(scenario())


def test_a_copy_gets_no_gaps(tmp_path: Path) -> None:
    """OWN-8: not even if the source drops history meanwhile."""

    async def scenario() -> None:
        source, later, journal = MemoryStore(), MemoryStore(), Journal(SqliteStore(tmp_path))
        await source.begin_chunk("bench", snapshot())
        await source.append("bench", entries(1, 3))
        await journal.copy_from(source, "bench")
        await later.begin_chunk("bench", snapshot(6))
        await later.append("bench", entries(7, 8))
        with pytest.raises(StorageError, match="is dropped while it is copied"):
            await journal.copy_from(later, "bench")
        assert await content_of(journal.store, "bench") == content(snapshot(), entries(1, 3))
        await journal.close()

    aio.run(scenario())
