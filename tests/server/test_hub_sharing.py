"""Sessions of a store that several servers share (OWN rules)."""

from __future__ import annotations

from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from optiverse_collab.errors import StorageError
from optiverse_collab_server.storage import MemoryStore, Stored
from optiverse_collab_server.storage.api import ANY_SIZE, Elsewhere, TooLarge
from tests.helpers.aio import run, until
from tests.helpers.live_server import live_server, soon

PUT = {"op": "put", "id": "lens", "kind": "component", "props": {"x": 0}}


class Damaged(StorageError):
    """Why a session can't be read."""


class SharedStore(MemoryStore):
    """A store in which another server may have a session.

    Attributes:
        owned: whether another server has all sessions, and nobody here knows that yet.
        answers: whether it says who has a session.
        refusal: why no session can be loaded.
        released: sessions that were given up, in order.
    """

    def __init__(self) -> None:
        super().__init__()
        self.owned = False
        self.refusal: StorageError | None = None
        self.answers = True
        self.released: list[str] = []

    async def load(self, session_id: str, most: int = ANY_SIZE) -> Stored | None:
        if self.owned:
            raise Elsewhere(session_id, "another")
        if self.refusal is not None:
            raise self.refusal
        return await super().load(session_id, most)

    async def append(self, session_id: str, *new: Any) -> None:
        if self.owned:
            raise Elsewhere(session_id)
        await super().append(session_id, *new)

    async def elsewhere(self, session_id: str) -> str:
        if not self.answers:
            raise StorageError("nobody there")
        return "another:8765" if self.owned else ""

    async def release(self, session_id: str) -> None:
        self.released.append(session_id)


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


def test_a_proxy_learns_which_server_has_the_session() -> None:
    """OWN-7: unless that can't be known; and who lives here is served here."""

    async def main() -> None:
        store = SharedStore()
        store.owned = True
        by_proxy = {"X-Forwarded-For": "192.0.2.7"}
        async with live_server(store) as server:
            with pytest.raises(InvalidStatus) as refusal:
                await connect(server.url + "/ws/lab/ann", additional_headers=by_proxy)
            assert refusal.value.response.status_code == 421
            assert refusal.value.response.headers["Optiverse-Node"] == "another:8765"
            store.answers = False
            async with connect(server.url + "/ws/lab/ann", additional_headers=by_proxy) as ws:
                with pytest.raises(ConnectionClosed):
                    await ws.recv()
                assert (ws.close_code, ws.close_reason) == (1001, "moved")
            store.owned, store.answers = False, True
            async with server.client("ann", session="lab"):
                store.owned = True
                async with connect(server.url + "/ws/lab/bob", additional_headers=by_proxy) as bob:
                    assert "connection:ack" in str(await bob.recv())

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


@pytest.mark.parametrize(
    ("refusal", "closed"),
    [(TooLarge, (4503, "server_full")), (Damaged, (1011, "session_failed"))],
    ids=["too large", "damaged"],
)
def test_a_session_that_can_not_be_opened_is_given_up(
    refusal: type[StorageError], closed: tuple[int, str]
) -> None:
    """OWN-5: another server may be able to."""

    async def main() -> None:
        store = SharedStore()
        store.refusal = refusal()  # one of the module would keep the frames that it went through
        async with live_server(store) as server:
            async with connect(server.url + "/ws/lab/ann") as ws:
                with pytest.raises(ConnectionClosed):
                    await ws.recv()
                assert (ws.close_code, ws.close_reason) == closed
            assert store.released == ["lab"]

    run(main())
