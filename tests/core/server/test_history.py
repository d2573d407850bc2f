"""The authority: CLK, PUSH, DUR and LIM rules of docs/protocol.md."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from optiverse_collab.core.limits import Limits
from optiverse_collab.core.records import Op, Put, Record, Remove, Set, apply
from optiverse_collab.core.server.history import History
from optiverse_collab.core.server.journal import Entry, Snapshot
from optiverse_collab.errors import ChangeRefused, Reason


def make(limits: Limits | None = None, tombstones: int = 4096) -> History:
    return History(History.empty("e"), limits=limits, tombstones=tombstones)


def do(history: History, *ops: Op) -> tuple[Entry, list[Op]]:
    last = history.clients.get("client", 0)
    return history.accept("client", last + 1, "ann", 0, ops)


@pytest.mark.parametrize(
    ("ops", "reason"),
    [
        ([Put("new", "k", {"x": float("inf")})], Reason.NOT_FINITE),
        ([Put("new", "k"), Put("newer", "k")], Reason.SESSION_FULL),
        ([Set("a", {"x": "y" * 900})], Reason.RECORD_TOO_LARGE),
        ([Set("a", {"x": [[[1]]]})], Reason.TOO_DEEP),
        ([Put("new", "k", {"x": 1}), Put("x" * 129, "k")], Reason.ID_TOO_LONG),
    ],
)
def test_refused_change_leaves_no_trace(ops: list[Op], reason: Reason) -> None:
    """PUSH-6, LIM-2 to LIM-6: as a whole."""
    history = make(Limits(records=2, record_bytes=800, depth=2))
    do(history, Put("a", "k", {"x": 1}))
    before = history.snapshot()
    with pytest.raises(ChangeRefused) as refusal:
        do(history, *ops)
    assert refusal.value.reason is reason
    assert history.snapshot() == before


def test_a_full_session_still_shrinks_and_changes() -> None:
    """LIM-6: what is there may be replaced, edited and removed."""
    history = make(Limits(records=1))
    do(history, Put("a", "k"))
    do(history, Put("a", "other"))
    do(history, Set("a", {"x": 1}))
    do(history, Remove("a"), Put("b", "k"))
    assert set(history.document.records) == {"b"}


def test_records_that_grow_in_steps_are_stopped() -> None:
    """LIM-6, SYNC-3: otherwise a record might not fit into any page."""
    history = make(Limits(record_bytes=500))
    do(history, Put("a", "k"))
    for n in range(4):
        do(history, Set("a", {f"p{n}": "x" * 100}))
    with pytest.raises(ChangeRefused):
        do(history, Set("a", {"p5": "x" * 100}))


def test_change_is_a_duplicate_once_it_was_accepted() -> None:
    """PUSH-7, PUSH-1: and so is one with a clock that can't be."""
    history = make()
    assert not history.is_duplicate("client", 1)
    do(history, Put("a", "k"))
    assert [history.is_duplicate("client", clock) for clock in (-1, 0, 1, 2)] == [True, True, True, False]
    assert not history.is_duplicate("somebody else", 1)


def test_change_that_fits_into_no_frame_is_refused() -> None:
    """PUSH-3: records that are short enough alone."""
    history = make(Limits(message_bytes=70_000))
    with pytest.raises(ChangeRefused, match="split it") as refusal:
        do(history, *(Put(f"r{n}", "k", {"x": "y" * 1000}) for n in range(6)))
    assert refusal.value.reason is Reason.TOO_LARGE
    assert not history.document.records


def test_every_accepted_change_takes_a_clock() -> None:
    """CLK-1: also one without effect."""
    history = make()
    assert do(history, Put("a", "k"))[0].clock == 1
    entry, lost = do(history, Set("gone", {"x": 1}), Remove("gone"))
    assert (entry.clock, bytes(entry.ops)) == (2, b"[]")
    assert lost == [Set("gone", {"x": 1})]
    assert bytes(entry.lost) == b'[{"op":"set","id":"gone","props":{"x":1}}]'


def test_operations_of_one_change_see_each_other() -> None:
    history = make()
    _, lost = do(history, Put("a", "k"), Set("a", {"x": 1}), Remove("a"), Set("a", {"x": 2}))
    assert lost == [Set("a", {"x": 2})]
    assert not history.document.records
    assert history.delta(0) == [Remove("a")]


def test_delta_says_what_changed_and_what_went() -> None:
    """SYNC-2."""
    history = make()
    for id in "abcd":
        do(history, Put(id, "k", {"x": 0}))
    clock = history.clock
    do(history, Set("b", {"x": 1}))
    do(history, Remove("c"))
    do(history, Remove("d"))
    do(history, Put("d", "k", {"x": 9}))
    assert history.delta(clock) == [Remove("c"), Put("b", "k", {"x": 1}), Put("d", "k", {"x": 9})]
    assert history.delta(history.clock) == []


def test_history_starts_where_tombstones_are_forgotten() -> None:
    """CLK-4: both or neither."""
    history = make(tombstones=4)
    for n in range(6):
        do(history, Put(f"r{n}", "k"))
    for n in range(5):
        do(history, Remove(f"r{n}"))
    assert history.start == 8
    assert not history.can_tell_from("e", 7)
    assert history.can_tell_from("e", 8)
    assert history.delta(8) == [Remove("r2"), Remove("r3"), Remove("r4")]
    assert not history.can_tell_from("other", 8)
    assert not history.can_tell_from(None, 8)
    assert not history.can_tell_from("e", history.clock + 1)


OPS = st.lists(
    st.lists(
        st.one_of(
            st.builds(
                Put,
                st.sampled_from("abc"),
                st.just("k"),
                st.dictionaries(st.sampled_from("xy"), st.integers(0, 9)),
            ),
            st.builds(Set, st.sampled_from("abc"), st.dictionaries(st.sampled_from("xy"), st.integers(0, 9))),
            st.builds(Remove, st.sampled_from("abc")),
        ),
        min_size=1,
        max_size=3,
    ),
    max_size=12,
)


@given(OPS, st.integers(0, 12))
def test_log_and_snapshot_give_the_same_history(changes: list[list[Op]], cut: int) -> None:
    """DUR-4: from nothing, and from a snapshot in the middle that went over the disk."""
    history = make(tombstones=2)
    entries, middle = [], history.snapshot()
    for number, ops in enumerate(changes):
        entries.append(do(history, *ops)[0])
        if number + 1 == cut:
            middle = msgspec.json.decode(msgspec.json.encode(history.snapshot()), type=Snapshot)
    from_middle = History(middle, entries[middle.clock :], tombstones=2)
    from_nothing = History(History.empty("e"), entries, tombstones=2)
    for replayed in (from_middle, from_nothing):
        assert replayed.document.records == history.document.records
        assert replayed.document.hash() == history.document.hash()
        assert (replayed.clock, replayed.clients) == (history.clock, history.clients)
        assert replayed.snapshot() == history.snapshot()


@given(OPS, st.integers(0, 12))
def test_delta_brings_an_old_copy_up_to_date(changes: list[list[Op]], at: int) -> None:
    """SYNC-2, CLK-2: to the same document, from every clock from which the history says it can."""
    history = make(tombstones=2)
    copies: dict[int, dict[str, Record]] = {0: {}}
    for ops in changes:
        do(history, *ops)
        copies[history.clock] = dict(history.document.records)
    clock = min(at, history.clock)
    if history.can_tell_from("e", clock):
        for op in history.delta(clock):
            apply(copies[clock], op)
        assert copies[clock] == history.document.records
    else:
        assert clock < history.start
