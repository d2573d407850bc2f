"""A participant who is turned away, or gets little; the benchmarks themselves show the others."""

from __future__ import annotations

import asyncio

import pytest

from benchmarks import participant
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


def server_text(text: bytes) -> bytes:
    """A server's short text frame."""
    return bytes([0x81, len(text)]) + text


def test_the_last_of_what_came_is_confirmed_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """SYNC-11: even if nothing else comes, as in a session where somebody edits every few seconds."""
    monkeypatch.setattr(participant, "HAVE_EVERY_MS", 50)
    confirmed: asyncio.Queue[bytes] = asyncio.Queue()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 101 Switching Protocols\r\n\r\n")
        await reader.readuntil(b"sync:request")
        writer.write(server_text(b'{"done":true}'))
        await asyncio.sleep(0.01)
        for clock in (b"1", b"2"):
            writer.write(server_text(b'{"changes":[{"clock":%s,"ops":[]}]}' % clock))
            await asyncio.sleep(0.01)
        for _ in range(2):
            await reader.readuntil(b'"have","clock":')
            confirmed.put_nowait(await reader.readuntil(b"}"))
        writer.close()

    async def join() -> None:
        async with await asyncio.start_server(serve, "127.0.0.1", 0) as listening:
            one = Participant(7)
            await one.connect(Target("server", 0, listening.sockets[0].getsockname()[1], OURS))
            assert [await asyncio.wait_for(confirmed.get(), 20) for _ in range(2)] == [b"1}", b"2}"]
            one.close()

    asyncio.run(join())
