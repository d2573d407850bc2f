"""A second session of a simulated server, which nobody joins: somebody else changes it now and then."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from contextlib import suppress
from typing import Protocol, TypeVar

from optiverse_collab.errors import StorageError
from optiverse_collab_server.standby.store import FollowedStore
from tests.helpers.storage import SIGNED, entries, names, snapshot

T = TypeVar("T")

NOTES = "notes"


class Timed(Protocol):
    """Waits for storage, and notes for how long."""

    async def __call__(self, storage: Awaitable[T], patience: float = ...) -> T:
        """Wait for it, at most for so long."""


class Notes:
    """The session on one server, from its start to its end.

    Args:
        store: the server's.
        timed: notes how long it waits for storage.
        opening_s: how long it waits at most to be opened.

    Attributes:
        saved: the clock up to which the server has loaded or saved it.
    """

    def __init__(self, store: FollowedStore, timed: Timed, opening_s: float) -> None:
        self._store, self._timed, self._opening_s = store, timed, opening_s
        self._task: asyncio.Task[None] | None = None
        self.saved = 0

    @property
    def is_open(self) -> bool:
        """Whether it is open on the server."""
        return self._task is not None

    @property
    def is_saving(self) -> bool:
        """Whether a change is on its way to the disks."""
        return self._task is not None and not self._task.done()

    def change(self) -> None:
        """Start to save the next change, unless one is on its way."""
        if not self.is_saving:
            self._task = asyncio.create_task(self._try_to_save())

    async def kill(self) -> None:
        """The server ends at once."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _try_to_save(self) -> None:
        with suppress(StorageError):  # another server has taken over
            await self._save()

    async def _save(self) -> None:
        stored = await self._timed(self._store.load(NOTES), self._opening_s)
        if stored is None:
            await self._store.begin_chunk(NOTES, snapshot(0))
            stored = await self._timed(self._store.load(NOTES), self._opening_s)
            assert stored is not None
        self.saved, clock = stored.clock, stored.clock + 1
        fresh = [] if self.saved else names(2)
        await self._timed(self._store.append(NOTES, entries(clock, clock, SIGNED), fresh))
        self.saved = clock
