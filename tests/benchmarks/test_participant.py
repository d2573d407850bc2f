"""A participant who is turned away; the benchmarks themselves show the others."""

from __future__ import annotations

import asyncio

import pytest

from benchmarks.dialects import OURS
from benchmarks.participant import Participant
from benchmarks.targets import Target

FULL = b"\x88\x0d\x11\x97server_full"
"""A frame that ends a connection, with code 4503."""


@pytest.mark.parametrize(("frame", "why"), [(FULL, "4503 server_full"), (b"", "no reason")])
def test_a_participant_who_is_turned_away_says_why(frame: bytes, why: str) -> None:
    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 101 Switching Protocols\r\n\r\n" + frame)
        await writer.drain()
        writer.close()

    async def join() -> None:
        async with await asyncio.start_server(refuse, "127.0.0.1", 0) as listening:
            port = listening.sockets[0].getsockname()[1]
            with pytest.raises(RuntimeError, match=f"^Participant 7 was turned away: {why}$"):
                await Participant(7).connect(Target("server", 0, port, OURS))

    asyncio.run(join())
