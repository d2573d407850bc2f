"""Stamps in snapshots: STAMP-2 and STAMP-3 of docs/protocol.md."""

from __future__ import annotations

import msgspec

from optiverse_collab.core.records import Record
from optiverse_collab.core.server.history import History
from optiverse_collab.core.server.journal import Snapshot
from optiverse_collab.core.server.snapshots import StampTable, stamped
from optiverse_collab.core.server.stamps import RecordStamps, Stamp

A, B = Record("a", "k", {"x": 1, "y": 1}), Record("b", "k", {"x": 1})
ONE, TWO, THREE = (Stamp(clock, 1, 2, clock * 10) for clock in (1, 2, 3))


def over_the_disk(snapshot: Snapshot) -> Snapshot:
    """What is read of what was written."""
    return msgspec.json.decode(msgspec.json.encode(snapshot), type=Snapshot)


def test_stamps_come_back_with_their_records() -> None:
    """DUR-4: the record that changed last at the end, whatever the order in which they were put."""
    table = StampTable()
    records = [
        table.record(A, RecordStamps(ONE, {"x": THREE, "gone": TWO})),
        table.record(B, RecordStamps(TWO)),
    ]
    tombstones = [("c", table.index(THREE))]
    snapshot = msgspec.structs.replace(
        History.empty("e"), records=records, tombstones=tombstones, stamps=table.stamps
    )
    stamps, gone = stamped(over_the_disk(snapshot))
    assert list(stamps) == ["b", "a"]
    assert (stamps["a"].whole, stamps["a"].own) == (ONE, {"x": THREE, "gone": TWO})
    assert stamps["a"].newest == THREE
    assert (stamps["b"].whole, stamps["b"].own) == (TWO, {})
    assert gone == {"c": THREE}


def test_each_stamp_stands_in_the_table_once() -> None:
    table = StampTable()
    assert [table.index(stamp) for stamp in (TWO, ONE, TWO)] == [0, 1, 0]
    assert table.record(B, RecordStamps(ONE, {"x": TWO})) == (B, 1, {"x": 0})
    assert table.stamps == [TWO, ONE]


def test_snapshot_without_anything_has_no_stamps() -> None:
    assert stamped(History.empty("e")) == ({}, {})
