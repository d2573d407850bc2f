"""Storage that takes its time: entries and snapshots are durable some steps after they were handed over."""

from __future__ import annotations

from collections import deque

import msgspec

from optiverse_collab.core.server.history import History
from optiverse_collab.core.server.journal import Kept, Snapshot
from optiverse_collab.core.server.names import Name
from optiverse_collab.core.server.past import Past
from optiverse_collab.core.server.room import Unsaved
from tests.core.simulation.scenario import Setup


class Storage:
    """The log of one session, as bytes.

    Attributes:
        appends: handed over and not durable yet, oldest first.
        compactions: snapshots that are to replace the log up to their clock.
    """

    def __init__(self, snapshot: Snapshot) -> None:
        self.appends: deque[Unsaved] = deque()
        self.compactions: deque[Snapshot] = deque()
        self._snapshot = msgspec.json.encode(snapshot)
        self._entries: list[Kept] = []
        self._names: list[Name] = []

    def append(self) -> int:
        """The oldest entries that were handed over are durable now; returns their last clock."""
        entries, names = self.appends.popleft()
        self._entries += entries
        self._names += names
        return entries[-1].clock

    @property
    def can_compact(self) -> bool:
        """Whether there is a snapshot of which every entry is durable."""
        return bool(
            self.compactions and self._entries and self.compactions[0].clock <= self._entries[-1].clock
        )

    def compact(self) -> None:
        """The oldest snapshot replaces the entries up to its clock (DUR-5)."""
        snapshot = self.compactions.popleft()
        self._snapshot = msgspec.json.encode(snapshot)
        self._entries = [entry for entry in self._entries if entry.clock > snapshot.clock]

    def roll_back(self, entries: int) -> int:
        """Lose what is not durable, and the last entries; returns the clock of the last that is left."""
        self.crash()
        if entries:
            del self._entries[-entries:]
        snapshot = msgspec.json.decode(self._snapshot, type=Snapshot)
        return self._entries[-1].clock if self._entries else snapshot.clock

    def crash(self) -> None:
        """Forget what is not durable."""
        self.appends.clear()
        self.compactions.clear()

    def past(self, place: int) -> Past:
        """What is read of the session's past: up to so many entries after the snapshot, or all (HIST-2)."""
        snapshot = msgspec.json.decode(self._snapshot, type=Snapshot)
        records = [msgspec.Raw(msgspec.json.encode(record)) for record, _, _ in snapshot.records]
        entries = [entry.data for entry in self._entries[:place]]
        return Past(snapshot.epoch, snapshot.clock, snapshot.head, records, entries)

    def load(self, setup: Setup) -> History:
        """The history that is stored (DUR-4)."""
        snapshot = msgspec.json.decode(self._snapshot, type=Snapshot)
        entries = [entry.data for entry in self._entries]
        return History(snapshot, self._names, entries, setup.limits, setup.tombstones, setup.outcomes)
