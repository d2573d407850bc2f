"""Sessions of a store that several servers share (OWN rules)."""

from __future__ import annotations

from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from optiverse_collab_server import hub
from optiverse_collab_server.storage import MemoryStore, Stored
from optiverse_collab_server.storage.api import ANY_SIZE, Elsewhere
from tests.helpers.aio import run, until
from tests.helpers.live_server import live_server, soon

PUT = {"op": "put", "id": "lens", "kind": "component", "props": {"x": 0}}


class SharedStore(MemoryStore):
    """A store in which another server may have a session.

    Attributes:
        owned: whether another server has all sessions, and nobody here knows that yet.
        lost: whether that is known.
        released: sessions that were given up, in order.
    """

    def __init__(self) -> None:
        super().__init__()
        self.owned = self.lost = False
        self.released: list[str] = []

    async def load(self, session_id: str, most: int = ANY_SIZE) -> Stored | None:
        if self.owned:
            raise Elsewhere(session_id, "another")
        return await super().load(session_id, most)

    async def append(self, session_id: str, *new: Any) -> None:
        if self.owned:
            raise Elsewhere(session_id)
        await super().append(session_id, *new)

    async def release(self, session_id: str) -> None:
        self.released.append(session_id)

    def has_lost(self, session_id: str) -> bool:
        return self.lost


def test_a_session_of_another_server_is_not_served() -> None:
    """OWN-5"""

    async def main() -> None:
        store = SharedStore()
        store.owned = True
        async with live_server(store) as server:
            async with connect(server.url + "/ws/lab/ann") as ws:
                with pytest.raises(ConnectionClosed):
                    await ws.recv()
                assert (ws.close_code, ws.close_reason) == (1001, "moved")
            store.owned = False
            async with server.client("ann", session="lab") as ann:
                await soon(ann)

    run(main())


def test_a_deposed_server_acknowledges_nothing() -> None:
    """OWN-4"""

    async def main() -> None:
        store = SharedStore()
        async with live_server(store) as server, server.client("ann") as ann:
            await ann.sync("replica")
            assert (await ann.push(1, PUT))["clock"] == 1
            store.owned = True
            await ann.send({"type": "push", "changes": [{"client_clock": 2, "ops": [PUT]}]})
            assert await ann.closed() == (1001, "moved")

    run(main())


def test_a_lost_session_ends_without_any_edit(monkeypatch: pytest.MonkeyPatch) -> None:
    """OWN-4"""
    monkeypatch.setattr(hub, "LOOK_SECONDS", 0.02)

    async def main() -> None:
        store = SharedStore()
        async with live_server(store) as server, server.client("ann") as ann:
            await ann.sync("replica")
            store.lost = True
            assert await ann.closed() == (1001, "moved")

    run(main())


def test_a_session_is_given_up_when_nobody_is_left() -> None:
    """OWN-5"""

    async def main() -> None:
        store = SharedStore()
        async with live_server(store) as server:
            async with server.client("ann", session="lab"), server.client("bob", session="lab"):
                assert store.released == []
            await until(lambda: store.released)
            assert store.released == ["lab"]

    run(main())
