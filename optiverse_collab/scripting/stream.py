"""A stream of a session's events."""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator
from typing import Generic, TypeVar

from optiverse_collab.core.client.effects import SessionEffect
from optiverse_collab.drivers.aio.driver import AioDriver
from optiverse_collab.errors import ConnectionFailed
from optiverse_collab.scripting.read_only import read_only_effect

E = TypeVar("E", bound=SessionEffect)


class Stream(Generic[E]):
    """A session's events from now on: ``async for effect in bench.listen(ShowChange)``.

    It ends when the session is left. Unread events are kept, so drop the stream if it is not needed.
    """

    def __init__(self, driver: AioDriver, kinds: tuple[type[E], ...]) -> None:
        self._driver = driver
        self._kinds = kinds
        self._waiting: deque[E] = deque()

    def take(self, effect: SessionEffect) -> None:
        """Keep an effect of these kinds."""
        if isinstance(effect, self._kinds):
            self._waiting.append(effect)

    def __aiter__(self) -> AsyncIterator[E]:
        return self

    async def __anext__(self) -> E:
        try:
            await self._driver.until(self._any)
        except ConnectionFailed:
            if self._driver.left:
                raise StopAsyncIteration from None
            raise
        return read_only_effect(self._waiting.popleft())

    async def wait(self, timeout_s: float | None = None) -> list[E]:
        """All unread events, after a wait if necessary; empty after `timeout_s` without any.

        Raises:
            ConnectionFailed: there are none, and there will be no more.
        """
        await self._driver.until(self._any, timeout_s)
        taken = [read_only_effect(effect) for effect in self._waiting]
        self._waiting.clear()
        return taken

    def _any(self) -> bool:
        return bool(self._waiting)
