"""Storage that takes its time: entries and snapshots are durable some steps after they were handed over."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

import msgspec

from optiverse_collab.core.limits import Limits
from optiverse_collab.core.server.history import History
from optiverse_collab.core.server.journal import Entry, Snapshot


class Storage:
    """The log of one session, as bytes.

    Attributes:
        appends: handed over and not durable yet, oldest first.
        compactions: snapshots that are to replace the log up to their clock.
    """

    def __init__(self, snapshot: Snapshot) -> None:
        self.appends: deque[Sequence[Entry]] = deque()
        self.compactions: deque[Snapshot] = deque()
        self._snapshot = msgspec.json.encode(snapshot)
        self._entries: list[tuple[int, bytes]] = []

    def append(self) -> int:
        """The oldest entries that were handed over are durable now; returns their last clock."""
        entries = self.appends.popleft()
        self._entries += [(entry.clock, msgspec.json.encode(entry)) for entry in entries]
        return entries[-1].clock

    @property
    def can_compact(self) -> bool:
        """Whether there is a snapshot of which every entry is durable."""
        return bool(self.compactions and self._entries and self.compactions[0].clock <= self._entries[-1][0])

    def compact(self) -> None:
        """The oldest snapshot replaces the entries up to its clock (DUR-5)."""
        snapshot = self.compactions.popleft()
        self._snapshot = msgspec.json.encode(snapshot)
        self._entries = [entry for entry in self._entries if entry[0] > snapshot.clock]

    def crash(self) -> None:
        """Forget what is not durable."""
        self.appends.clear()
        self.compactions.clear()

    def load(self, limits: Limits, tombstones: int) -> History:
        """The history that is stored (DUR-4)."""
        snapshot = msgspec.json.decode(self._snapshot, type=Snapshot)
        entries = [msgspec.json.decode(data, type=Entry) for _, data in self._entries]
        return History(snapshot, entries, limits, tombstones)
