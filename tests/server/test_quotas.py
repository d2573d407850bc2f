"""Limits on stored data: LIM-18 of docs/protocol.md."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed

from optiverse_collab_server.quotas import MB, Quotas
from optiverse_collab_server.storage import SqliteStore, Store
from tests.helpers.aio import run
from tests.helpers.live_server import LiveServer, RawClient, live_server

LENS = {"op": "put", "id": "lens", "kind": "component", "props": {}}


def test_session_may_take_as_much_as_it_may() -> None:
    quotas = Quotas(session_bytes=2_500_000)
    assert quotas.refusal(2_500_000) is None
    assert "more than 2.5 MB" in str(quotas.refusal(2_500_001))
    assert Quotas() == Quotas(10_000, 1_000 * MB, 70 * MB, 2_000)
    assert Quotas(space_bytes=1_000 * MB).records_bytes == 960 * MB


def test_a_session_that_is_nearly_full_is_announced() -> None:
    quotas = Quotas(session_bytes=100 * MB)
    assert quotas.warning("lab", 80 * MB) == ""
    assert quotas.warning("lab", 81 * MB).startswith("Session lab takes 81 of at most 100 MB")


@asynccontextmanager
async def people_in(
    store: Store, quotas: Quotas, *sessions: str
) -> AsyncIterator[tuple[LiveServer, list[RawClient]]]:
    """A server, and one synchronised client in each of these sessions."""
    async with live_server(store, quotas=quotas) as server, AsyncExitStack() as stack:
        people = [
            await stack.enter_async_context(server.client(f"user {number}", session))
            for number, session in enumerate(sessions)
        ]
        for number, one in enumerate(people):
            await one.sync(f"client {number}")
        yield server, people


def test_no_more_sessions_are_begun_than_may_be(tmp_path: Path) -> None:
    """Existing sessions can be joined; a session that nobody changed gives its place to another."""

    async def refused(server: LiveServer, session: str) -> None:
        async with server.asking("cid", session) as cid:
            assert await cid.closed() == (4503, "server_full")

    async def main() -> None:
        async with people_in(SqliteStore(tmp_path), Quotas(sessions=2), "one", "two", "one") as (
            server,
            people,
        ):
            await refused(server, "three")
            for number, one in enumerate(people):
                ack = await one.push(1, {**LENS, "id": f"lens {number}"}) if number != 1 else {}
                assert ack.get("result", "commit") == "commit"
        async with people_in(SqliteStore(tmp_path), Quotas(sessions=2), "three", "one") as (server, _):
            await refused(server, "two")

    run(main())


def test_of_many_who_begin_sessions_at_once_as_many_do_as_may(tmp_path: Path) -> None:
    """They compete for the last places."""

    async def come(server: LiveServer, session: str, stack: AsyncExitStack) -> str | None:
        one = await stack.enter_async_context(server.asking("ann", session))
        try:
            await one.receive("connection:ack")
        except ConnectionClosed:
            return one.ws.close_reason
        return None

    async def main() -> None:
        quotas = Quotas(sessions=3)
        async with live_server(SqliteStore(tmp_path), quotas=quotas) as server, AsyncExitStack() as stack:
            ends = await asyncio.gather(*(come(server, f"lab {number}", stack) for number in range(10)))
        assert (ends.count(None), ends.count("server_full")) == (3, 7)

    run(main())


def test_session_that_takes_too_much_is_not_changed(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """It can be read, and the others continue. One warning; a higher limit allows changes again."""
    few, more = Quotas(session_bytes=20_000), Quotas(session_bytes=50_000)

    async def main() -> None:
        async with people_in(SqliteStore(tmp_path), few, "long", "short") as (_, [ann, bob]):
            changes = await fill(ann)
            assert 15 < changes < 30
            assert caplog.text.count("Session long takes") == 1
            assert (await bob.push(1, LENS))["result"] == "commit"
        async with people_in(SqliteStore(tmp_path), few, "long") as (_, [ann]):
            assert (await ann.sync("again"))["clock"] == changes
            refusal = await ann.push(1000, LENS)
            assert (refusal["result"], refusal["reason"]) == ("refused", "session_full")
            assert "more than 0.02 MB" in refusal["message"]
        async with people_in(SqliteStore(tmp_path), more, "long") as (_, [ann]):
            assert (await ann.push(1000, LENS))["result"] == "commit"

    run(main())


async def fill(client: RawClient) -> int:
    """Change a session until it is full; returns the number of changes."""
    for number in range(1, 100):
        ack = await client.push(number, {**LENS, "props": {"text": f"{number}" + "x" * 700}})
        if ack["result"] == "refused":
            assert ack["reason"] == "session_full"
            return number - 1
    raise AssertionError("it is never full")


def test_what_was_packed_meanwhile_counts_as_packed(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """LIM-18: the server measures a session again if it looks too large."""
    store = SqliteStore(tmp_path)

    async def small(session_id: str) -> int:
        return 5_000

    store.size = small  # type: ignore[method-assign]

    async def main() -> None:
        async with people_in(store, Quotas(session_bytes=20_000), "bench") as (_, [ann]):
            for number in range(1, 60):
                props = {"text": f"{number}" + "x" * 700}
                assert (await ann.push(number, {**LENS, "props": props}))["result"] == "commit"
            assert "takes" not in caplog.text

    run(main())


def test_sessions_have_the_memory_that_was_set() -> None:
    """LIM-16: a second session doesn't fit beside the first; with more memory it does."""

    long = {**LENS, "props": {"x": "y" * 5000}}

    async def reason(space_bytes: int) -> str | None:
        quotas = Quotas(space_bytes=space_bytes)
        async with live_server(quotas=quotas) as server, server.client("ann", "one") as ann:
            await ann.sync("a")
            await ann.push(1, long)
            async with server.client("bob", "other") as bob:
                await bob.sync("b")
                return (await bob.push(1, long)).get("reason")

    assert run(reason(9_000)) == "session_full"
    assert run(reason(18_000)) is None


def test_one_session_may_take_nearly_all_of_the_memory() -> None:
    """LIM-16: the server says in its first message how much."""

    async def main() -> None:
        quotas = Quotas(space_bytes=200_000)
        async with live_server(quotas=quotas) as server, server.client("ann") as ann:
            assert ann.ack["limits"]["session_bytes"] == 192_000
            await ann.sync("a")
            long = {**LENS, "props": {"x": "y" * 190_000}}
            assert (await ann.push(1, long)).get("reason") is None
            assert (await ann.push(2, {**long, "id": "more"}))["reason"] == "session_full"

    run(main())
