"""A server keeps what it serves in a journal, too (OWN-8)."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

import pytest

from optiverse_collab.errors import StorageError
from optiverse_collab_server.cluster import store
from optiverse_collab_server.storage import Retention, Span
from optiverse_collab_server.storage.api import Elsewhere
from tests.helpers import aio
from tests.helpers.nats_server import needs_nats
from tests.helpers.storage import SIGNED, content, content_of, entries, entry, names, snapshot
from tests.server.cluster.conftest import Opened

pytestmark = needs_nats


def test_the_journal_has_what_the_store_has(opened: Opened) -> None:
    """Also chunks; and it catches up on what other servers stored meanwhile."""

    async def scenario() -> None:
        async with opened("a") as ann, opened("b") as bob:
            await ann.begin_chunk("bench", snapshot(text=SIGNED))
            await ann.append("bench", entries(1, 3, SIGNED), names(2))
            await ann.begin_chunk("bench", snapshot(3, text=SIGNED))
            await ann.append("bench", entries(4, 4, SIGNED))
            await ann.append("bench", [])
            expected = content(snapshot(3, text=SIGNED), entries(4, 4, SIGNED), names(2))
            assert await content_of(ann._journal.store, "bench") == expected
            await ann.release("bench")
            assert await content_of(bob, "bench") == expected
            await bob.append("bench", entries(5, 6, SIGNED))
            await bob.release("bench")
            assert await content_of(ann, "bench") is not None
            await ann.append("bench", entries(7, 7, SIGNED))
            for one in (ann, bob):
                found = await one._journal.store.load_entries("bench", Span(0, 7))
                assert found is not None
                wanted = [kept.data for kept in entries(1, 7 if one is ann else 6, SIGNED)]
                assert found.entries == wanted
                assert len(found.names) == 2
            assert (await ann.sessions(), await ann.size("bench") > 0) == (["bench"], True)
            assert await bob.elsewhere("bench") == "a"
            assert await ann.load_at("bench", 2) is not None
            assert not ann.has_lost("bench")

    aio.run(scenario())


def test_what_the_journal_cannot_store_is_not_acknowledged(opened: Opened) -> None:
    """OWN-8, DUR-3: it is in the log, so the session continues with it when the disk works again."""

    async def scenario() -> None:
        async with opened("a") as ann:
            await ann.begin_chunk("bench", snapshot())
            await ann.append("bench", [entry(1)])
            journal, ann._journal.store = ann._journal.store, _Broken()  # type: ignore[assignment]
            with pytest.raises(StorageError, match="disk is full"):
                await ann.append("bench", [entry(2)])
            ann._journal.store = journal
            assert await content_of(ann, "bench") == content(snapshot(), entries(1, 2))
            await ann.append("bench", [entry(3)])
            assert await content_of(journal, "bench") == content(snapshot(), entries(1, 3))

    aio.run(scenario())


class _Broken:
    async def append(self, *args: object) -> None:
        raise StorageError("The disk is full.")


def test_a_damaged_journal_is_copied_again(opened: Opened, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with opened("a") as ann:
            await ann.begin_chunk("bench", snapshot())
            await ann.append("bench", entries(1, 2))
        with sqlite3.connect(tmp_path / "a" / "sessions.sqlite3") as connection:
            connection.execute("UPDATE log SET data = x'00'")
        connection.close()
        async with opened("a") as ann:
            assert await content_of(ann, "bench") == content(snapshot(), entries(1, 2))
            await ann.append("bench", [entry(3)])
            assert await content_of(ann._journal.store, "bench") == content(snapshot(), entries(1, 3))
            assert len(await ann._journal.store.sessions()) == 2
            assert await ann._journal.sessions() == ["bench"]

    aio.run(scenario())


def test_a_new_session_is_lost_to_whoever_creates_it(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    """OWN-4: people who wait there without an edit are led to the others."""
    monkeypatch.setattr(store, "LOOK_SECONDS", 0.05)

    async def scenario() -> None:
        async with opened("a") as ann, opened("b") as bob:
            assert await ann.load("bench") is None
            assert await bob.load("bench") is None
            await ann.begin_chunk("bench", snapshot())
            await aio.until(lambda: bob.has_lost("bench"))
            with pytest.raises(Elsewhere):
                await bob.begin_chunk("bench", snapshot())
            assert not ann.has_lost("bench")
            await bob.release("bench")
            assert not bob.has_lost("bench")

    aio.run(scenario())


def test_closing_while_the_journal_is_copied(opened: Opened) -> None:
    """CLOSE-3"""

    async def scenario() -> None:
        async with opened("a") as ann:
            await ann.begin_chunk("bench", snapshot())
            await ann.append("bench", entries(1, 50))
        async with opened("b") as bob:
            await bob.load("bench")
            await asyncio.sleep(0)

    aio.run(scenario())


def test_nothing_is_dropped_while_the_journal_is_copied(opened: Opened) -> None:
    """OWN-8, OWN-13: else the journal would have a gap."""

    async def scenario() -> None:
        async with opened("a") as ann:
            shared = ann._store
            shared._owned._retention = Retention(bytes=0)
            async with shared.undropped("bench"):
                await ann.begin_chunk("bench", snapshot())  # it was not open
            await ann.append("bench", entries(1, 3))
            async with shared.undropped("bench"):
                await ann.begin_chunk("bench", snapshot(3))
                await asyncio.sleep(0.05)
                start = await shared.load_start("bench")
                assert start is not None
                assert start.snapshot.clock == 0
            await shared._tasks.finished()
            start = await shared.load_start("bench")
            assert start is not None
            assert start.snapshot.clock == 3

    aio.run(scenario())
