"""Signs of life from a peer, and the limits on frames beside messages: HB-2 and LIM-14."""

from __future__ import annotations

import asyncio

import pytest

from optiverse_collab_server import heard
from tests.helpers.aio import run
from tests.helpers.live_server import RawClient, live_server, short_frame

REQUEST = (
    b"GET /ws/default/ann HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n"
    b"Sec-WebSocket-Protocol: optiverse-collab.v3\r\n\r\n"
)
TEXT, PING, PART, LAST = 0x01, 0x89, 0x00, 0x80


def test_part_of_a_message_is_a_sign_of_life() -> None:
    """HB-2: a long message on a slow line, byte by byte, for longer than a peer may be silent."""

    async def main() -> None:
        async with live_server(silence_seconds=0.6) as server, server.client("ann") as ann:
            wire = memoryview(short_frame(TEXT | LAST, b'{"type":"ping"}' + b" " * 60))
            for place in range(len(wire)):
                ann.ws.transport.write(bytes(wire[place : place + 1]))
                await asyncio.sleep(0.02)
            await ann.receive("pong")
            assert await ann.closed() == (4408, "silent")

    run(main())


@pytest.mark.parametrize("cut", [0, 1, 5, 21])
def test_message_may_begin_in_the_packet_of_the_request(cut: int) -> None:
    """LIM-10: and the next one is read, too."""

    async def main() -> None:
        async with live_server() as server:
            reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
            first, second = (
                short_frame(TEXT | LAST, b'{"type":"ping","user_id":"%b"}' % id) for id in (b"1", b"2")
            )
            writer.write(REQUEST + first[:cut])
            await reader.readuntil(b"connection:ack")
            for packet in (first[cut:], second):
                writer.write(packet)
                await reader.readuntil(b'"type":"pong"')
            writer.close()
            await writer.wait_closed()

    run(main())


def test_rest_of_a_message_is_not_taken_for_one() -> None:
    """LIM-10: it looks like one; but the message, whose head came with the request, is not UTF-8."""

    async def main() -> None:
        async with live_server() as server:
            reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
            rest = short_frame(TEXT | LAST, b'{"type":"ping"}')
            message = short_frame(TEXT | LAST, rest)
            writer.write(REQUEST + message.removesuffix(rest))
            await reader.readuntil(b"connection:ack")
            writer.write(rest)
            assert b"pong" not in await reader.read()
            writer.close()
            await writer.wait_closed()

    run(main())


@pytest.mark.parametrize(
    ("frame", "first"), [(PING, b""), (PART, b"\x01\x80\x00\x00\x00\x00")], ids=["pings", "parts"]
)
def test_frames_without_end_are_cut(frame: int, first: bytes, caplog: pytest.LogCaptureFixture) -> None:
    """LIM-14: and nobody else notices."""

    async def main() -> None:
        async with live_server() as server, server.client("bob") as bob:
            async with server.client("mallory") as mallory:
                mallory.ws.transport.write(first + short_frame(frame, b"") * 1500)
                await _is_cut(mallory)
            await bob.send({"type": "ping"})
            await bob.receive("pong")
        assert "sends WebSocket pings, or parts of messages, without end" in caplog.text

    run(main())


def test_some_pings_are_answered() -> None:
    """LIM-14: a proxy may send them."""

    async def main() -> None:
        async with live_server() as server, server.client("ann") as ann:
            for _ in range(20):
                await (await ann.ws.ping())

    run(main())


def test_answers_that_are_not_read_are_bounded(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """LIM-14"""
    monkeypatch.setattr(heard, "UNREAD_BYTES", 1000)

    async def main() -> None:
        async with live_server() as server, server.client("mallory") as mallory:
            mallory.ws.transport.pause_reading()
            for _ in range(100):
                mallory.ws.transport.write(short_frame(PING, b"x" * 125) * 400)
                await asyncio.sleep(0.01)
                if "does not read the answers" in caplog.text:
                    break
            mallory.ws.transport.resume_reading()
            await _is_cut(mallory)
        assert "does not read the answers to its WebSocket pings" in caplog.text

    monkeypatch.setattr(heard, "TokenBucket", lambda now, quota: _NoLimit())
    run(main())


class _NoLimit:
    def take(self, now: float) -> float:
        return 0.0


async def _is_cut(client: RawClient) -> None:
    code, _ = await client.closed()
    assert code == 1006, "without a goodbye"
