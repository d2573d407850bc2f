"""Old benches share the server's memory with live sessions, over real sockets: HIST-3 and LIM-16."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from optiverse_collab.core.space import Space
from optiverse_collab_server import hub, past
from optiverse_collab_server.storage import StoredPast
from optiverse_collab_server.storage.api import ANY_SIZE
from tests.helpers.aio import run, until
from tests.helpers.gated_store import GatedStore
from tests.helpers.live_server import RawClient, live_server, soon


@pytest.fixture(autouse=True)
def space(monkeypatch: pytest.MonkeyPatch) -> Space:
    """Set the server's memory; requests may follow each other at once."""
    monkeypatch.setattr(past, "EVERY_MS", 0)
    shared = Space(100_000)
    monkeypatch.setattr(hub, "Space", lambda most: shared)
    return shared


def put(id: str, **props: Any) -> dict[str, Any]:
    """A put operation as JSON."""
    return {"op": "put", "id": id, "kind": "component", "props": props}


async def outcome(client: RawClient, clock: int) -> str:
    """Ask for the bench at a clock; returns the reason of a refusal, or the number of records."""
    await client.send({"type": "past:request", "request": 1, "clock": clock})
    answer = await client.receive("past:page", "past:refused")
    return str(answer.get("reason", answer.get("total")))


class StuckStore(GatedStore):
    """A disk that doesn't answer requests for the past."""

    def __init__(self) -> None:
        super().__init__()
        self.readable = asyncio.Event()

    async def load_at(self, session_id: str, clock: int, most: int = ANY_SIZE) -> StoredPast | None:
        """Wait until it is readable."""
        await self.readable.wait()
        return await super().load_at(session_id, clock, most)


@pytest.mark.parametrize(
    "props", [{"x": "y" * 30_000}, {f"p{n}": n for n in range(500)}], ids=["long", "many"]
)
def test_bench_that_does_not_fit_is_refused_and_all_goes_on(space: Space, props: dict[str, Any]) -> None:
    """HIST-3: its JSON or its decoded form is too large; once there is room, the bench comes."""

    async def main() -> None:
        async with live_server() as server, server.client("ann") as ann, server.client("bob") as bob:
            await ann.sync("1")
            await bob.sync("2")
            await ann.push(1, put("a", **props))
            space.most = space.used + 32_000
            used = space.used
            assert await outcome(ann, 1) == "too_large"
            assert await outcome(bob, 1) == "too_large"
            assert space.used == used
            assert (await bob.push(1, put("b")))["result"] == "commit"
            space.most = 10**6
            assert await outcome(ann, 1) == "1"
            await soon(ann)
            await until(lambda: space.used < used + 10_000)

    run(main())


def test_changes_need_room_too(space: Space) -> None:
    """HIST-3, LIM-16"""

    async def main() -> None:
        async with live_server() as server, server.client("ann") as ann:
            await ann.sync("1")
            await ann.push(1, put("a"))
            await ann.send({"type": "entries:request", "request": 1})
            assert (await ann.receive("past:refused"))["reason"] == "too_large"
            space.most = 10 * past.ENTRIES_BYTES
            used = space.used
            await ann.send({"type": "entries:request", "request": 2})
            assert len((await ann.receive("entries:page"))["entries"]) == 1
            await soon(ann)
            await until(lambda: space.used == used)

    run(main())


def test_memory_is_lent_as_long_as_storage_reads(space: Space) -> None:
    """LIM-16: even for a client that left meanwhile; live changes have the rest."""

    async def main() -> None:
        store = StuckStore()
        async with live_server(store) as server, server.client("ann") as ann:
            await ann.sync("1")
            await ann.push(1, put("a"))
            used, left = space.used, space.left
            async with server.client("bob") as bob:
                await bob.sync("2")
                await bob.send({"type": "past:request", "request": 1, "clock": 1})
                await soon(bob)
                assert space.used == used + int(left * past.LENT)
                assert (await ann.push(2, put("b", x="y" * (left // 20))))["result"] == "commit"
                assert (await ann.push(3, put("c", x="y" * (left // 2))))["reason"] == "session_full"
            await ann.receive("user:left")
            assert space.used > used + int(left * past.LENT)
            store.readable.set()
            await until(lambda: space.used < used + left // 4)
            assert (await ann.push(4, put("c", x="y" * (left // 2))))["result"] == "commit"

    run(main())
