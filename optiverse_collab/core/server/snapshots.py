"""Snapshots are made in short steps, while the history grows: one of 100,000 records takes a while.

A snapshot has each distinct stamp once, and records refer to it by index.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from optiverse_collab.core.records import Record
from optiverse_collab.core.server.journal import Snapshot, StampedRecord, StampedTombstone
from optiverse_collab.core.server.references import References
from optiverse_collab.core.server.stamps import RecordStamps, Stamp, Tombstone

STEP = 2_000
"""About how many records, stamps and tombstones a step handles, which takes a millisecond or two."""


NO_STAMPS: dict[str, int] = {}
"""Most records have only the stamp of the whole record."""


class SnapshotBuilder:
    """Builds a snapshot of the moment at which it is created.

    Records and their stamps are immutable once a change is done: new ones replace them. So it is enough to
    copy the tables, which takes a few ms.

    Args:
        rest: the rest of the snapshot.
        records, stamps, tombstones: the history's, by id.

    Attributes:
        snapshot: complete after the last step.
        used: the names that it refers to; complete after the last step.
    """

    def __init__(
        self,
        rest: Snapshot,
        records: dict[str, Record],
        stamps: dict[str, RecordStamps],
        tombstones: dict[str, Tombstone],
    ) -> None:
        self.snapshot = rest
        self.used = References()
        self._table = StampTable(rest.stamps)
        self._records = list(records.values())
        self._stamps = stamps.copy()  # they are in another order, and looking them up takes much longer
        self._tombstones = tombstones.copy()

    def steps(self) -> Iterator[None]:
        """Do the rest, in short steps."""
        size = 0
        parts = self._take_records(), self._take_tombstones(), self.used.follow_snapshot(self.snapshot)
        for step in chain(*parts):
            size += step
            if size >= STEP:
                size = 0
                yield

    def finished(self) -> Snapshot:
        """The snapshot, at once."""
        for _ in self.steps():
            pass
        return self.snapshot

    def discard(self) -> Iterator[None]:
        """Free the memory, in short steps; the snapshot is no longer needed."""
        while self.snapshot.records:
            del self.snapshot.records[-STEP:]
            yield

    def _take_records(self) -> Iterator[int]:
        for record in self._records:
            stamps = self._stamps[record.id]
            self.snapshot.records.append(self._table.record(record, stamps))
            yield 1 + len(stamps.own)

    def _take_tombstones(self) -> Iterator[int]:
        for id, tombstone in self._tombstones.items():
            self.snapshot.tombstones.append(self._table.tombstone(id, tombstone))
            yield 1


class StampTable:
    """Collects stamps while a snapshot is built.

    Args:
        stamps: the list to fill.

    Attributes:
        stamps: the same, in the order of their indexes.
    """

    def __init__(self, stamps: list[Stamp]) -> None:
        self.stamps = stamps
        self._indexes: dict[int, int] = {}  # one clock has one stamp, except for the unknown ones of format 1

    def index(self, stamp: Stamp) -> int:
        """The index of a stamp in the table."""
        index = self._indexes.get(stamp.clock)
        if index is None:
            index = self._indexes[stamp.clock] = len(self.stamps)
            self.stamps.append(stamp)
        return index

    def record(self, record: Record, stamps: RecordStamps) -> StampedRecord:
        """A record with its stamps, for `Snapshot.records`."""
        own = {name: self.index(stamp) for name, stamp in stamps.own.items()} if stamps.own else NO_STAMPS
        return StampedRecord(record, self.index(stamps.whole), own)

    def tombstone(self, id: str, tombstone: Tombstone) -> StampedTombstone:
        """A tombstone, for `Snapshot.tombstones`."""
        return StampedTombstone(id, self.index(tombstone.stamp), tombstone.lane)


def stamped(snapshot: Snapshot) -> tuple[dict[str, RecordStamps], dict[str, Tombstone]]:
    """The stamps of the records, with the most recently changed one at the end, and of the tombstones."""
    table = snapshot.stamps
    found = {
        one.record.id: RecordStamps(
            table[one.whole], {name: table[index] for name, index in one.own.items()}, one.record.props
        )
        for one in snapshot.records
    }
    ordered = dict(sorted(found.items(), key=lambda item: item[1].newest.clock))
    return ordered, {one.id: Tombstone(table[one.stamp], one.lane) for one in snapshot.tombstones}
