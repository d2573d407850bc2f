"""Peers that don't behave as standbys do: STAND-1, STAND-2 of docs/protocol.md."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from optiverse_collab_server.standby import reception
from optiverse_collab_server.standby.messages import (
    PATH,
    PROTOCOL,
    Alive,
    Durable,
    FromPrimary,
    Hello,
    Positions,
    TurnedAway,
    Welcome,
    decode_from_primary,
    encode,
)
from optiverse_collab_server.standby.standing import State
from tests.helpers.aio import run, until
from tests.helpers.live_server import LiveServer
from tests.helpers.standby import member


@contextlib.asynccontextmanager
async def following(server: LiveServer, *messages: Any) -> AsyncIterator[ClientConnection]:
    """Connect as a standby does, and send these."""
    async with connect(server.url + PATH, subprotocols=[Subprotocol(PROTOCOL)]) as ws:
        for message in messages:
            await ws.send(message if isinstance(message, (str, bytes)) else encode(message))
        yield ws


async def heard(ws: ClientConnection) -> list[FromPrimary]:
    """Everything up to the end of the connection."""
    found: list[FromPrimary] = []
    with contextlib.suppress(ConnectionClosed):
        while True:
            data = await ws.recv(decode=False)
            found.append(decode_from_primary(data))
    return found


@pytest.mark.parametrize(
    ("messages", "why"),
    [
        ([b"nonsense"], "Expected `object`"),
        (["{}"], "standby at"),
        ([Alive()], "it sent Alive, which is not expected there"),
        ([Hello(1), Hello(1)], "it sent Hello, which is not expected there"),
        ([Hello(1), Positions({}, True), Hello(1)], "it sent Hello, which is not expected there"),
        ([Hello(1)], "it was silent for too long"),
    ],
)
def test_whoever_speaks_otherwise_is_cut(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    messages: list[Any],
    why: str,
) -> None:
    """STAND-2"""
    monkeypatch.setattr(reception, "SILENT_SECONDS", 0.2)

    async def main() -> None:
        async with member(tmp_path) as server, following(server, *messages) as ws:
            await heard(ws)
            await until(lambda: "The connection of the standby at" in caplog.text)
            assert server.service.followers.count == 0

    run(main())
    assert why in caplog.text


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("", ""),
        ("ws://second:1", "ws://second:1"),
        (f"wss://second:1#pin={'p' * 43}", f"wss://second:1#pin={'p' * 43}"),
        ("ws://second:1/ws/lab", ""),
        (f"wss://second:1#t={'t' * 22}", ""),
        ("ws://second:1\n", ""),
        ("nonsense:", ""),
    ],
)
def test_only_an_address_is_passed_on(tmp_path: Path, said: str, kept: str) -> None:
    """STAND-9, STAND-11: of a server that has taken over, in this case."""

    async def main() -> None:
        async with member(tmp_path) as server, following(server, Hello(2, said)) as ws:
            await heard(ws)
            await until(lambda: server.service.post.standing.state is State.DEPOSED)
            assert server.service.post.standing.other == kept

    run(main())


def test_only_few_may_follow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """STAND-1: one that has not said yet what it has counts, too."""
    monkeypatch.setattr(reception, "STANDBYS", 1)

    async def main() -> None:
        async with member(tmp_path) as server:
            async with following(server, Hello(1)) as ws:
                assert isinstance(decode_from_primary(await ws.recv(decode=False)), Welcome)
                async with following(server, Hello(1)) as late:
                    assert await heard(late) == [TurnedAway(1, "it has 1 standbys already")]
            await until(lambda: not server.service.reception._open)
            first = [Hello(1), Positions({}, False), Alive(), Positions({}, True), Durable("unknown", 7)]
            async with following(server, *first) as ws:
                assert isinstance(decode_from_primary(await ws.recv(decode=False)), Welcome)
                await until(lambda: server.service.followers.count == 1)
                assert server.service.followers._confirmed == {}
            await until(lambda: server.service.followers.count == 0)

    run(main())


def test_a_stopping_server_lets_its_standbys_go(tmp_path: Path) -> None:
    """STAND-2, CLOSE-3"""

    async def main() -> None:
        async with contextlib.AsyncExitStack() as stack:
            async with member(tmp_path) as server:
                ws = await stack.enter_async_context(following(server, Hello(1), Positions({}, True)))
                await until(lambda: server.service.followers.count == 1)
                ending = asyncio.create_task(heard(ws))
            await ending
            assert ws.close_code == 1001

    run(main())


def test_both_ends_say_that_they_live(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """STAND-2"""
    monkeypatch.setattr(reception, "ALIVE_SECONDS", 0.01)

    async def main() -> None:
        async with member(tmp_path) as server, following(server, Hello(1), Positions({}, True)) as ws:
            while not isinstance(decode_from_primary(await ws.recv(decode=False)), Alive):
                pass

    run(main())
