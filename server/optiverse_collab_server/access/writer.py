"""The thread that owns the file of grants, so that nobody else waits for the disk."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable, Sequence
from functools import partial
from queue import SimpleQueue
from typing import Any, Protocol, TypeVar

from optiverse_collab.errors import StorageError
from optiverse_collab_server.access.grants import StoredGrant

T = TypeVar("T")


class GrantFile(Protocol):
    """The part of `optiverse_collab_server.access.file.AccessFile` that the thread uses."""

    def write(self, grants: Sequence[StoredGrant], forgotten: Sequence[str]) -> None:
        """Make a change durable, all or nothing."""

    def load_since(self, version: int) -> tuple[int, list[StoredGrant]] | None:
        """All grants, if another process has written since the file had this version."""

    def close(self) -> None:
        """Close the file."""


class Keeper(Protocol):
    """Stores grants: a `Writer`, or several servers together (OWN-11)."""

    async def write(self, grants: Sequence[StoredGrant], forgotten: Sequence[str] = ()) -> None:
        """See `Writer.write`."""

    async def load_since(self, version: int) -> tuple[int, list[StoredGrant]] | None:
        """See `Writer.load_since`."""

    async def close(self, seconds: float) -> None:
        """See `Writer.close`."""


class Writer:
    """Carries out jobs in order.

    Args:
        file: from now on only the thread touches it.
    """

    def __init__(self, file: GrantFile) -> None:
        self._file = file
        self._waiting: set[asyncio.Future[Any]] = set()
        self._queue: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._closed = False
        # A daemon, so that a hanging disk can't keep the server from ending; nothing was announced then.
        self._thread = threading.Thread(target=self._run, name="access", daemon=True)
        self._thread.start()

    async def write(self, grants: Sequence[StoredGrant], forgotten: Sequence[str] = ()) -> None:
        """Add or replace some grants, and drop others; durable when this returns.

        Raises:
            StorageError: nothing was changed, as far as is known.
        """
        await self._do(lambda: self._file.write(grants, forgotten))

    async def load_since(self, version: int) -> tuple[int, list[StoredGrant]] | None:
        """All grants, if another process has written since the file had this version.

        Raises:
            StorageError: the file can't be read.
        """
        return await self._do(lambda: self._file.load_since(version))

    async def _do(self, work: Callable[[], T]) -> T:
        if self._closed:
            raise _closed()
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._waiting.add(future)
        future.add_done_callback(self._waiting.discard)
        self._queue.put(lambda: _finish(work, future))
        return await future

    async def close(self, seconds: float) -> None:
        """Write waiting changes, and close the file; jobs still waiting after `seconds` get an error."""
        self._closed = True
        self._queue.put(None)
        if self._waiting:
            await asyncio.wait(self._waiting, timeout=seconds)
        for future in list(self._waiting):
            if not future.done():
                future.set_exception(_closed())
        await asyncio.get_running_loop().run_in_executor(None, self._thread.join, seconds)

    def _run(self) -> None:
        while (job := self._queue.get()) is not None:
            job()
        self._file.close()


def _finish(work: Callable[[], T], future: asyncio.Future[T]) -> None:
    """Do a job in the thread, and give its outcome to the caller."""
    try:
        settle = partial(future.set_result, work())
    except Exception as error:  # noqa: BLE001  a fault of ours: who waits sees it, and the thread lives
        settle = partial(future.set_exception, error)
    with contextlib.suppress(RuntimeError):  # the loop is closed: nobody is waiting
        future.get_loop().call_soon_threadsafe(_settle, future, settle)


def _settle(future: asyncio.Future[Any], settle: Callable[[], None]) -> None:
    if not future.done():  # it was not cancelled
        settle()


def _closed() -> StorageError:
    return StorageError("The server is stopping, and the disk does not answer; nothing was changed.")
