"""Which sessions are live, and what remains of the others."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from optiverse_collab.core.protocol.address import Place
from optiverse_collab.errors import StorageError
from optiverse_collab_server import connection, serving
from optiverse_collab_server.access.grants import Visit
from optiverse_collab_server.connection import Connection
from optiverse_collab_server.hub import Hub
from optiverse_collab_server.storage import MemoryStore, Stored
from optiverse_collab_server.storage.api import ANY_SIZE
from tests.helpers.aio import DEADLINE_S, run, until
from tests.helpers.live_server import RawClient, live_server, soon

PUT = {"op": "put", "id": "lens", "kind": "component", "props": {"x": 0}}


class CountingHub(Hub):
    """A hub that counts its visitors.

    Attributes:
        asked: how many connections asked for a session.
    """

    asked = 0

    async def serve(self, asking: Connection, place: Place, visit: Visit) -> None:
        self.asked += 1
        await super().serve(asking, place, visit)


@pytest.fixture
def hubs(monkeypatch: pytest.MonkeyPatch) -> list[CountingHub]:
    """The hubs of the servers that the test starts."""
    made: list[CountingHub] = []

    def make(*args: Any, **options: Any) -> CountingHub:
        made.append(CountingHub(*args, **options))
        return made[-1]

    monkeypatch.setattr(serving, "Hub", make)
    return made


class SlowStore(MemoryStore):
    """A disk that reads and writes only when it is allowed to.

    Attributes:
        may_read, may_write: events that loads and appends wait for.
        waiting: how many calls are waiting.
        broken: appends fail.
    """

    def __init__(self) -> None:
        super().__init__()
        self.may_read, self.may_write = asyncio.Event(), asyncio.Event()
        self.may_read.set()
        self.may_write.set()
        self.waiting = 0
        self.broken = False

    async def load(self, session_id: str, most: int = ANY_SIZE) -> Stored | None:
        await self._wait(self.may_read)
        return await super().load(session_id, most)

    async def append(self, session_id: str, *new: Any) -> None:
        await self._wait(self.may_write)
        if self.broken:
            raise StorageError("The disk is full; make room and start again.")
        await super().append(session_id, *new)

    async def _wait(self, gate: asyncio.Event) -> None:
        self.waiting += 1
        await gate.wait()
        self.waiting -= 1


def test_nothing_is_left_of_sessions_that_nobody_is_in(hubs: list[CountingHub]) -> None:
    """However many sessions were visited."""

    async def main() -> None:
        async with live_server() as server:
            for number in range(300):
                async with server.client("ann", session=f"session {number}"):
                    pass
            await until(lambda: not hubs[0]._live)
            assert not hubs[0]._locks

    run(main())


def test_session_opens_once_for_all_who_come_at_its_end(hubs: list[CountingHub]) -> None:
    """One waits for the session to close, the other comes while it is opened again."""

    async def main() -> None:
        store = SlowStore()
        async with live_server(store) as server:

            async def visit(user: str, others: int) -> list[str]:
                async with server.client(user) as client:
                    return await users_of(client, others)

            async with server.client("ann") as ann:
                await ann.sync("1")
                store.may_write.clear()
                await ann.send({"type": "push", "changes": [{"client_clock": 1, "ops": [PUT]}]})
                await until(lambda: store.waiting)
            [hub] = hubs
            await until(lambda: not hub._live["default"].connections)
            store.may_read.clear()
            bob = asyncio.create_task(visit("bob", 2))
            await until(lambda: hub.asked == 2)
            store.may_write.set()
            await until(lambda: not hub._live and store.waiting == 1)
            eve = asyncio.create_task(visit("eve", 2))
            await until(lambda: hub.asked == 3)
            assert store.waiting == 1, "the session is loaded twice"
            store.may_read.set()
            assert await bob == await eve == ["bob", "eve"]
            await until(lambda: not hub._live)
            assert not hub._locks

    run(main())


def test_session_stays_open_for_one_who_came_just_in_time(hubs: list[CountingHub]) -> None:
    """They were waiting at the door when the last participant left."""

    async def main() -> None:
        async with live_server() as server, AsyncExitStack() as stack:
            ann = await stack.enter_async_context(server.client("ann"))
            session = hubs[0]._live["default"]
            async with hubs[0]._lock("default"):
                asked = hubs[0].asked
                bob = asyncio.create_task(stack.enter_async_context(server.client("bob")))
                await until(lambda: hubs[0].asked == asked + 1)
                await ann.ws.close()
                await until(lambda: not session.connections)
            assert (await bob).ack["users"][0]["user_id"] == "bob"
            assert hubs[0]._live == {"default": session}
            assert (await (await bob).sync("1"))["clock"] == 0

    run(main())


def test_failed_session_is_closed_though_it_was_replaced(
    hubs: list[CountingHub], monkeypatch: pytest.MonkeyPatch
) -> None:
    """DUR-3: newcomers join the new one, and no task of the old one keeps running."""
    monkeypatch.setitem(
        serving.CONNECTION, "close_timeout", DEADLINE_S
    )  # the old one lasts until its participant reads
    monkeypatch.setattr(connection, "CLOSE_SECONDS", DEADLINE_S)

    async def main() -> None:
        store = SlowStore()
        async with live_server(store) as server, server.client("ann") as ann:
            await ann.sync("1")
            old = hubs[0]._live["default"]
            store.broken = True
            ann.ws.transport.pause_reading()
            await ann.send({"type": "push", "changes": [{"client_clock": 1, "ops": [PUT]}]})
            await until(lambda: old.failed)
            store.broken = False
            async with server.client("bob") as bob:
                await bob.sync("2")
                assert old.connections
                ann.ws.transport.resume_reading()
                assert await ann.closed() == (1011, "session_failed")
                await until(old._presence_deliverer.done)
                assert (await bob.push(1, PUT))["result"] == "commit"
            await until(lambda: not hubs[0]._live)

    run(main())


def test_one_who_comes_while_the_server_stops_is_sent_away(hubs: list[CountingHub]) -> None:
    """CLOSE-3: the server was still loading their session."""

    async def main() -> None:
        store = SlowStore()
        store.may_read.clear()
        async with AsyncExitStack() as stack:
            server = await stack.enter_async_context(live_server(store))
            ws = await connect(server.url + "/ws/default/ann")
            await until(lambda: hubs[0].asked == 1)
            stopping = asyncio.create_task(stack.aclose())
            await until(lambda: hubs[0].is_stopping)
            store.may_read.set()
            with pytest.raises(ConnectionClosed):
                await ws.recv()
            assert (ws.close_code, ws.close_reason) == (1001, "restarting")
            await stopping

    run(main())


async def users_of(client: RawClient, count: int) -> list[str]:
    """The names of a session's participants, once there are `count`."""
    users = [user["user_id"] for user in client.ack["users"]]
    while len(users) < count:
        users.append((await client.receive("user:joined"))["user_id"])
    return users


def test_session_that_does_not_fit_beside_others_is_not_opened(hubs: list[CountingHub]) -> None:
    """LIM-16: it closes with 4503; once there is space again, the session opens."""

    async def main() -> None:
        store = MemoryStore()
        long = {**PUT, "props": {"x": "y" * 5000}}
        async with live_server(store) as server:
            for session in ("one", "other"):
                async with server.client("ann", session) as ann:
                    await ann.sync("a")
                    await ann.push(1, long)
            await until(lambda: not hubs[0]._live)
            assert hubs[0]._space.used == 0
            hubs[0]._space.most = 8000
            async with server.client("ann", "one") as ann:
                await ann.sync("b")
                with pytest.raises(ConnectionClosed) as closed:
                    async with server.client("bob", "other"):
                        pass
                assert closed.value.rcvd is not None
                assert (closed.value.rcvd.code, closed.value.rcvd.reason) == (4503, "server_full")
                ack = await ann.push(1, {**long, "id": "more"})
                assert ack["reason"] == "session_full"
            await until(lambda: not hubs[0]._live)
            async with server.client("bob", "other") as bob:
                assert len((await bob.sync("c"))["records"]) == 1

    run(main())


def test_what_was_accepted_is_stored_when_nobody_is_left() -> None:
    """DUR-8: even while another change is being written."""

    async def main() -> None:
        store = SlowStore()
        async with live_server(store) as server:
            async with server.client("ann") as ann:
                await ann.sync("1")
                store.may_write.clear()
                for number in (1, 2):
                    op = {**PUT, "id": f"lens {number}"}
                    await ann.send({"type": "push", "changes": [{"client_clock": number, "ops": [op]}]})
                    await soon(ann)
            store.may_write.set()
            async with server.client("bob") as bob:
                page = await bob.sync("2")
                assert [record["id"] for record in page["records"]] == ["lens 1", "lens 2"]

    run(main())
