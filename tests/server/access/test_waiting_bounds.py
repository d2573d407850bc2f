"""How many guests wait, for how long, and what they may send: ACC-12 to ACC-14 of docs/protocol.md."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from websockets.asyncio.client import connect

from optiverse_collab.core.protocol.access import WAITING
from optiverse_collab.core.protocol.messages import SUBPROTOCOL
from optiverse_collab_server.access import tries, waiting
from optiverse_collab_server.rate import Quota
from tests.helpers.aio import until
from tests.helpers.grants import (
    Guarded,
    play,
    refused,
)
from tests.helpers.knocks import knock_link, knocking
from tests.helpers.live_server import RawClient


def test_few_wait_and_not_for_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """ACC-12, ACC-13: at most 20 per session and 100 per server, for 10 minutes."""
    assert (WAITING, waiting.IN_ALL, waiting.PATIENCE_S) == (20, 100, 600.0)
    monkeypatch.setattr(waiting, "WAITING", 2)
    monkeypatch.setattr(waiting, "IN_ALL", 3)

    async def go(server: Guarded, owner: RawClient) -> None:
        token = await knock_link(owner)
        async with server.client("olga", "other", token=server.owner_token) as there:
            elsewhere = await knock_link(there)
            async with knocking(server, token, "a"), knocking(server, token, "b"):
                assert await refused(server, token) == (4503, "session_full")
                async with knocking(server, elsewhere, "c", "other"):
                    assert await refused(server, elsewhere, "other") == (4503, "server_full")
        monkeypatch.setattr(waiting, "PATIENCE_S", 0.1)
        async with knocking(server, token) as guest:
            assert await guest.closed() == (4403, "unanswered")
        monkeypatch.setattr(waiting, "PATIENCE_S", 600.0)
        async with knocking(server, token) as guest:
            server.entrance.waiting.look(silence_s=-1.0)
            assert await guest.closed() == (4408, "silent")

    play(tmp_path, go)


def test_one_address_does_not_take_all_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """ACC-13: unless the address may be a proxy on the server's machine, which stands for everybody."""
    monkeypatch.setattr(waiting, "OF_ONE", 1)

    async def go(server: Guarded, owner: RawClient) -> None:
        token = await knock_link(owner)
        async with knocking(server, token, "a"), knocking(server, token, "b"):
            monkeypatch.setattr(waiting, "is_own", lambda address: False)
            assert await refused(server, token) == (4503, "server_full")

    play(tmp_path, go)


def test_a_guest_may_only_ping(tmp_path: Path) -> None:
    """ACC-12, LIM-10."""

    async def go(server: Guarded, owner: RawClient) -> None:
        token = await knock_link(owner)
        async with knocking(server, token) as guest:
            await guest.send({"type": "sync:request", "client_id": "g"})
            error = await guest.receive()
            assert (error["type"], error["reason"]) == ("error", "not_allowed")
            for _ in range(19):
                await guest.send("garbage")
            assert await guest.closed() == (4400, "bad_messages")
        async with knocking(server, token) as guest:
            await guest.send(b"binary")
            assert await guest.closed() == (1003, "binary")
        await until(lambda: not server.entrance.waiting._guests)

    play(tmp_path, go)


def test_a_client_that_can_not_wait_hears_so(tmp_path: Path) -> None:
    """ACC-12: an older client would mistake this server for another program."""

    async def go(server: Guarded, owner: RawClient) -> None:
        headers = {"Authorization": f"Bearer {await knock_link(owner)}"}
        path = f"{server.url}/ws/default/ana"
        async with connect(path, subprotocols=[SUBPROTOCOL], additional_headers=headers) as ws:  # type: ignore[list-item]
            assert await RawClient(ws).closed() == (4403, "cannot_wait")

    play(tmp_path, go)


def test_each_knock_is_a_try(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """ACC-10, ACC-14: one guest who keeps knocking does not keep the owners busy."""
    monkeypatch.setattr(tries, "FAILED", Quota(2, 1.0))

    async def go(server: Guarded, owner: RawClient) -> None:
        token, times = await knock_link(owner), []
        for _ in range(3):
            began = asyncio.get_running_loop().time()
            async with knocking(server, token):
                times.append(asyncio.get_running_loop().time() - began)
        assert times[2] > 0.5
        async with server.client("olaf", token=server.owner_token):
            pass

    play(tmp_path, go)
