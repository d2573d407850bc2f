"""A closed connection leaves nothing for the garbage collector: LIM-16."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest

from optiverse_collab.core.server.history import History
from optiverse_collab_server.connection import Connection
from optiverse_collab_server.garbage import Garbage
from optiverse_collab_server.heard import HeardConnection
from tests.helpers.aio import run, until
from tests.helpers.grants import Guarded, play
from tests.helpers.knocks import answer, heard, knock_link, knocking
from tests.helpers.live_server import LiveServer, RawClient, live_server

End = Callable[[LiveServer, RawClient], Awaitable[None]]


@pytest.fixture(autouse=True)
def nothing_is_collected(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Objects are freed only because nothing refers to them."""
    monkeypatch.setattr(Garbage, "look", lambda self: False)
    gc.collect()
    yield
    gc.collect()


async def goodbye(server: LiveServer, client: RawClient) -> None:
    """The client closes properly."""
    await client.ws.close()


async def reset(server: LiveServer, client: RawClient) -> None:
    """The line breaks while much data is queued for the client."""
    client.ws.transport.pause_reading()
    for _ in range(20):
        await client.send({"type": "sync:request", "client_id": "x"})
    await asyncio.sleep(0.1)
    client.ws.transport.abort()


async def broken_frame(server: LiveServer, client: RawClient) -> None:
    """The client sends an invalid frame."""
    client.ws.transport.write(b"\xff\xff\xff")


async def bad_messages(server: LiveServer, client: RawClient) -> None:
    """The client sends bad messages until the server closes."""
    for number in range(40):
        state = {"a": 2**70 + number}
        await client.send({"type": "presence", "state": state} if number % 2 else "{")
    await client.closed()


async def half_open(server: LiveServer, client: RawClient) -> None:
    """Another client connects, and never asks for a WebSocket."""
    await client.ws.close()
    _, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(b"GET /ws/a/b HTTP/1.1\r\nHost: x\r\n")
    await asyncio.sleep(0.05)
    writer.transport.abort()


@pytest.mark.parametrize("end", [goodbye, reset, broken_frame, bad_messages, half_open])
def test_nothing_is_left_of_a_connection(end: End) -> None:
    """However it ended, the connection is freed, and its session frees the bench."""

    async def main() -> None:
        async with live_server() as server:
            async with server.client("ann") as ann:
                await ann.sync("1")
                for number in range(1, 20):
                    props = {"text": "x" * 50_000}
                    await ann.push(number, {"op": "put", "id": f"{number}", "kind": "k", "props": props})
                assert _alive() == 3
                await end(server, ann)
            await until(lambda: not _alive())

    run(main())


async def leave(owner: RawClient, guest: RawClient) -> None:
    """The guest gives up."""
    await guest.ws.close()


async def send_away(owner: RawClient, guest: RawClient) -> None:
    """The owner says no."""
    await answer(owner, await heard(owner), admitted=False)
    await guest.closed()


async def let_in(owner: RawClient, guest: RawClient) -> None:
    """The owner says yes, and the guest leaves the session."""
    await answer(owner, await heard(owner), admitted=True)
    await guest.receive("connection:ack")


async def say_too_much(owner: RawClient, guest: RawClient) -> None:
    """The guest sends more than pings."""
    for _ in range(40):
        await guest.send("{")
    await guest.closed()


@pytest.mark.parametrize("end", [leave, send_away, let_in, say_too_much])
def test_nothing_is_left_of_a_guest_who_waited(
    tmp_path: Path, end: Callable[[RawClient, RawClient], Awaitable[None]]
) -> None:
    """ACC-12."""

    async def go(server: Guarded, owner: RawClient) -> None:
        token, before = await knock_link(owner), _alive()
        async with knocking(server, token) as guest:
            assert _alive() == before + 2
            await end(owner, guest)
        await until(lambda: _alive() == before)

    play(tmp_path, go)


def _alive() -> int:
    """The number of live connections, and of histories that hold something."""
    return sum(
        type(one) in (HeardConnection, Connection) or (type(one) is History and bool(one.document.records))
        for one in gc.get_objects()
    )
