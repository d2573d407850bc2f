"""Memory held for all connections together: unsent data, and data that was read but not processed.

Each connection has its own limits, but thousands of them, each within its limits, could fill the memory.
So there is one budget for all. When it is used up, the largest holder is closed first, as too slow.

Nothing is reported when data was sent or taken. Additions are counted, and once the sum could be too much,
all connections are asked how much they hold now.
"""

from __future__ import annotations

import logging
from typing import Protocol

HELD_BYTES = 64 * 1024 * 1024
"""The most that all connections may hold."""

LOOK_EVERY_BYTES = 4 * 1024 * 1024
"""At least this many bytes arrive between two checks; so connections may hold this much more."""

log = logging.getLogger("optiverse_collab_server")


class Holder(Protocol):
    """A connection."""

    @property
    def held_bytes(self) -> int:
        """How much it holds now; 0 if it is being closed."""

    def give_up_for_others(self) -> None:
        """Close it: the memory is needed."""


class Held:
    """The budget of all connections.

    Args:
        most: bytes that they may hold.
        look_every: after how many bytes they are checked.
    """

    def __init__(self, most: int = HELD_BYTES, look_every: int = LOOK_EVERY_BYTES) -> None:
        self._most, self._look_every = most, look_every
        self._holders: dict[Holder, None] = {}
        self._at_look = self._added = 0

    def join(self, holder: Holder) -> None:
        """A connection is open."""
        self._holders[holder] = None

    def leave(self, holder: Holder) -> None:
        """A connection is gone."""
        self._holders.pop(holder, None)

    def add(self, size: int) -> None:
        """A connection holds `size` bytes more, at least for now."""
        self._added += size
        if self._added >= self._look_every and self._at_look + self._added > self._most:
            self.look()

    def look(self) -> int:
        """Close the largest holders until the rest is within the budget; returns how much they hold then."""
        held = {holder: holder.held_bytes for holder in self._holders}
        total = sum(held.values())
        for holder in sorted(held, key=held.__getitem__, reverse=True):
            if total <= self._most:
                break
            total -= held[holder]
            holder.give_up_for_others()
        self._at_look, self._added = total, 0
        return total
