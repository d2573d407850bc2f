"""Each kind of store, for tests of their common promises."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest

from optiverse_collab_server.storage import CopiedStore, MemoryStore, SqliteStore
from tests.helpers import aio
from tests.helpers.nats_server import NatsServer, needs_nats

Scenario = Callable[[CopiedStore], Awaitable[None]]
Run = Callable[[Scenario], None]


async def _memory(request: pytest.FixtureRequest) -> CopiedStore:
    return MemoryStore()


async def _sqlite(request: pytest.FixtureRequest) -> CopiedStore:
    folder: Path = request.getfixturevalue("tmp_path")
    return SqliteStore(folder)


async def _nats(request: pytest.FixtureRequest) -> CopiedStore:
    from optiverse_collab_server.storage.jetstream.store import open_store

    nats: NatsServer = request.getfixturevalue("nats")
    return await open_store([nats.address], "test", replicas=1)


STORES = {"memory": _memory, "sqlite": _sqlite, "nats": _nats}


@pytest.fixture
def nats(tmp_path: Path) -> Iterator[NatsServer]:
    """A NATS server without any data."""
    with NatsServer(tmp_path / "nats") as server:
        yield server


@pytest.fixture(params=["memory", "sqlite", pytest.param("nats", marks=needs_nats)])
def run(request: pytest.FixtureRequest) -> Run:
    """Runs a scenario on a new store of each kind."""
    if request.param == "nats":
        request.getfixturevalue("nats")

    async def opened_and_closed(scenario: Scenario) -> None:
        store = await STORES[request.param](request)
        try:
            await scenario(store)
        finally:
            await store.close()

    return lambda scenario: aio.run(opened_and_closed(scenario))
