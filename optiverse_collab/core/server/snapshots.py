"""Stamps in a snapshot: each distinct one stands there once, and records refer to it by index."""

from __future__ import annotations

from optiverse_collab.core.records import Record
from optiverse_collab.core.server.journal import Snapshot, StampedRecord, StampedTombstone
from optiverse_collab.core.server.stamps import RecordStamps, Stamp, Tombstone


class StampTable:
    """Collects stamps while a snapshot is made.

    Attributes:
        stamps: in the order of their indexes.
    """

    def __init__(self) -> None:
        self.stamps: list[Stamp] = []
        self._indexes: dict[int, int] = {}  # one clock has one stamp, but for the unknown ones of format 1

    def index(self, stamp: Stamp) -> int:
        """Where a stamp stands in the table."""
        index = self._indexes.get(stamp.clock)
        if index is None:
            index = self._indexes[stamp.clock] = len(self.stamps)
            self.stamps.append(stamp)
        return index

    def record(self, record: Record, stamps: RecordStamps) -> StampedRecord:
        """A record with its stamps, for `Snapshot.records`."""
        own = {name: self.index(stamp) for name, stamp in stamps.own.items()}
        return record, self.index(stamps.whole), own

    def tombstone(self, id: str, tombstone: Tombstone) -> StampedTombstone:
        """A tombstone, for `Snapshot.tombstones`."""
        return StampedTombstone(id, self.index(tombstone.stamp), tombstone.lane)


def stamped(snapshot: Snapshot) -> tuple[dict[str, RecordStamps], dict[str, Tombstone]]:
    """The stamps of the records, the one that changed last at the end, and those of the tombstones."""
    table = snapshot.stamps
    found = {
        record.id: RecordStamps(table[whole], {name: table[index] for name, index in own.items()})
        for record, whole, own in snapshot.records
    }
    ordered = dict(sorted(found.items(), key=lambda item: item[1].newest.clock))
    return ordered, {one.id: Tombstone(table[one.stamp], one.lane) for one in snapshot.tombstones}
