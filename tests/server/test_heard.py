"""What counts as hearing from a peer: HB-2 of docs/protocol.md."""

from __future__ import annotations

import asyncio

from tests.helpers.aio import run
from tests.helpers.live_server import live_server


def test_part_of_a_message_is_a_sign_of_life() -> None:
    """HB-2: a long message on a slow line, byte by byte, for longer than a peer may be silent."""

    async def main() -> None:
        async with live_server(silence_seconds=0.6) as server, server.client("ann") as ann:
            wire = memoryview(_frame(b'{"type":"ping"}' + b" " * 60))
            for place in range(len(wire)):
                ann.ws.transport.write(bytes(wire[place : place + 1]))
                await asyncio.sleep(0.02)
            await ann.receive("pong")
            assert await ann.closed() == (4408, "silent")

    run(main())


def _frame(payload: bytes) -> bytes:
    """A short text message of a client's, masked with zeros."""
    return bytes((0x81, 0x80 | len(payload), 0, 0, 0, 0)) + payload
