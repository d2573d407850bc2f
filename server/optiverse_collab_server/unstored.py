"""Received data that storage doesn't hold yet: bounded, and shared fairly (DUR-6).

Each connection may hold half of the free memory. A single one gets a third of the total. Many of them leave
little for each other, but the rest of the server still has room: a bystander, who holds hardly anything, is
still read. Switches share their memory between ports in the same way (Choudhury and Hahne, "Dynamic queue
length thresholds for shared-memory packet switches", 1998).
"""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from optiverse_collab.core.server.room import Room

UNSTORED_BYTES = 16 * 1024 * 1024
"""The most data that may wait for storage, of all connections together."""

ANSWER_BYTES = 100
"""The approximate memory of a waiting answer for each record of the session."""

STORE_SECONDS = 2.0
"""When storage takes longer, participants get a message that nothing is saved for now …"""

WAIT_SECONDS = 5.0
"""… and again after this long, which is a sign of life, too."""


class Unstored:
    """Counts what each connection holds, in all sessions.

    Args:
        most: the bytes that all of them together may hold, plus one just-read message for each.

    Attributes:
        total: bytes that all of them hold now.
    """

    def __init__(self, most: int = UNSTORED_BYTES) -> None:
        self.total = 0
        self._most = most
        self._held: Counter[str] = Counter()
        self._released = asyncio.Event()

    def hold(self, connection_id: str, size: int) -> None:
        """A message of `size` bytes was received."""
        self.total += size
        self._held[connection_id] += size

    def release(self, connection_id: str, size: int) -> None:
        """A message is stored, or no longer needed."""
        self.total -= size
        self._held[connection_id] -= size
        if not self._held[connection_id]:
            del self._held[connection_id]
        self._released.set()
        self._released.clear()

    def has_room(self, connection_id: str) -> bool:
        """Whether to read more from a connection."""
        return self._held[connection_id] <= (self._most - self.total) / 2

    async def until_room(self, connection_id: str) -> None:
        """Wait until there is room for more from a connection."""
        while not self.has_room(connection_id):
            await self._released.wait()


class Backlog:
    """Received data of one session that storage doesn't hold yet.

    Args:
        room: the session's core.
        unstored: that of all sessions.
    """

    def __init__(self, room: Room, unstored: Unstored) -> None:
        self._room = room
        self._unstored = unstored
        self._held: deque[tuple[int, str, int]] = deque()  # clock to be stored, connection, bytes
        self._is_over = False

    def hold(self, connection_id: str, size: int) -> None:
        """Data of `size` bytes was received; it counts until everything before it is stored."""
        if size and self._room.has_waiting and not self._is_over:
            self._unstored.hold(connection_id, size)
            self._held.append((self._room.history.clock, connection_id, size))

    def hold_answer(self, connection_id: str) -> None:
        """A request was received whose answer waits."""
        self.hold(connection_id, ANSWER_BYTES * len(self._room.history.document.records))

    def release(self, clock: int) -> None:
        """Storage holds everything up to `clock`."""
        while self._held and self._held[0][0] <= clock:
            _, connection_id, size = self._held.popleft()
            self._unstored.release(connection_id, size)

    def end(self) -> None:
        """The session is over: none of its data waits for storage any longer."""
        self._is_over = True
        self.release(self._room.history.clock)

    def has_room(self, connection_id: str) -> bool:
        """Whether to read more from a member."""
        return self._unstored.has_room(connection_id)

    async def until_room(self, connection_id: str) -> None:
        """Wait until there is room for more from a member."""
        await self._unstored.until_room(connection_id)

    @contextmanager
    def storing(self, say_wait: Callable[[], None]) -> Iterator[None]:
        """Call `say_wait` now and then while this block takes long."""
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(STORE_SECONDS, self._repeat, say_wait)
        try:
            yield
        finally:
            self._timer.cancel()

    def _repeat(self, say_wait: Callable[[], None]) -> None:
        self._timer = asyncio.get_running_loop().call_later(WAIT_SECONDS, self._repeat, say_wait)
        say_wait()
