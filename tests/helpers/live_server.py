"""A real server in this process, and a raw client that speaks JSON to it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import quote

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from optiverse_collab.core.limits import Limits
from optiverse_collab.core.protocol.messages import CAN_WAIT, SUBPROTOCOL
from optiverse_collab_server.access.entrance import Entrance
from optiverse_collab_server.quotas import Quotas
from optiverse_collab_server.serving import at, running
from optiverse_collab_server.storage import MemoryStore, Store
from tests.helpers.tls import credulous, server_context


class RawClient:
    """A WebSocket with nothing between it and the test.

    Attributes:
        ws: the connection.
        ack: the server's first message.
        confirms: whether it confirms each patch and unasked page that it receives (SYNC-11).
    """

    def __init__(self, ws: ClientConnection) -> None:
        self.ws = ws
        self.ack: dict[str, Any] = {}
        self.confirms = True

    async def send(self, message: dict[str, Any] | str | bytes) -> None:
        """Send a message, or anything else."""
        await self.ws.send(json.dumps(message) if isinstance(message, dict) else message)

    async def receive(self, *types: str) -> dict[str, Any]:
        """Wait for the next message, or the next of these types."""
        while True:
            message: dict[str, Any] = json.loads(await self.ws.recv())
            await self._confirm(message)
            if not types or message["type"] in types:
                return message

    async def hear(self, last: Callable[[dict[str, Any]], bool]) -> list[tuple[int, dict[str, Any]]]:
        """Receive messages up to a certain one; returns their lengths, and the messages."""
        heard: list[tuple[int, dict[str, Any]]] = []
        while not heard or not last(heard[-1][1]):
            text = await self.ws.recv()
            heard.append((len(text), json.loads(text)))
            await self._confirm(heard[-1][1])
        return heard

    async def _confirm(self, message: dict[str, Any]) -> None:
        clock = message["changes"][-1]["clock"] if message.get("changes") else 0
        if message.get("unasked") and message.get("done"):
            clock = message["clock"]
        if clock and self.confirms:
            await self.send({"type": "have", "clock": clock})

    async def sync(self, client_id: str) -> dict[str, Any]:
        """Ask for everything; returns the answer, which must be one page."""
        await self.send({"type": "sync:request", "client_id": client_id})
        page = await self.receive("sync:full_state", "sync:delta")
        assert page["done"]
        return page

    async def push(self, client_clock: int, *ops: dict[str, Any]) -> dict[str, Any]:
        """Push a change; returns its acknowledgement."""
        await self.send({"type": "push", "changes": [{"client_clock": client_clock, "ops": list(ops)}]})
        while True:
            patch = await self.receive("patch")
            for ack in patch.get("acks", []):
                if ack["client_clock"] == client_clock:
                    return dict(ack)

    async def closed(self) -> tuple[int | None, str | None]:
        """Wait for the end; returns the server's close code and reason."""
        try:
            while True:
                await self.ws.recv()
        except ConnectionClosed:
            return self.ws.close_code, self.ws.close_reason


class LiveServer:
    """The server's address, and connections to it."""

    def __init__(self, port: int, tls: bool = False) -> None:
        self.port = port
        self.url = f"{'wss' if tls else 'ws'}://127.0.0.1:{port}"

    @asynccontextmanager
    async def client(self, user: str, session: str = "default", **options: Any) -> AsyncIterator[RawClient]:
        """Connect and read the acknowledgement."""
        async with self.asking(user, session, **options) as client:
            client.ack = await client.receive("connection:ack")
            yield client

    @asynccontextmanager
    async def stalled(self, user: str) -> AsyncIterator[RawClient]:
        """Connect and synchronise, and then stop reading."""
        async with self.client(user, max_queue=1, close_timeout=0.5) as client:
            await client.sync(user)
            client.ws.transport.pause_reading()
            yield client

    @asynccontextmanager
    async def asking(
        self, user: str, session: str = "default", token: str | None = None, **options: Any
    ) -> AsyncIterator[RawClient]:
        """Try to connect, with a token if there is one, whatever the result."""
        options.setdefault("subprotocols", [Subprotocol(SUBPROTOCOL)])
        if self.url.startswith("wss:"):
            options.setdefault("ssl", credulous())
        if token is not None:
            options["additional_headers"] = {"Authorization": f"Bearer {token}", "Prefer": CAN_WAIT}
        url = f"{self.url}/ws/{quote(session, safe='')}/{quote(user, safe='')}"
        async with connect(url, ping_interval=None, compression=None, **options) as ws:
            yield RawClient(ws)


@asynccontextmanager
async def live_server(
    store: Store | None = None,
    limits: Limits | None = None,
    silence_seconds: float = 90.0,
    tls: bool = False,
    entrance: Entrance | None = None,
    quotas: Quotas | None = None,
) -> AsyncIterator[LiveServer]:
    """Start a server on a free port of this machine, with TLS if requested."""
    options = limits, silence_seconds, server_context() if tls else None, entrance, quotas
    async with running(store or MemoryStore(), at("127.0.0.1", 0), *options) as server:
        yield LiveServer(server.sockets[0].getsockname()[1], tls)


async def soon(client: RawClient) -> None:
    """Wait until the server has read everything that `client` sent."""
    await client.send({"type": "ping"})
    await client.receive("pong")
    await asyncio.sleep(0)


def short_frame(first: int, payload: bytes) -> bytes:
    """A frame of a client's with at most 125 bytes of payload, masked with zeros.

    Args:
        first: the first byte: the operation, and whether it is the last frame of its message.
    """
    return bytes((first, 0x80 | len(payload), 0, 0, 0, 0)) + payload
