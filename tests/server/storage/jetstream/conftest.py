"""Stores of several servers, on one NATS server."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest

from optiverse_collab_server.storage.jetstream import signs, store, stream
from optiverse_collab_server.storage.jetstream.store import JetStreamStore, open_store
from tests.helpers.nats_server import NatsServer

Opened = Callable[[str], AbstractAsyncContextManager[JetStreamStore]]


@pytest.fixture
def opened(nats: NatsServer) -> Opened:
    """Opens the store of a server with a name, and closes it at the end."""

    @asynccontextmanager
    async def open_one(name: str) -> AsyncIterator[JetStreamStore]:
        one = await open_store([nats.address], name, replicas=1)
        try:
            yield one
        finally:
            await one.close()

    return open_one


@pytest.fixture
def short_lives(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server counts as gone a second after its last sign of life."""
    monkeypatch.setattr(stream, "ALIVE_SECONDS", 1.0)
    monkeypatch.setattr(store, "ALIVE_SECONDS", 1.0)
    for module in (store, signs):
        monkeypatch.setattr(module, "BEAT_SECONDS", 0.2)
    monkeypatch.setattr(signs, "PAUSE_SECONDS", 0.05)
