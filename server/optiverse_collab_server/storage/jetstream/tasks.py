"""Work on the store, each in a task of its own: a cancelled caller leaves no record half written."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from optiverse_collab_server.storage.api import closed

_T = TypeVar("_T")


class Tasks:
    """The unfinished work.

    Attributes:
        is_closed: nothing more is started.
    """

    def __init__(self) -> None:
        self.is_closed = False
        self._open: set[asyncio.Task[Any]] = set()

    def check_open(self) -> None:
        """Raise `StorageError` if the store is closed."""
        if self.is_closed:
            raise closed()

    async def do(self, work: Coroutine[Any, Any, _T]) -> _T:
        """Do some work to its end, even if the caller is cancelled.

        Raises:
            StorageError: the store is closed.
        """
        if self.is_closed:
            work.close()
            raise closed()
        return await asyncio.shield(self.start(work))

    def start(self, work: Coroutine[Any, Any, _T]) -> asyncio.Task[_T]:
        """Start some work."""
        task = asyncio.create_task(work)
        self._open.add(task)
        task.add_done_callback(self._open.discard)
        return task

    async def finished(self) -> None:
        """Wait until everything is done."""
        if self._open:
            await asyncio.wait(self._open)

    async def cancel(self, *others: asyncio.Task[Any]) -> None:
        """End what is not done, and some other tasks."""
        unfinished = pending = {*self._open, *others}
        while pending:  # again, since `wait_for` may swallow a cancellation before Python 3.12
            for task in pending:
                task.cancel()
            _, pending = await asyncio.wait(pending, timeout=0.2)
        await asyncio.gather(*unfinished, return_exceptions=True)
