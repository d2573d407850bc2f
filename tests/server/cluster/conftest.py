"""Servers that share a store on one NATS server, each with a journal."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest

from optiverse_collab_server.cluster import repair
from optiverse_collab_server.cluster.journal import Journal
from optiverse_collab_server.cluster.store import JournaledStore
from optiverse_collab_server.storage import Retention, SqliteStore
from optiverse_collab_server.storage.housekeeping import KEEP_ALL
from optiverse_collab_server.storage.jetstream import signs, store, stream
from optiverse_collab_server.storage.jetstream.store import open_store
from tests.helpers.nats_server import NatsServer

Opened = Callable[..., AbstractAsyncContextManager[JournaledStore]]


@pytest.fixture
def nats(tmp_path: Path) -> Iterator[NatsServer]:
    """A NATS server without any data."""
    with NatsServer(tmp_path / "nats") as server:
        yield server


@pytest.fixture
def opened(nats: NatsServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Opened:
    """Opens the store of a server with a name, and closes it at the end; its journal stays, or some of it."""
    monkeypatch.setattr(repair, "SETTLE_SECONDS", 1.0)
    monkeypatch.setattr(repair, "PAUSE_SECONDS", 0.05)
    monkeypatch.setattr(store, "CLOSE_SECONDS", 0.3)
    for module in (store, signs):
        monkeypatch.setattr(module, "BEAT_SECONDS", 0.1)
    for module in (store, stream):
        monkeypatch.setattr(module, "ALIVE_SECONDS", 1.0)

    @asynccontextmanager
    async def open_one(name: str, keep: Retention = KEEP_ALL) -> AsyncIterator[JournaledStore]:
        shared = await open_store([nats.address], name, replicas=1)
        one = JournaledStore(shared, Journal(SqliteStore(tmp_path / name, keep)))
        await one.begin()
        try:
            yield one
        finally:
            await one.close()

    return open_one


async def delete_stream(one: JournaledStore) -> None:
    """Delete everything that is in NATS."""
    await one._store._stream._js.delete_stream(stream.NAME)
