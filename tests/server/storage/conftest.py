"""Each kind of store, for tests of their common promises."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from optiverse_collab_server.storage import MemoryStore, SqliteStore, Store
from tests.helpers import aio

Scenario = Callable[[Store], Awaitable[None]]
Run = Callable[[Scenario], None]

STORES: dict[str, Callable[[Path], Store]] = {
    "memory": lambda folder: MemoryStore(),
    "sqlite": lambda folder: SqliteStore(folder),
}


@pytest.fixture(params=STORES)
def run(request: pytest.FixtureRequest, tmp_path: Path) -> Run:
    """Runs a scenario on a new store of each kind."""

    async def opened_and_closed(scenario: Scenario) -> None:
        store = STORES[request.param](tmp_path)
        try:
            await scenario(store)
        finally:
            await store.close()

    return lambda scenario: aio.run(opened_and_closed(scenario))
