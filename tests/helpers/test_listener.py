"""A listener leaves no connection open."""

from __future__ import annotations

import asyncio
import contextlib
import socket

import pytest

from tests.helpers.aio import DEADLINE_S, run
from tests.helpers.listener import listening


@pytest.mark.parametrize("rounds", range(5))
def test_what_arrives_while_it_ends_is_closed(rounds: int) -> None:
    """Whether it was accepted a moment before, or not yet."""
    clients: list[socket.socket] = []

    async def hold(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.Event().wait()

    async def main() -> None:
        async with listening(hold) as port:
            clients.extend(socket.create_connection(("127.0.0.1", port), DEADLINE_S) for _ in range(3))
            for _ in range(rounds):
                await asyncio.sleep(0)

    run(main())
    for client in clients:
        with client, contextlib.suppress(ConnectionResetError):
            assert client.recv(1) == b""
