"""A faulty network: carries bytes between clients and a server, with faults on request."""

from __future__ import annotations

import asyncio
import contextlib
import random
import socket
import struct
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from tests.helpers.listener import Listener

_READ_BYTES = 2**14
_ROUTER_BYTES = 2**16
"""The kernel's own buffers; without a limit they accept megabytes from a sender."""


def _open() -> asyncio.Event:
    event = asyncio.Event()
    event.set()
    return event


@dataclass
class Direction:
    """What happens to bytes on their way in one direction, on every connection.

    Attributes:
        delay_s: their delay, which varies by up to `jitter_s`. Their order is kept, as in TCP.
        bytes_per_s: how many get through on each connection; 0 for no limit.
        piece_bytes: they arrive in pieces of at most this size; 0 for no limit.
        close_delay_s: how long after the last bytes the end of a connection arrives.
        held_bytes: how many a connection may hold before the sender has to wait.
        carried: how many bytes came in.
        flowing: whether bytes get through; otherwise they wait.
    """

    delay_s: float = 0.0
    jitter_s: float = 0.0
    bytes_per_s: float = 0.0
    piece_bytes: int = 0
    close_delay_s: float = 0.0
    held_bytes: int = 2**16
    carried: int = 0
    flowing: asyncio.Event = field(default_factory=_open)

    def pieces(self, data: bytes) -> Iterator[bytes]:
        """Split data into the pieces that get through; on a slow line each is a small packet."""
        size = self.piece_bytes or (1024 if self.bytes_per_s else _READ_BYTES)
        for start in range(0, len(data), size):
            yield data[start : start + size]


class Proxy:
    """A network between clients and a server on this machine.

    Attributes:
        url: the address to which clients connect instead of the server's.
        up: whether new connections get through.
        answer: otherwise, what a new connection gets: None for a reset, or bytes and an orderly end.
        accepted: how many connections clients opened.
        server_port: where new connections get through to.
        to_server, to_client: what happens to bytes.
    """

    def __init__(self, server_port: int, seed: int = 1) -> None:
        self.url = ""
        self.up = True
        self.answer: bytes | None = None
        self.accepted = 0
        self.to_server, self.to_client = Direction(), Direction()
        self.server_port = server_port
        self._chance = random.Random(seed)
        self._flows: set[_Flow] = set()

    def cut(self, reset: bool = True) -> None:
        """Break every connection, without a WebSocket close: reset it, or end it as a process does."""
        for flow in list(self._flows):
            flow.end(reset)

    def forget(self) -> None:
        """Forget every connection, as a router does: the next sender gets a reset."""
        for flow in self._flows:
            flow.forgotten = True

    def stall(self) -> None:
        """Let nothing pass any more, in either direction, on open and new connections."""
        self.to_server.flowing.clear()
        self.to_client.flowing.clear()

    def resume(self) -> None:
        """Let everything pass again."""
        self.to_server.flowing.set()
        self.to_client.flowing.set()

    async def ended(self) -> None:
        """Wait until there is no connection."""
        while self._flows:  # noqa: ASYNC110 - only tests wait for this
            await asyncio.sleep(0.005)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Connect a client to the server, with a connection of its own."""
        self.accepted += 1
        if not self.up:
            await self._turn_away(reader, writer)
            return
        try:
            from_server, to_server = await _connect(self.server_port)
        except OSError:
            _reset(writer)
            return
        up = _Flow(reader, writer, to_server, self.to_server, self._chance)
        down = _Flow(from_server, to_server, writer, self.to_client, self._chance)
        self._flows |= {up, down}
        await asyncio.gather(up.carry(), down.carry())
        self._flows -= {up, down}

    async def _turn_away(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.answer is None:
            _reset(writer)
            return
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            if self.answer:
                await reader.readuntil(b"\r\n\r\n")
            writer.write(self.answer)
        writer.close()


class _Flow:
    """One direction of one connection.

    Args:
        source: the sender's side; `back` is the other half of that socket.
        sink: the receiver's side.
        direction: what happens to them.
        chance: decides how late each piece is.

    Attributes:
        forgotten: whether bytes from the source are answered with a reset.
    """

    def __init__(
        self,
        source: asyncio.StreamReader,
        back: asyncio.StreamWriter,
        sink: asyncio.StreamWriter,
        direction: Direction,
        chance: random.Random,
    ) -> None:
        self.forgotten = False
        self._source, self._back, self._sink = source, back, sink
        self._direction, self._chance = direction, chance
        self._waiting: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
        self._held = 0
        self._over = False
        self._room = _open()
        self._due = 0.0

    async def carry(self) -> None:
        """Carry bytes until the connection ends."""
        self._giving = asyncio.create_task(self._give())
        with contextlib.suppress(OSError):
            await self._take()
        self._waiting.put_nowait((self._arrival() + self._direction.close_delay_s, b""))
        await asyncio.wait([self._giving])
        if not self._giving.cancelled():
            self._giving.result()

    def end(self, reset: bool) -> None:
        """End the connection at the receiver, and lose the bytes that wait."""
        self._stop()
        self._giving.cancel()
        if reset:
            _reset(self._sink)
        else:
            self._sink.close()

    async def _take(self) -> None:
        while (data := await self._source.read(_READ_BYTES)) and not self._over:
            if self.forgotten:
                _reset(self._back)
                self._giving.cancel()  # the other end does not notice
                return
            self._direction.carried += len(data)
            self._held += len(data)
            self._waiting.put_nowait((self._arrival(), data))
            if self._held > self._direction.held_bytes:
                self._room.clear()
                await self._room.wait()

    def _arrival(self) -> float:
        """When data that is sent now arrives: not before earlier data."""
        jitter = self._chance.uniform(-self._direction.jitter_s, self._direction.jitter_s)
        late = max(0.0, self._direction.delay_s + jitter)
        self._due = max(self._due, asyncio.get_running_loop().time() + late)
        return self._due

    async def _give(self) -> None:
        clock = asyncio.get_running_loop().time
        sent_until = 0.0
        with contextlib.suppress(OSError):
            while True:
                due, data = await self._waiting.get()
                await asyncio.sleep(due - clock())
                for piece in self._direction.pieces(data):
                    if self._direction.bytes_per_s:
                        sent_until = max(sent_until, clock()) + len(piece) / self._direction.bytes_per_s
                        await asyncio.sleep(sent_until - clock())
                    await self._pass(piece)
                if not data:
                    await self._direction.flowing.wait()
                    self._sink.close()
                    return
        self._stop()

    def _stop(self) -> None:
        """Stop waiting, since nothing can arrive any more."""
        self._over = True
        self._room.set()

    async def _pass(self, piece: bytes) -> None:
        await self._direction.flowing.wait()
        self._sink.write(piece)
        await self._sink.drain()
        self._held -= len(piece)
        if self._held <= self._direction.held_bytes:
            self._room.set()


def _reset(writer: asyncio.StreamWriter) -> None:
    """End a connection with RST."""
    plain = writer.get_extra_info("socket")
    with contextlib.suppress(OSError):
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def _connect(port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    plain = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _ROUTER_BYTES)
    plain.setblocking(False)
    try:
        await asyncio.get_running_loop().sock_connect(plain, ("127.0.0.1", port))
    except OSError:
        plain.close()
        raise
    return await asyncio.open_connection(sock=plain)


@asynccontextmanager
async def proxy(server_port: int) -> AsyncIterator[Proxy]:
    """A `Proxy` in front of the server on this port."""
    it = Proxy(server_port)
    listener = Listener(it.serve, receive_bytes=_ROUTER_BYTES)
    it.url = f"ws://127.0.0.1:{listener.port}"
    try:
        yield it
    finally:
        listener.stop()
        it.resume()
        it.cut()
        await it.ended()
        await listener.end()
