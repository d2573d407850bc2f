"""Stamps in snapshots: STAMP-2 and STAMP-3 of docs/protocol.md."""

from __future__ import annotations

import msgspec

from optiverse_collab.core.records import Lane, Record
from optiverse_collab.core.server.history import History
from optiverse_collab.core.server.journal import Snapshot, StampedTombstone
from optiverse_collab.core.server.snapshots import StampTable, stamped
from optiverse_collab.core.server.stamps import RecordStamps, Stamp, Tombstone

A, B = Record("a", "k", {"x": 1, "y": 1}), Record("b", "k", {"x": 1})
ONE, TWO, THREE, NINE = (Stamp(clock, 1, 2, clock * 10) for clock in (1, 2, 3, 9))


def over_the_disk(snapshot: Snapshot) -> Snapshot:
    """What is read of what was written."""
    return msgspec.json.decode(msgspec.json.encode(snapshot), type=Snapshot)


def test_stamps_come_back_with_their_records() -> None:
    """DUR-4: the record that changed last at the end, whatever the order in which they were put."""
    table = StampTable()
    gone_from_talk = Tombstone(THREE, Lane.TALK)
    records = [
        table.record(A, RecordStamps(ONE, {"x": THREE, "gone": TWO})),
        table.record(B, RecordStamps(TWO)),
    ]
    tombstones = [table.tombstone("c", gone_from_talk), table.tombstone("d", Tombstone(NINE, Lane.BENCH))]
    snapshot = msgspec.structs.replace(
        History.empty("e"), records=records, tombstones=tombstones, stamps=table.stamps
    )
    assert len(table.stamps) == 4
    stamps, gone = stamped(over_the_disk(snapshot))
    assert list(stamps) == ["b", "a"]
    assert (stamps["a"].whole, stamps["a"].own) == (ONE, {"x": THREE, "gone": TWO})
    assert stamps["a"].newest == THREE
    assert (stamps["b"].whole, stamps["b"].own) == (TWO, {})
    assert gone == {"c": gone_from_talk, "d": Tombstone(NINE, Lane.BENCH)}


def test_tombstone_without_a_lane_was_on_the_bench() -> None:
    """DOC-8."""
    read = msgspec.json.decode(b'["c",3]', type=StampedTombstone)
    assert read == StampedTombstone("c", 3, Lane.BENCH)


def test_each_stamp_stands_in_the_table_once() -> None:
    table = StampTable()
    assert [table.index(stamp) for stamp in (TWO, ONE, TWO)] == [0, 1, 0]
    assert table.record(B, RecordStamps(ONE, {"x": TWO})) == (B, 1, {"x": 0})
    assert table.stamps == [TWO, ONE]


def test_snapshot_without_anything_has_no_stamps() -> None:
    assert stamped(History.empty("e")) == ({}, {})
