"""What a server may do with a connection: acts for the script of a `ScriptedServer`."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Awaitable, Callable

import msgspec
from websockets.frames import Frame, Opcode
from websockets.http11 import Request
from websockets.protocol import State
from websockets.server import ServerProtocol
from websockets.typing import Subprotocol

from optiverse_collab.core.limits import Limits
from optiverse_collab.core.protocol.codec import encode
from optiverse_collab.core.protocol.message import Message
from optiverse_collab.core.protocol.messages import (
    PROTOCOL_VERSION,
    SUBPROTOCOL,
    ConnectionAck,
    FullState,
    OtherHistory,
)
from optiverse_collab.core.protocol.participants import Participant
from optiverse_collab.core.server.chain import first_head

Act = Callable[["Caller"], Awaitable[None]]
"""Handles one connection; raises EOFError when the client leaves."""


class Caller:
    """One connection that the server accepted.

    Args:
        first: the bytes that were already read.

    Attributes:
        token: the token that it showed; empty for none.
    """

    def __init__(self, first: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer
        self.token = ""
        self._first = first
        self._protocol: ServerProtocol | None = None

    async def open(self, subprotocol: str | None = SUBPROTOCOL) -> None:
        """Complete the WebSocket handshake, with this subprotocol whatever was offered."""
        chosen = Subprotocol(subprotocol) if subprotocol else None
        self._protocol = ServerProtocol(select_subprotocol=lambda *_: chosen, max_size=None)
        while self._protocol.state is State.CONNECTING:
            await self.read()

    async def serve(self, epoch: str, code: int | None = None, token: str = "") -> None:
        """Admit a client and answer its request with an empty document of `epoch`.

        A replica with another history gets that answer (CLK-3).

        Args:
            code: close with this instead of synchronising.
            token: a device's token, which the client receives.
        """
        me = Participant("ann", "c1", "")
        ack = ConnectionAck(
            *("default", "ann", "c1", [me], "script", PROTOCOL_VERSION, Limits(), ""), token=token
        )
        self.send(ack)
        if code is not None:
            self.close(code)
        while True:
            for text in await self.read():
                asked = msgspec.json.decode(text)
                if code is None and asked["type"] == "sync:request":
                    head = first_head(epoch).hex()
                    if asked.get("epoch", epoch) == epoch:
                        self.send(FullState(epoch, 1, 1, head, 0, 0, done=True))
                    else:
                        self.send(OtherHistory(epoch, 1, head))

    def send(self, message: Message | str) -> None:
        """Send a text message."""
        assert self._protocol is not None
        self._protocol.send_text((message if isinstance(message, str) else encode(message)).encode())
        self._flush()

    def close(self, code: int, word: str = "") -> None:
        """Close the WebSocket."""
        assert self._protocol is not None
        self._protocol.send_close(code, word)
        self._flush()

    def reset(self) -> None:
        """Break the TCP connection, as a crash does."""
        if self.writer.transport.is_closing():
            return
        raw: socket.socket = self.writer.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()

    async def read(self) -> list[bytes]:
        """Read the text messages in the next piece of data; EOFError after the last."""
        assert self._protocol is not None
        first, self._first = self._first, b""
        data = first or await self.reader.read(2**16)
        if not data:
            raise EOFError
        self._protocol.receive_data(data)
        texts: list[bytes] = []
        for event in self._protocol.events_received():
            if isinstance(event, Request):
                self.token = event.headers.get("Authorization", "").removeprefix("Bearer ")
                self._protocol.send_response(self._protocol.accept(event))
            elif isinstance(event, Frame) and event.opcode is Opcode.TEXT:
                texts.append(bytes(event.data))
        self._flush()
        return texts

    def _flush(self) -> None:
        assert self._protocol is not None
        for data in self._protocol.data_to_send():
            if data:
                self.writer.write(data)
            else:
                self.writer.close()


# Acts


async def stay_silent(caller: Caller) -> None:
    """Accept the connection, and never send anything."""
    await caller.reader.read()


async def break_off(caller: Caller) -> None:
    """Break the connection at its first request."""
    caller.reset()


async def hang_up(caller: Caller) -> None:
    """Close the connection at its first request."""
    caller.writer.close()


async def never_acknowledge(caller: Caller) -> None:
    """Open the WebSocket, and send nothing."""
    await caller.open()
    await caller.read()


def answer(data: bytes) -> Act:
    """Answer the first request with `data`, and close the connection."""

    async def act(caller: Caller) -> None:
        await caller.reader.readuntil(b"\r\n\r\n")
        caller.writer.write(data)
        await caller.writer.drain()
        caller.writer.close()

    return act


def answer_http(status: str) -> Act:
    """Answer the request for a WebSocket as a web server would."""
    return answer(f"HTTP/1.1 {status}\r\nContent-Length: 9\r\n\r\nNot here.".encode())


def greet(text: str, subprotocol: str | None = SUBPROTOCOL) -> Act:
    """Open the WebSocket and send `text`."""

    async def act(caller: Caller) -> None:
        await caller.open(subprotocol)
        caller.send(text)
        await caller.read()

    return act


def close(code: int) -> Act:
    """Open the WebSocket and close it, without admitting anybody."""

    async def act(caller: Caller) -> None:
        await caller.open()
        caller.close(code)
        await caller.read()

    return act


def welcome(epoch: str = "epoch 1", code: int | None = None) -> Act:
    """Admit the client; see `Caller.serve`."""

    async def act(caller: Caller) -> None:
        await caller.open()
        await caller.serve(epoch, code)

    return act


def ask_for_token(devices: dict[str, str], shown: list[str]) -> Act:
    """Admit clients with a device's or an invite's token; other tokens are refused as unknown.

    Args:
        devices: token → the token that the client gets, as at an invite's first use; empty for none.
        shown: collects the tokens that clients show.
    """

    async def act(caller: Caller) -> None:
        await caller.open()
        shown.append(caller.token)
        made = devices.get(caller.token)
        if made is None:
            caller.close(4401, "unknown_token" if caller.token else "no_token")
            await caller.read()
        else:
            await caller.serve("epoch 1", token=made)

    return act
