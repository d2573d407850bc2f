"""The stored log gives the same history again: DUR-4 and CLK-5 of docs/protocol.md."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from optiverse_collab.core.records import Lane, Op, Put, Remove, Set
from optiverse_collab.core.server.history import History
from optiverse_collab.core.server.journal import Entry, Return, Snapshot, Touched
from optiverse_collab.core.server.stamps import Stamp
from tests.core.server.histories import do, make

IDS, NAMES = st.sampled_from("abc"), st.sampled_from(["x", "y", "order"])
PROPS = st.dictionaries(NAMES, st.integers(0, 3))
OPS = st.lists(
    st.builds(Put, IDS, st.sampled_from("kl"), PROPS)
    | st.builds(Set, IDS, PROPS, st.lists(NAMES, max_size=1))
    | st.builds(Remove, IDS),
    min_size=1,
    max_size=3,
)
CHANGES = st.lists(
    st.fixed_dictionaries(
        {
            "ops": OPS,
            "by": st.sampled_from(["ann", "bob"]),
            "behind": st.integers(0, 4),
            "yields": st.booleans(),
            "now_ms": st.integers(0, 9),
            "skip": st.integers(0, 2),
        }
    ),
    max_size=12,
)


def comparable(history: History) -> bytes:
    """All of a snapshot except the indexes of stamps, which are arbitrary."""
    snapshot = history.snapshot()
    stamps = snapshot.stamps
    records = [
        (one.record, stamps[one.whole], {name: stamps[index] for name, index in sorted(one.own.items())})
        for one in snapshot.records
    ]
    tombstones = [(one.id, stamps[one.stamp], one.lane) for one in snapshot.tombstones]
    rest = msgspec.structs.replace(snapshot, records=[], tombstones=[], stamps=[])
    return msgspec.json.encode([rest, records, sorted(tombstones)])


@given(CHANGES, st.integers(0, 12))
def test_log_and_snapshot_give_the_same_history(changes: list[dict[str, Any]], cut: int) -> None:
    """DUR-4: from nothing, and from a snapshot in the middle that was written to disk."""
    history = make(tombstones=2, outcomes=2)
    entries, middle = [], history.snapshot()
    for number, change in enumerate(changes):
        ops, seen = change.pop("ops"), max(0, history.clock - change.pop("behind"))
        entries.append(do(history, *ops, **change, seen=seen).kept.data)
        if number + 1 == cut:
            middle = msgspec.json.decode(msgspec.json.encode(history.snapshot()), type=Snapshot)
    names = history.names.take_new()
    from_middle = History(middle, names, entries[middle.clock :], tombstones=2, outcomes=2)
    from_nothing = History(History.empty("e"), names, entries, tombstones=2, outcomes=2)
    for replayed in (from_middle, from_nothing):
        assert replayed.document.records == history.document.records
        assert replayed.document.hashes() == history.document.hashes()
        assert comparable(replayed) == comparable(history)
        clocks = [stamps.newest.clock for stamps in replayed.stamps.values()]
        assert clocks == sorted(clocks), "the latest change comes last"
    histories = history, from_middle, from_nothing
    assert len({do(one, Put("a", "k"), by="cid").kept for one in histories}) == 1


def test_entry_spells_out_only_what_it_has_to() -> None:
    """CLK-5: the head covers these bytes, so they must not change from version to version."""
    history = make()
    plain = do(history, Put("a", "k", {"x": 1}), now_ms=7).kept.data
    assert plain == (
        b'{"clock":1,"term":1,"origin":1,"author":1,"client_clock":1,"time_ms":7,'
        b'"ops":[{"op":"put","id":"a","kind":"k","props":{"x":1}}]}'
    )
    do(history, Remove("a"), by="bob")
    rich = do(history, Set("a", {"x": 2}), Put("b", "k"), seen=1, yields=True, step="s").kept.data
    assert json.loads(rich) == {
        "clock": 3,
        "term": 1,
        "origin": 1,
        "author": 1,
        "client_clock": 2,
        "time_ms": 7,
        "ops": [{"op": "put", "id": "b", "kind": "k"}],
        "seen": 1,
        "yield": True,
        "step": "s",
        "dropped": [{"op": "set", "id": "a", "props": {"x": 2}}],
        "lost": [["a", [], 2, 2, 2]],
    }


@pytest.mark.parametrize("part", [Touched("a", []), Touched("a", ["x", "y"], 1, 2, 3)])
def test_parts_are_kept_as_they_are(part: Touched) -> None:
    entry = Entry(1, 1, 1, 1, 1, 0, msgspec.Raw(b"[]"), held=[part], replaced=[part, part])
    assert msgspec.json.decode(msgspec.json.encode(entry), type=Entry) == entry


def test_lane_of_a_record_outlives_a_restart() -> None:
    """DOC-8, DUR-4: from the log, and from a snapshot."""
    history = make()
    ops: list[Op] = [*(Put(id, "note", {}, Lane.TALK) for id in "ab"), Remove("b")]
    kept = [do(history, op).kept.data for op in ops]
    names = history.names.take_new()
    for copy in (History(history.snapshot(), names), History(History.empty("e"), names, kept)):
        assert copy.document.records == history.document.records
        assert copy.tombstones == history.tombstones
        assert copy.tombstones["b"].lane is Lane.TALK


def test_a_return_knows_its_values() -> None:
    """BACK-13: by their origin, and the span of its changes."""
    one = Return(("01234567",), 3, 10, 12, True)
    stamps = [
        Stamp(9, 3, 0, 0),
        Stamp(10, 3, 0, 0),
        Stamp(12, 3, 0, 0),
        Stamp(13, 3, 0, 0),
        Stamp(11, 4, 0, 0),
    ]
    assert [one.has(stamp) for stamp in stamps] == [False, True, True, False, False]
