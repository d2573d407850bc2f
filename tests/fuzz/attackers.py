"""Clients that attack a server, over real sockets."""

from __future__ import annotations

import asyncio
import json
import os
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidHandshake, WebSocketException
from websockets.frames import Frame, Opcode
from websockets.typing import Subprotocol

from optiverse_collab.core.protocol.messages import CAN_WAIT, SUBPROTOCOL
from tests.fuzz.texts import Texts

Attack = Callable[["Attackers"], Awaitable[None]]

_RECORD_BYTES = 400_000


class Attackers:
    """The attacks on one server.

    Args:
        host, port: where the server listens.
        session: the session that they attack.
        seed: of their messages.

    Attributes:
        sent: how many messages or handshakes, by attack.
    """

    def __init__(self, host: str, port: int, session: str, seed: int) -> None:
        self.sent: Counter[str] = Counter()
        self._host, self._port, self._session = host, port, session
        self._texts = Texts(seed)
        self._random = self._texts.random
        self._count = 0

    async def run(self, until: Callable[[], bool], several: int = 1) -> None:
        """Run all attacks at once, each from several clients, repeatedly."""
        attacks = [attack for attack in ATTACKS for _ in range(several)]
        await asyncio.gather(*(self._repeat(attack, until) for attack in attacks))

    async def _repeat(self, attack: Attack, until: Callable[[], bool]) -> None:
        while not until():
            with suppress(OSError, WebSocketException, InvalidHandshake, EOFError, asyncio.TimeoutError):
                await asyncio.wait_for(attack(self), timeout=20)
            await asyncio.sleep(0.01)

    # Connections

    def _connect(self, subprotocol: str | None = SUBPROTOCOL, **options: Any) -> connect:
        self._count += 1
        url = f"ws://{self._host}:{self._port}/ws/{self._session}/mallory{self._count}"
        protocols = None if subprotocol is None else [Subprotocol(subprotocol)]
        options |= {"ping_interval": None, "compression": None, "max_size": None}
        return connect(url, subprotocols=protocols, **options)

    async def _send(self, name: str, ws: ClientConnection, message: dict[str, Any] | str) -> None:
        self.sent[name] += 1
        await ws.send(message if isinstance(message, str) else json.dumps(message))

    async def _sync(self, ws: ClientConnection) -> str:
        client_id = f"client{self._random.randrange(2**40)}"
        await self._send("sync", ws, {"type": "sync:request", "client_id": client_id})
        return client_id

    # Attacks

    async def half_open(self) -> None:
        """Ask for a WebSocket and never finish, or send no HTTP at all."""
        reader, writer = await asyncio.open_connection(self._host, self._port)
        asked = b"GET /ws/a/b HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        tls = b"\x16\x03\x01" + os.urandom(50)
        writer.write(self._random.choice([asked, tls, os.urandom(300), b"GET " * 3000]))
        self.sent["half_open"] += 1
        with suppress(asyncio.TimeoutError):
            await asyncio.wait_for(reader.read(1000), timeout=self._random.choice([0.1, 5]))
        writer.transport.abort()

    async def frames(self) -> None:
        """Send a handshake, then frames of any form."""
        async with self._connect() as ws:
            for _ in range(50):
                raw = self._random.choice(
                    [
                        os.urandom(self._random.randrange(1, 40)),
                        Frame(Opcode.CONT, b"x").serialize(mask=True),
                        Frame(Opcode.TEXT, b"\xff\xfe").serialize(mask=True),
                        Frame(Opcode.TEXT, b'{"type":', fin=False).serialize(mask=True),
                        Frame(Opcode.PING, b"p" * 125).serialize(mask=True),
                        Frame(Opcode.CLOSE, b"\x03").serialize(mask=True),
                        Frame(Opcode.TEXT, b"{}").serialize(mask=False),
                        b"\x81\xff" + b"\x7f" * 8 + os.urandom(4),
                    ]
                )
                self.sent["frames"] += 1
                _write(ws, raw)
                await asyncio.sleep(0.005)

    async def messages(self) -> None:
        """Send almost valid messages, while everything is read."""
        async with self._connect() as ws:
            await self._sync(ws)
            reading = asyncio.create_task(_read(ws))
            try:
                for _ in range(2000):
                    text = self._texts.from_client("mallory")
                    with suppress(UnicodeEncodeError):
                        await self._send("messages", ws, text)
            finally:
                reading.cancel()

    async def deaf(self) -> None:
        """Ask for pages and changes, and read nothing."""
        async with self._connect(close_timeout=0.1) as ws:
            ws.transport.pause_reading()
            for number in range(200):
                await self._sync(ws)
                past: dict[str, Any] = {"type": "past:request", "request": number, "clock": 1}
                entries: dict[str, Any] = {"type": "entries:request", "request": number}
                await self._send("deaf", ws, entries if number % 2 else past)
                await asyncio.sleep(0.05)

    async def nulls(self) -> None:
        """Send presence of the maximum length, and presence of nulls."""
        async with self._connect() as ws:
            reading = asyncio.create_task(_read(ws))
            for number in range(50):
                state = {f"{number}_{key}{'k' * 100}": None for key in range(500)}
                await self._send("nulls", ws, {"type": "presence", "state": state})
                await self._send(
                    "nulls", ws, {"type": "presence", "state": {"cursor": [number, "x" * 60_000]}}
                )
            reading.cancel()

    async def heavy(self) -> None:
        """Send long records, and many operations in a message."""
        async with self._connect() as ws:
            await self._sync(ws)
            reading = asyncio.create_task(_read(ws))
            for number in range(1, 20):
                name = f"heavy{self._random.randrange(100)}"
                put = {
                    "op": "put",
                    "id": name,
                    "kind": "component",
                    "props": {"x": _heavy(self._random.randrange(3))},
                }
                await self._send(
                    "heavy", ws, {"type": "push", "changes": [{"client_clock": 2 * number, "ops": [put]}]}
                )
                sets = [{"op": "set", "id": f"r{n % 90}", "props": {f"p{n}": n}} for n in range(1000)]
                await self._send(
                    "heavy", ws, {"type": "push", "changes": [{"client_clock": 2 * number + 1, "ops": sets}]}
                )
            reading.cancel()

    async def new_ids(self) -> None:
        """Use a new client id each time, and make a change."""
        async with self._connect() as ws:
            await self._sync(ws)
            put = {
                "op": "put",
                "id": f"n{self._random.randrange(50)}",
                "kind": "component",
                "props": {"x": 1},
            }
            await self._send("new_ids", ws, {"type": "push", "changes": [{"client_clock": 1, "ops": [put]}]})
            with suppress(asyncio.TimeoutError):
                await asyncio.wait_for(ws.recv(), timeout=1)

    async def pings(self) -> None:
        """Send WebSocket pings, and never read their pongs."""
        async with self._connect(close_timeout=0.1) as ws:
            ws.transport.pause_reading()
            ping = Frame(Opcode.PING, b"p" * 125).serialize(mask=True) * 100
            for _ in range(100):
                self.sent["pings"] += 100
                _write(ws, ping)
                await asyncio.sleep(0.02)

    async def builtin(self) -> None:
        """Optiverse's own collaboration."""
        async with self._connect(None) as ws:
            for _ in range(30):
                command = {"action": "add_item", "x": 1}
                await self._send("builtin", ws, {"type": "command", "command": command})
                await self._send("builtin", ws, {"type": "sync:request"})
                await asyncio.sleep(0.05)

    async def wrong_tokens(self) -> None:
        """Send random tokens."""
        token = "".join(self._random.choices("abcdefghijklmnop", k=22))
        async with self._connect(additional_headers={"Authorization": f"Bearer {token}"}) as ws:
            self.sent["wrong_tokens"] += 1
            await ws.recv()

    async def knocks(self) -> None:
        """Make an invite that requires a knock, and join with it in a crowd."""
        async with self._connect(max_queue=None) as ws:
            invite = {"type": "access:invite", "request": 1, "role": "owner", "knock": True}
            await self._send("knocks", ws, invite)
            answer: dict[str, Any] = {}
            while answer.get("type") not in ("access:invited", "access:refused"):
                answer = json.loads(await ws.recv())
        if "token" in answer:
            headers = {"Authorization": f"Bearer {answer['token']}", "Prefer": CAN_WAIT}
            await asyncio.gather(*(self._knock(headers) for _ in range(30)), return_exceptions=True)

    async def _knock(self, headers: dict[str, str]) -> None:
        async with self._connect(additional_headers=headers) as ws:
            for _ in range(self._random.randrange(30)):
                await self._send("knocks", ws, self._texts.from_client("mallory"))
                await asyncio.sleep(0.05)


ATTACKS: list[Attack] = [
    Attackers.half_open,
    Attackers.frames,
    Attackers.messages,
    Attackers.deaf,
    Attackers.nulls,
    Attackers.heavy,
    Attackers.new_ids,
    Attackers.pings,
    Attackers.builtin,
    Attackers.wrong_tokens,
    Attackers.knocks,
]


def _write(ws: ClientConnection, raw: bytes) -> None:
    if ws.transport.is_closing() or ws.close_code is not None:
        raise EOFError
    with suppress(RuntimeError):  # the other side closed
        ws.transport.write(raw)


async def _read(ws: ClientConnection) -> None:
    async for text in ws:
        message = json.loads(text)
        if message.get("changes"):
            await ws.send(json.dumps({"type": "have", "clock": message["changes"][-1]["clock"]}))


def _heavy(number: int) -> Any:
    """Values that take much more memory than text, or are just long."""
    if number == 0:
        return "x" * _RECORD_BYTES
    if number == 1:
        return [[] for _ in range(_RECORD_BYTES // 3)]
    return {f"{key:x}": {} for key in range(_RECORD_BYTES // 12)}
