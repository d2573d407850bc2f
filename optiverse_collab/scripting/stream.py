"""What happens in a session, one after the other."""

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
    """What happens in a session from now on: ``async for effect in bench.listen(ShowChange)``.

    It ends when the session is left. What is not taken is kept, so drop the stream if it is not needed.
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
        """Everything that there is to take, if need be after waiting; empty after `timeout_s` of nothing.

        Raises:
            ConnectionFailed: there is nothing, and will be nothing any more.
        """
        await self._driver.until(self._any, timeout_s)
        taken = [read_only_effect(effect) for effect in self._waiting]
        self._waiting.clear()
        return taken

    def _any(self) -> bool:
        return bool(self._waiting)
