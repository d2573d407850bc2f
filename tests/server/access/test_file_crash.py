"""Grants after a crash: ACC-11 of docs/protocol.md."""

from __future__ import annotations

import asyncio
import random
from contextlib import closing
from pathlib import Path

from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from optiverse_collab.core.protocol.access import GrantKind
from optiverse_collab.core.protocol.address import parse_address
from optiverse_collab_server.access.file import AccessFile
from tests.helpers.aio import run
from tests.helpers.live_server import LiveServer, RawClient
from tests.helpers.server_process import ServerProcess

GUESTS = 12


async def guest(url: str, token: str, devices: list[str]) -> None:
    """Join with an invite, while the server may die."""
    try:
        async with connect(url, additional_headers={"Authorization": f"Bearer {token}"}) as ws:
            devices.append((await RawClient(ws).receive("connection:ack"))["token"])
    except (ConnectionClosed, InvalidHandshake, OSError):
        pass


async def come_until_it_dies(server: ServerProcess, token: str, seconds: float) -> list[str]:
    """Many guests join at once, interrupted by ``kill -9``; returns the announced devices."""
    devices: list[str] = []
    url = f"{server.url}/ws/default/guest"
    guests = [asyncio.create_task(guest(url, token, devices)) for _ in range(GUESTS)]
    await asyncio.sleep(seconds)
    await asyncio.to_thread(server.kill)
    await asyncio.gather(*guests)
    return devices


def test_who_was_told_of_a_device_has_it_after_a_crash(tmp_path: Path) -> None:
    """ACC-11: and every counted use made a device."""
    chance = random.Random(7)
    told = 0
    with ServerProcess(tmp_path, "--auth", "local") as server:
        server.until_says("The owner's link is in")
        owner_token = parse_address((tmp_path / "owner-link").read_text()).token
        assert owner_token is not None

        async def come_back(tokens: list[str]) -> None:
            for token in tokens:
                async with LiveServer(server.port).client("guest", token=token) as client:
                    assert client.ack.get("role", "owner") == "owner"

        async def invite() -> tuple[str, str]:
            async with LiveServer(server.port).client("olga", token=owner_token) as owner:
                await owner.send({"type": "access:invite", "request": 1, "role": "owner", "uses": GUESTS})
                made = await owner.receive("access:invited")
                return made["token"], made["grant"]["id"]

        for _ in range(5):
            token, id = run(invite())
            devices = run(come_until_it_dies(server, token, chance.uniform(0.0, 0.15)))
            with closing(AccessFile(tmp_path)) as file:
                grants = {one.id: one for one in file.load()}
            made = [one for one in grants.values() if one.invite == id]
            assert all(one.kind is GrantKind.DEVICE for one in made)
            assert grants[id].uses == GUESTS - len(made)
            assert len(devices) <= len(made)
            told += len(devices)
            server.start()
            run(come_back(devices))
    assert told > 0
