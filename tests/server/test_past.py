"""The past over real sockets: HIST rules of docs/protocol.md."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from optiverse_collab.core.limits import Limits
from optiverse_collab.core.protocol.codec import RawPastPage
from optiverse_collab.core.server.past import Past
from optiverse_collab.errors import DatabaseDamaged
from optiverse_collab_server import outbox, past
from optiverse_collab_server.chunking import OpenChunk
from optiverse_collab_server.storage import MemoryStore, SqliteStore, Store, StoredPast
from tests.helpers.aio import run, until
from tests.helpers.gated_store import GatedStore
from tests.helpers.live_server import LiveServer, RawClient, live_server, soon


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Requests may follow each other at once, unless a test says otherwise."""
    monkeypatch.setattr(past, "EVERY_MS", 0)


def put(id: str, **props: Any) -> dict[str, Any]:
    """A put operation as JSON."""
    return {"op": "put", "id": id, "kind": "component", "props": props}


async def ask(client: RawClient, clock: int, request: int = 1) -> None:
    """Ask for the bench at a clock."""
    await client.send({"type": "past:request", "request": request, "clock": clock})


async def answer(client: RawClient) -> dict[str, Any]:
    """The next page or refusal."""
    return await client.receive("past:page", "past:refused")


async def past_of(client: RawClient, clock: int, request: int = 1) -> list[dict[str, Any]]:
    """The records of all pages."""
    await ask(client, clock, request)
    records: list[dict[str, Any]] = []
    while True:
        page = await answer(client)
        assert (page["type"], page["request"], page["clock"]) == ("past:page", request, clock)
        records += page.get("records", [])
        if page.get("done"):
            assert page["total"] == len(records)
            return records


@pytest.mark.parametrize("kind", ["memory", "sqlite"])
def test_every_clock_of_a_session_can_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """HIST-1, HIST-2: across several chunks, and after a restart of the server."""
    monkeypatch.setattr(OpenChunk, "is_full", lambda chunk, records: chunk._entries >= 4)

    async def main() -> None:
        store: Store = MemoryStore() if kind == "memory" else SqliteStore(tmp_path)
        async with live_server(store) as server, server.client("ann") as ann:
            await ann.sync("1")
            for number in range(1, 11):
                await ann.push(number, put(f"r{number}", number=number))
            await ann.push(11, {"op": "remove", "id": "r1"})
            await check(ann)
        if kind == "sqlite":
            async with live_server(SqliteStore(tmp_path)) as server, server.client("bob") as bob:
                await bob.sync("2")
                await check(bob)

    async def check(client: RawClient) -> None:
        for clock in range(12):
            ids = [record["id"] for record in await past_of(client, clock, request=clock)]
            expected = [f"r{number}" for number in range(1, min(clock, 10) + 1)]
            assert ids == (expected[1:] if clock == 11 else expected)

    run(main())


def test_a_long_answer_comes_in_pages() -> None:
    """HIST-2, SYNC-3"""

    async def main() -> None:
        async with live_server(limits=Limits(page_bytes=2000)) as server, server.client("ann") as ann:
            await ann.sync("1")
            await ann.push(1, *(put(f"r{number}", text="x" * 200) for number in range(50)))
            await ask(ann, 1)
            page = await answer(ann)
            assert 1 < len(page["records"]) < 10
            assert page["total"] == 50
            assert "done" not in page

    run(main())


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"request": 1, "clock": -1}, "no_such_clock"),
        ({"request": 1, "clock": 2}, "no_such_clock"),
        ({"request": 1, "clock": 2**64}, "no_such_clock"),
        ({"request": 1, "clock": -(10**300)}, "no_such_clock"),
        ({"request": 1, "clock": 1.0}, "invalid_message"),
        ({"request": 1, "clock": "1"}, "invalid_message"),
        ({"request": 1, "clock": None}, "invalid_message"),
        ({"request": 1, "clock": True}, "invalid_message"),
        ({"request": 1, "clock": [1]}, "invalid_message"),
        ({"request": 1}, "invalid_message"),
        ({"clock": 1}, "invalid_message"),
        ({"request": -1, "clock": 1}, "invalid_message"),
        ({"request": 2**53 + 1, "clock": 1}, "invalid_message"),
        ({"request": 10**300, "clock": 1}, "invalid_message"),
        ({"request": 1.5, "clock": 1}, "invalid_message"),
    ],
)
def test_bad_questions_are_refused_and_nobody_is_hurt(fields: dict[str, Any], expected: str) -> None:
    """HIST-3, LIM-5"""

    async def main() -> None:
        async with live_server() as server, server.client("ann") as ann, server.client("bob") as bob:
            await ann.sync("1")
            await ann.push(1, put("a"))
            await ann.send({"type": "past:request", **fields})
            refusal = await ann.receive("past:refused", "error")
            assert refusal["reason"] == expected
            assert refusal["message"].endswith(".")
            assert len(await past_of(ann, 1)) == 1
            await soon(bob)

    run(main())


def test_who_has_not_synchronised_gets_nothing() -> None:
    """HIST-1"""

    async def main() -> None:
        async with live_server() as server, server.client("ann") as ann:
            await ask(ann, 0)
            assert (await ann.receive("past:page", "error"))["reason"] == "not_synced"
            await ann.sync("1")
            assert await past_of(ann, 0) == []

    run(main())


class SlowStore(GatedStore):
    """A store whose past loads slowly, and may be dropped or damaged."""

    def __init__(self) -> None:
        super().__init__()
        self.reads = 0
        self.readable = asyncio.Event()
        self.fault: Exception | None = None
        self.dropped = False

    async def load_at(self, session_id: str, clock: int, most: int = 2**62) -> StoredPast | None:
        """Wait until it is readable."""
        self.reads += 1
        await self.readable.wait()
        if self.fault is not None:
            raise self.fault
        return None if self.dropped else await super().load_at(session_id, clock, most)


def test_what_was_dropped_or_damaged_is_refused() -> None:
    """HIST-3: and the session continues."""

    async def main() -> None:
        store = SlowStore()
        store.readable.set()
        async with live_server(store) as server, server.client("ann") as ann:
            await ann.sync("1")
            await ann.push(1, put("a"))
            store.dropped = True
            await ask(ann, 1)
            assert (await answer(ann))["reason"] == "not_kept"
            for fault in (DatabaseDamaged("The chain breaks; restore a backup."), ValueError("ours")):
                store.fault = fault
                await ask(ann, 1)
                assert (await answer(ann))["reason"] == "unreadable"
            store.dropped, store.fault = False, None
            assert len(await past_of(ann, 1)) == 1
            assert (await ann.push(2, put("b")))["result"] == "commit"

    run(main())


def test_edits_go_on_while_the_past_is_read() -> None:
    """HIST-4: a second request on the same connection, or on too many, is refused meanwhile."""

    async def main() -> None:
        store = SlowStore()
        async with live_server(store) as server, server.client("ann") as ann:
            await ann.sync("1")
            await ann.push(1, put("a"))
            await ask(ann, 1)
            await ask(ann, 1, request=2)
            refusal = await answer(ann)
            assert (refusal["request"], refusal["reason"]) == (2, "busy")
            assert (await ann.push(2, put("b")))["result"] == "commit"
            await crowd(server, store)
            store.readable.set()
            page = await answer(ann)
            assert (page["request"], len(page["records"])) == (1, 1)

    async def crowd(server: LiveServer, store: SlowStore) -> None:
        """Ask on one connection more than may ask at a time; all but Ann's close."""
        async with server.client("b") as b, server.client("c") as c, server.client("d") as d:
            for number, client in enumerate((b, c, d)):
                await client.sync(f"peer {number}")
                await ask(client, 1)
                await soon(client)
            async with server.client("e") as last:
                await last.sync("last")
                await ask(last, 1)
                assert (await answer(last))["reason"] == "busy"
                await b.ws.close()
                await soon(last)
                await ask(last, 1)
                # Storage is still reading for the one that left.
                assert (await answer(last))["reason"] == "busy"
                assert store.reads == past.AT_ONCE

    run(main())


def test_old_benches_of_all_sessions_are_few(monkeypatch: pytest.MonkeyPatch) -> None:
    """HIST-4: all sessions together share the memory for old benches."""
    monkeypatch.setattr(past, "IN_ALL", 1)

    async def main() -> None:
        store = SlowStore()
        async with live_server(store) as server, AsyncExitStack() as stack:
            ann, bob = [
                await stack.enter_async_context(server.client(session, session)) for session in ("one", "two")
            ]
            for client in (ann, bob):
                await client.sync("1")
                await client.push(1, put("a"))
            await ask(ann, 1)
            await soon(ann)
            await ask(bob, 1)
            assert (await answer(bob))["reason"] == "busy"
            store.readable.set()
            assert (await answer(ann))["done"]
            await soon(ann)
            await ask(bob, 1)
            assert (await answer(bob))["done"]

    run(main())


def test_questions_that_come_too_fast_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """HIST-4"""
    monkeypatch.setattr(past, "EVERY_MS", 60_000)

    async def main() -> None:
        async with live_server() as server, server.client("ann") as ann:
            await ann.sync("1")
            assert await past_of(ann, 0) == []
            await ask(ann, 0)
            assert (await answer(ann))["reason"] == "busy"
            async with server.client("bob") as bob:
                await bob.sync("2")
                assert await past_of(bob, 0) == []

    run(main())


def test_pages_that_nobody_takes_cost_nothing_and_end(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """HIST-4, LIM-9: pages are made as they are read; then the connection is closed, not the session."""
    monkeypatch.setattr(outbox, "STALLED_SECONDS", 0.3)
    made: list[int] = []
    original = Past.pages

    def counted(self: Past, request: int, page_bytes: int) -> Iterator[RawPastPage]:
        for page in original(self, request, page_bytes):
            made.append(1)
            yield page

    monkeypatch.setattr(Past, "pages", counted)

    async def main() -> None:
        async with live_server(limits=Limits(page_bytes=64 * 1024)) as server, server.client("ann") as ann:
            await ann.sync("1")
            for number in range(1, 37):
                await ann.push(number, *(put(f"r{number}-{part}", text="x" * 8000) for part in range(100)))
            async with server.client("bob") as bob:
                await bob.send({"type": "sync:request", "client_id": "2"})
                while not (await bob.receive("sync:full_state")).get("done"):
                    pass
                await ask(bob, 36)
                bob.ws.transport.pause_reading()
                await until(lambda: "Closing the connection of bob (too_slow)" in caplog.text)
                assert 0 < len(made) < 360
                bob.ws.transport.resume_reading()
                assert (await bob.closed())[0] == 4430
            assert (await ann.push(37, put("last")))["result"] == "commit"

    run(main())
