"""Slow storage: entries and snapshots become durable some steps after they were handed over."""

from __future__ import annotations

from collections import deque

import msgspec

from optiverse_collab.core.server.effects import Unsaved
from optiverse_collab.core.server.history import History
from optiverse_collab.core.server.journal import Kept, Snapshot
from optiverse_collab.core.server.names import Name, NameKind
from optiverse_collab.core.server.past import Past, PastEntries
from optiverse_collab.core.server.references import Header, References
from tests.core.simulation.scenario import Setup


class Building:
    """A snapshot that is being built, step by step, while the history continues.

    Args:
        history: whose it is.

    Attributes:
        clock: of the snapshot.
        forgotten: how many origins were forgotten by it.
    """

    def __init__(self, history: History) -> None:
        self._history = history
        self._builder = history.begin_chunk()
        self._steps = self._builder.steps()
        self.clock = history.clock
        self.forgotten = 0

    def go_on(self) -> bool:
        """Take a step; False if it is built."""
        if next(self._steps, self) is None:
            return True
        names = self._history.names
        before = len(names.texts(NameKind.ORIGIN))
        self._history.forget_names(self._builder.used)
        self.forgotten += before - len(names.texts(NameKind.ORIGIN))
        return False

    def finished(self) -> Snapshot:
        """The snapshot."""
        while self.go_on():
            pass
        return self._builder.snapshot


class Storage:
    """The log of one session, as bytes.

    Attributes:
        appends: handed over and not durable yet, oldest first.
        building: a snapshot that is to replace the log up to its clock.
    """

    def __init__(self, snapshot: Snapshot) -> None:
        self.appends: deque[Unsaved] = deque()
        self.building: Building | None = None
        self._snapshot = msgspec.json.encode(snapshot)
        self._entries: list[Kept] = []
        self._names: list[Name] = []

    def append(self) -> int:
        """The oldest entries that were handed over are durable now; returns their last clock."""
        entries, names, _ = self.appends.popleft()
        self._entries += entries
        self._names += names
        return entries[-1].clock

    @property
    def can_compact(self) -> bool:
        """Whether there is a snapshot of which every entry is durable."""
        return bool(self.building and self._entries and self.building.clock <= self._entries[-1].clock)

    def compact(self) -> int:
        """The snapshot replaces the entries up to its clock (DUR-5); how many origins that forgets."""
        assert self.building is not None
        building, self.building = self.building, None
        snapshot = building.finished()
        self._snapshot = msgspec.json.encode(snapshot)
        self._entries = [entry for entry in self._entries if entry.clock > snapshot.clock]
        return building.forgotten

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
        self.building = None

    def past(self, place: int) -> Past:
        """A part of the session's history: at most `place` entries after the snapshot, or all (HIST-2)."""
        snapshot = msgspec.json.decode(self._snapshot, type=Snapshot)
        records = [msgspec.Raw(msgspec.json.encode(one.record)) for one in snapshot.records]
        entries = [entry.data for entry in self._entries[:place]]
        return Past(snapshot.epoch, snapshot.clock, snapshot.head, records, entries)

    def changes(self, place: int) -> PastEntries:
        """The changes after the snapshot, without the first ones (HIST-7)."""
        snapshot = msgspec.json.decode(self._snapshot, type=Snapshot)
        entries = [entry.data for entry in self._entries[place:]]
        return PastEntries(snapshot.epoch, snapshot.clock + place, entries, self.authors)

    @property
    def authors(self) -> dict[int, str]:
        """The names of authors by their numbers, also of those whom the room has forgotten."""
        return {name.number: name.text for name in self._names if name.kind is NameKind.AUTHOR}

    def load(self, setup: Setup) -> History:
        """The history that is stored (DUR-4)."""
        snapshot = msgspec.json.decode(self._snapshot, type=Snapshot)
        entries = [entry.data for entry in self._entries]
        used = References()
        used.add_snapshot(snapshot)
        for entry in entries:
            used.add_entry(msgspec.json.decode(entry, type=Header))
        bounds = setup.tombstones, setup.outcomes, setup.remembered
        return History(snapshot, used.pick(self._names), entries, setup.limits, *bounds)


def comparable(snapshot: Snapshot) -> bytes:
    """A snapshot in which equal ones are spelled alike: indexes of stamps depend on the order of records."""
    stamps = snapshot.stamps
    records = {
        one.record.id: (
            one.record,
            stamps[one.whole],
            {name: stamps[index] for name, index in one.own.items()},
        )
        for one in snapshot.records
    }
    tombstones = {one.id: (stamps[one.stamp], one.lane) for one in snapshot.tombstones}
    skipped = sorted(snapshot.skipped.items())
    rest = msgspec.structs.replace(snapshot, records=[], tombstones=[], stamps=[], skipped={})
    return msgspec.json.encode([rest, records, tombstones, skipped], order="sorted")
