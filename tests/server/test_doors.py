"""The limits on the number of connections: LIM-15."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from optiverse_collab_server import serving
from optiverse_collab_server.doors import Bounds, Doors, is_loopback
from optiverse_collab_server.quotas import Quotas
from tests.helpers.aio import run
from tests.helpers.live_server import live_server


class Someone:
    """A connection.

    Attributes:
        cuts: the reasons why it was cut.
    """

    def __init__(self) -> None:
        self.cuts: list[str] = []

    def cut(self, why: str) -> None:
        """Record the reason."""
        self.cuts.append(why)


def enter(doors: Doors, address: str) -> tuple[Someone, str]:
    """Let a connection arrive from an address and ask; returns it, and why it is refused."""
    someone = Someone()
    doors.opened(someone, address)
    return someone, doors.asked(someone)


def test_one_address_may_not_take_all_places() -> None:
    """LIM-15"""
    doors = Doors(Bounds(all=10, of_one=2))
    first, _ = enter(doors, "192.0.2.1")
    assert enter(doors, "192.0.2.1")[1] == ""
    assert "2 connections come from 192.0.2.1" in enter(doors, "192.0.2.1")[1]
    assert enter(doors, "192.0.2.2")[1] == ""
    doors.closed(first)
    doors.closed(first)
    assert "2 connections" in enter(doors, "192.0.2.1")[1], "a refused connection counts until it is gone"


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "127.1.2.3"])
def test_proxies_bring_many(address: str) -> None:
    """LIM-15"""
    doors = Doors(Bounds(of_one=1))
    assert [enter(doors, address)[1] for _ in range(5)] == [""] * 5


def test_names_of_sockets_are_addresses_too() -> None:
    """LIM-15"""
    doors = Doors(Bounds(of_one=1))
    assert enter(doors, "")[1] == ""
    assert "that is the limit" in enter(doors, "")[1]


def test_there_is_a_limit_for_all() -> None:
    """LIM-15"""
    doors = Doors(Bounds(all=3))
    people = [enter(doors, f"192.0.2.{number}") for number in range(4)]
    assert [bool(why) for _, why in people] == [False, False, False, True]
    doors.closed(people[0][0])
    doors.closed(people[3][0])
    assert enter(doors, "192.0.2.9")[1] == ""


def test_the_slowest_to_ask_is_cut() -> None:
    """LIM-15: so connections that ask for nothing can't keep others out."""
    doors = Doors(Bounds(unfinished=2))
    slow = [Someone() for _ in range(4)]
    for someone in slow[:2]:
        doors.opened(someone, "192.0.2.1")
    doors.asked(slow[0])
    for someone in slow[2:]:
        doors.opened(someone, "192.0.2.1")
    assert [len(someone.cuts) for someone in slow] == [0, 1, 0, 0]
    doors.cut_unfinished()
    assert [len(someone.cuts) for someone in slow] == [0, 1, 1, 1]


def test_who_is_one_too_many_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """LIM-15: over sockets; HTTP 503 makes clients try again."""
    monkeypatch.setattr(serving, "Doors", lambda bounds: Doors(bounds._replace(unfinished=1)))

    async def main() -> None:
        async with live_server(quotas=Quotas(connections=2)) as server, AsyncExitStack() as stack:
            for name in ("ann", "bob"):
                await stack.enter_async_context(server.client(name))
            with pytest.raises(InvalidStatus) as refusal:
                await connect(f"{server.url}/ws/lab/eve")
            assert refusal.value.response.status_code == 503
            assert refusal.value.response.body.decode().startswith("The server has 2 connections")
            reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
            writer.write(b"GET /ws/lab/")
            await writer.drain()
            _, other = await asyncio.open_connection("127.0.0.1", server.port)
            assert await reader.read() == b""
            writer.close()
            other.close()

    run(main())


@pytest.mark.parametrize(
    ("host", "loopback"),
    [("127.0.0.1", True), ("::1", True), ("localhost", True), ("0.0.0.0", False), ("lab-pc", False)],
)
def test_loopback_is_this_machine_alone(host: str, loopback: bool) -> None:
    assert is_loopback(host) is loopback
