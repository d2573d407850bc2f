"""Stamps in snapshots: STAMP-2 and STAMP-3 of docs/protocol.md."""

from __future__ import annotations

import msgspec
import pytest

from optiverse_collab.core.records import Lane, Put, Record, Remove, Set
from optiverse_collab.core.server import snapshots
from optiverse_collab.core.server.history import History
from optiverse_collab.core.server.journal import Snapshot, StampedRecord, StampedTombstone
from optiverse_collab.core.server.names import NameKind
from optiverse_collab.core.server.snapshots import StampTable, stamped
from optiverse_collab.core.server.stamps import RecordStamps, Stamp, Tombstone
from tests.core.server.histories import do, make

A, B = Record("a", "k", {"x": 1, "y": 1}), Record("b", "k", {"x": 1})
ONE, TWO, THREE, NINE = (Stamp(clock, 1, 2, clock * 10) for clock in (1, 2, 3, 9))


def over_the_disk(snapshot: Snapshot) -> Snapshot:
    """Write a snapshot and read it back."""
    return msgspec.json.decode(msgspec.json.encode(snapshot), type=Snapshot)


def test_stamps_come_back_with_their_records() -> None:
    """DUR-4: the latest change comes last, whatever the order of the puts."""
    table = StampTable([])
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
    table = StampTable([])
    assert [table.index(stamp) for stamp in (TWO, ONE, TWO)] == [0, 1, 0]
    assert table.record(B, RecordStamps(ONE, {"x": TWO})) == StampedRecord(B, 1, {"x": 0})
    assert table.stamps == [TWO, ONE]


def test_snapshot_without_anything_has_no_stamps() -> None:
    assert stamped(History.empty("e")) == ({}, {})


def busy() -> History:
    """A history that has something of every kind."""
    history = make(clients=1)
    do(history, Put("a", "k", {"x": 1, "y": 1}), Put("b", "k", {"x": 1}), Put("c", "k"), by="ann")
    do(history, Remove("c"), Set("a", {"x": 2}), by="bob")
    do(history, Set("c", {"x": 1}), by="cid", seen=1)
    return history


def test_changes_while_a_snapshot_is_built_are_not_in_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """DUR-4: no values, stamps, removals, heads or outcomes, whenever they come."""
    monkeypatch.setattr(snapshots, "STEP", 1)
    history, expected = busy(), busy().snapshot()
    builder = history.begin_chunk()
    steps = 0
    for steps, _ in enumerate(builder.steps(), 1):
        do(history, Set("a", {"x": steps, "z": steps}), Remove("b"), Put(f"d{steps}", "k"), by="dan")
        do(history, Put("c", "k"), Set("gone", {"x": 1}), Put("b", "k", {"x": steps}), by="eva", seen=1)
    assert steps > 5
    assert builder.snapshot == expected


def test_steps_are_short(monkeypatch: pytest.MonkeyPatch) -> None:
    """LIM-11: others have their turn, however many records and properties there are."""
    history = make()
    for number in range(10):
        do(history, Put(f"record {number}", "k", dict.fromkeys(map(str, range(100)), 0)))
        do(history, Set(f"record {number}", dict.fromkeys(map(str, range(100)), 1)), by="bob")
    lengths = {}
    for step in (1, 200, 10_000):
        monkeypatch.setattr(snapshots, "STEP", step)
        lengths[step] = len(list(history.begin_chunk().steps()))
    assert lengths[1] > 10 > lengths[200] > 3
    assert lengths[10_000] == 0


def test_name_that_comes_back_while_a_snapshot_is_built_is_kept() -> None:
    """STAMP-4: even if nothing in the snapshot refers to it, and its change was already replaced."""
    history = make(clients=1)
    for name in ("ann", "bob", "eva", "cid"):
        do(history, Put("a", "k", {"x": name}), by=name)
    builder = history.begin_chunk()
    builder.finished()
    do(history, Set("a", {"x": 1}), by="bob")
    do(history, Set("a", {"x": 2}), by="dan")
    history.forget_names(builder.used)
    known = {name: history.names.known(NameKind.AUTHOR, name) for name in ("ann", "bob", "cid", "dan", "eva")}
    assert known == {"ann": 1, "bob": 2, "cid": 4, "dan": 5, "eva": -1}


def test_snapshot_gives_its_memory_back_in_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """LIM-11: freeing many records at once takes long, too."""
    monkeypatch.setattr(snapshots, "STEP", 2)
    builder = busy().begin_chunk()
    for number in range(3):
        builder.snapshot.records.append(StampedRecord(Record(str(number), "k", {}), 0, {}))
    assert [len(builder.snapshot.records) for _ in builder.discard()] == [1, 0]
