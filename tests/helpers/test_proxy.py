"""The faulty network does what it is set to, and keeps the bytes and their order."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from tests.helpers.aio import run, until
from tests.helpers.listener import listening
from tests.helpers.proxy import Proxy, proxy

Ends = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@asynccontextmanager
async def connected() -> AsyncIterator[tuple[Proxy, Ends, Ends]]:
    """The network, and both ends of a connection through it: the client's and the server's."""
    accepted: asyncio.Queue[Ends] = asyncio.Queue()

    async def hold(*ends: Any) -> None:
        accepted.put_nowait(ends)
        await asyncio.Event().wait()

    async with listening(hold) as port, proxy(port) as network:
        client = await asyncio.open_connection("127.0.0.1", int(network.url.rpartition(":")[2]))
        peer = await accepted.get()
        client[1].write(b"?")
        assert await peer[0].readexactly(1) == b"?"
        network.to_server.carried = 0
        yield network, client, peer
        client[1].close()


def with_connection(work: Callable[[Proxy, Ends, Ends], Awaitable[None]]) -> None:
    async def main() -> None:
        async with connected() as (network, client, peer):
            await work(network, client, peer)

    run(main())


def test_bytes_arrive_in_order_late_and_in_pieces() -> None:
    async def work(network: Proxy, client: Ends, peer: Ends) -> None:
        network.to_server.delay_s, network.to_server.jitter_s = 0.05, 0.05
        network.to_server.piece_bytes = 3
        sent = b"".join(b"%6d" % number for number in range(200))
        for start in range(0, len(sent), 100):
            client[1].write(sent[start : start + 100])
            await client[1].drain()
            await asyncio.sleep(0)
        assert await peer[0].readexactly(len(sent)) == sent
        assert network.to_server.carried == len(sent)

    with_connection(work)


def test_delay_and_rate_take_at_least_their_time() -> None:
    async def work(network: Proxy, client: Ends, peer: Ends) -> None:
        network.to_client.delay_s, network.to_client.bytes_per_s = 0.1, 20_000
        begun = time.monotonic()
        peer[1].write(bytes(4_000))
        await client[0].readexactly(4_000)
        assert time.monotonic() - begun >= 0.3

    with_connection(work)


def test_one_direction_is_silent_and_loses_nothing() -> None:
    async def work(network: Proxy, client: Ends, peer: Ends) -> None:
        network.to_server.flowing.clear()
        client[1].write(b"question")
        peer[1].write(b"other")
        assert await client[0].readexactly(5) == b"other"
        await until(lambda: network.to_server.carried == 8)
        assert not peer[0].at_eof()
        network.resume()
        assert await peer[0].readexactly(8) == b"question"

    with_connection(work)


def test_sender_waits_once_the_network_is_full() -> None:
    async def work(network: Proxy, client: Ends, peer: Ends) -> None:
        network.to_server.flowing.clear()
        network.to_server.held_bytes = 1000
        client[1].write(bytes(2**20))
        await until(lambda: network.to_server.carried > 1000)
        await asyncio.sleep(0.05)
        assert network.to_server.carried < 2**18
        network.resume()
        assert len(await peer[0].readexactly(2**20)) == 2**20

    with_connection(work)


@pytest.mark.parametrize("reset", [True, False])
def test_cut_ends_both_sides_as_asked(reset: bool) -> None:
    async def work(network: Proxy, client: Ends, peer: Ends) -> None:
        network.cut(reset)
        for reader, _ in (client, peer):
            if reset:
                with pytest.raises(ConnectionResetError):
                    await reader.read()
            else:
                assert await reader.read() == b""

    with_connection(work)


def test_forgotten_connection_is_reset_when_somebody_sends() -> None:
    async def work(network: Proxy, client: Ends, peer: Ends) -> None:
        network.forget()
        client[1].write(b"hello")
        with pytest.raises(ConnectionResetError):
            await client[0].read()

    with_connection(work)


def test_end_of_a_connection_can_be_late() -> None:
    async def work(network: Proxy, client: Ends, peer: Ends) -> None:
        network.to_client.close_delay_s = 0.2
        begun = time.monotonic()
        peer[1].write(b"bye")
        peer[1].close()
        assert await client[0].read() == b"bye"
        assert time.monotonic() - begun >= 0.2

    with_connection(work)


@pytest.mark.parametrize("answer", [None, b"", b"HTTP/1.1 511 Network Authentication Required\r\n\r\n"])
def test_new_connection_is_turned_away(answer: bytes | None) -> None:
    async def work(network: Proxy, client: Ends, peer: Ends) -> None:
        network.up, network.answer = False, answer
        reader, writer = await asyncio.open_connection("127.0.0.1", int(network.url.rpartition(":")[2]))
        try:
            if answer is None:
                with pytest.raises(ConnectionResetError):
                    await reader.read()
            else:
                writer.write(b"GET / HTTP/1.1\r\n\r\n" if answer else b"")
                assert await reader.read() == answer
        finally:
            writer.close()
        assert network.accepted == 2

    with_connection(work)
