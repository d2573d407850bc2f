"""Servers that may be a pair, in this process."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

from msgspec import structs

from optiverse_collab_server.access.entrance import Entrance
from optiverse_collab_server.quotas import DEFAULTS, Quotas
from optiverse_collab_server.serving import at, running
from optiverse_collab_server.signing import signing_key
from optiverse_collab_server.standby.follow import Here
from optiverse_collab_server.standby.followers import Mode
from optiverse_collab_server.standby.service import StandbyService
from optiverse_collab_server.standby.standing import Post, State, promoted, read_standing, write_standing
from optiverse_collab_server.storage import SqliteStore, StandbyStore, Store, Stored
from tests.helpers.live_server import LiveServer


class Member(LiveServer):
    """A server of a pair.

    Attributes:
        service: its part in the pair.
        store: its own storage.
    """

    def __init__(self, port: int, service: StandbyService, store: StandbyStore) -> None:
        super().__init__(port)
        self.service, self.store = service, store


@contextlib.asynccontextmanager
async def member(
    folder: Path,
    follow: str | None = None,
    mode: Mode = Mode.OFF,
    store: StandbyStore | None = None,
    entrance: Entrance | None = None,
    quotas: Quotas = DEFAULTS,
) -> AsyncIterator[Member]:
    """A server on a data folder, which follows another one if that is given."""
    own = SqliteStore(folder) if store is None else store
    post = Post(folder, signing_key(folder))
    if follow is not None:
        post.change(structs.replace(post.standing, state=State.STANDBY, other=follow))
    service = StandbyService(post, own, None if entrance is None else entrance.book, mode, quotas)
    async with running(own, at("127.0.0.1", 0), entrance=entrance, standby=service) as server:
        port = server.sockets[0].getsockname()[1]
        service.here = Here("", port, None, is_encrypted=False)
        yield Member(port, service, own)


def promote(folder: Path, gap: int = 1) -> None:
    """What the command does; the term is higher by `gap`."""
    write_standing(folder, promoted(read_standing(folder), chance=lambda most: gap - 1))


async def content(store: Store, session: str) -> tuple[list[bytes], list[str]] | None:
    """The entries of a session's newest chunk, and the texts of the names that it refers to."""
    stored = await store.load(session)
    return None if stored is None else (stored.entries, sorted(name.text for name in stored.names))


async def until_stored(store: Store, session: str, clock: int) -> Stored:
    """Wait until a store has a session up to a clock; returns what it has then."""
    while (stored := await store.load(session)) is None or stored.clock < clock:  # noqa: ASYNC110 - no event
        await asyncio.sleep(0.01)
    return stored
