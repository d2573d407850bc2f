"""Servers that share a store share who may come in, as processes (OWN-11)."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from optiverse_collab.core.protocol.address import parse_address
from optiverse_collab_server.access.owner_link import FILE_NAME
from tests.helpers.aio import run
from tests.helpers.grants import device_of, invite, set_grant
from tests.helpers.live_server import LiveServer
from tests.helpers.nats_server import NatsServer, needs_nats
from tests.helpers.processes import run_python
from tests.helpers.server_process import ServerProcess

pytestmark = [needs_nats, pytest.mark.own_store]

OPTIONS = ("--replicas", "1", "--auth", "local", "--node")
INVITE = ("-m", "optiverse_collab_server", "invite", "lab", "--role", "viewer", "--data")


def test_invites_are_valid_on_all_servers(tmp_path: Path) -> None:
    """OWN-11: of owners and of the command; whoever is removed on one server is removed on all."""

    async def main(first: ServerProcess, second: ServerProcess) -> None:
        here, there = LiveServer(first.port), LiveServer(second.port)
        owner = parse_address((tmp_path / "a" / FILE_NAME).read_text("utf-8")).token
        async with (
            here.client("Olga", "lab", token=owner) as olga,
            there.client("Sue", "other", token=owner) as sue,
        ):
            await olga.sync("olga")
            await olga.push(1, {"op": "put", "id": "lens", "kind": "component", "props": {}})
            ended = await asyncio.to_thread(run_python, *INVITE, str(tmp_path / "b"))
            viewer = parse_address(ended.output.strip()).token
            for token in (await invite(olga, "editor"), viewer):
                async with there.asking("Gil", "lab", token=token) as gil:
                    assert (await gil.closed())[0] == 1001  # he may come in, and is led to the owner
            async with here.client("Gil", "lab", token=viewer) as gil:
                assert gil.ack["role"] == "viewer"
            await set_grant(olga, await device_of(olga, "Sue"), role="none")
            assert await sue.closed() == (4403, "removed")

    with NatsServer(tmp_path / "nats") as nats:
        options = ("--store", nats.address, *OPTIONS)
        with ServerProcess(tmp_path / "a", *options, "a") as first:
            first.until_says("The owner's link is in")
            with ServerProcess(tmp_path / "b", *options, "b") as second:
                run(main(first, second))
