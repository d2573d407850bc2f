"""The memory that all connections hold together: LIM-17 of docs/protocol.md."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

import pytest

from optiverse_collab_server import app
from optiverse_collab_server.heard import HeardConnection
from optiverse_collab_server.held import Held
from tests.helpers.aio import run, until
from tests.helpers.live_server import RawClient, live_server


class Holder:
    """A connection that holds this many bytes until it is closed."""

    def __init__(self, held: Held, size: int) -> None:
        self.held_bytes = size
        held.join(self)

    def give_up_for_others(self) -> None:
        self.held_bytes = 0


def test_whoever_holds_most_is_closed_first() -> None:
    held = Held(most=100, look_every=10)
    holders = [Holder(held, size) for size in (10, 60, 30, 50)]
    assert held.look() == 90
    assert [holder.held_bytes for holder in holders] == [10, 0, 30, 50]
    held.leave(holders[3])
    held.leave(holders[3])
    assert held.look() == 40


def test_connections_are_asked_when_it_could_be_too_much() -> None:
    """At most once per block of bytes: asking thousands of connections takes time."""
    held = Held(most=100, look_every=20)
    first, second = Holder(held, 0), Holder(held, 0)

    def add(size: int) -> None:
        first.held_bytes += size
        held.add(size)

    for _ in range(10):
        add(10)
    assert first.held_bytes == 100
    first.held_bytes = 95
    add(6)  # 101 held, and 106 added: it is asked
    assert (first.held_bytes, second.held_bytes) == (0, 0)
    first.held_bytes = 99
    add(19)
    assert first.held_bytes == 118
    add(1)
    assert first.held_bytes == 119  # the next question comes after 20 more bytes, and over 100 in all
    second.held_bytes = 1
    for _ in range(9):
        held.add(10)
    assert (first.held_bytes, second.held_bytes) == (0, 1)


def test_unfinished_messages_of_many_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """LIM-17: each is within the limit of a message; the longest go first, and nobody else is hurt."""
    monkeypatch.setattr(app, "Held", lambda: Held(3_000_000, 100_000))
    header = b"\x81\xff" + (1_000_000).to_bytes(8, "big") + bytes(4)

    async def main() -> None:
        async with live_server() as server, AsyncExitStack() as stack:
            ann, bob, *mallories = [
                await stack.enter_async_context(server.client(f"user {number}", close_timeout=0.1))
                for number in range(10)
            ]
            await ann.sync("a")
            await bob.sync("b")
            for mallory in mallories:
                mallory.ws.transport.write(header + b"x" * 800_000)
            closed = [await next_closed(mallories) for _ in range(5)]
            assert {code for code, _ in closed} == {4430}
            await ann.push(1, {"op": "put", "id": "lens", "kind": "component", "props": {}})
            assert (await bob.receive("patch"))["changes"]

    run(main())


async def next_closed(clients: list[RawClient]) -> tuple[int | None, str | None]:
    """Wait until one of these clients is closed, drop it from the set, and return how it was closed."""
    waiting = {asyncio.create_task(client.closed()): client for client in clients}
    done, others = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    for other in others:
        other.cancel()
    first = done.pop()
    clients.remove(waiting[first])
    return first.result()


def test_what_was_read_and_not_taken_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """LIM-17: in parts or whole, with pings in between, of any length; at the end nothing is left."""
    made: list[HeardConnection] = []
    took = HeardConnection.took_message

    def noted(self: HeardConnection) -> None:
        took(self)
        made.append(self)

    monkeypatch.setattr(HeardConnection, "took_message", noted)

    async def main() -> None:
        async with live_server() as server, server.client("ann", close_timeout=0.1) as ann:
            await ann.sync("ä" * 40)
            await ann.push(1, {"op": "put", "id": "lens", "kind": "component", "props": {"x": "x" * 70_000}})
            await ann.ws.send(iter(['{"type":', '"ping", "x": "', "y" * 300, '"}']))
            await ann.receive("pong")
            await (await ann.ws.ping(b"x" * 100))
            assert {connection.ahead for connection in made} == {0}
            ann.ws.transport.write(b"\x81\xfe" + (200).to_bytes(2, "big") + bytes(4) + b"x" * 100)
            await until(lambda: made[0].ahead >= 108)
            assert made[0].ahead == 108

    run(main())
