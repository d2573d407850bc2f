"""Pending changes: PUSH-1 to PUSH-3, SEEN-1 and SYNC-8 of docs/protocol.md."""

from __future__ import annotations

from typing import Any

import pytest

from optiverse_collab.core.client.pending import Pending
from optiverse_collab.core.limits import CHANGES_PER_PUSH, OPS_PER_RECORD, VALUES_PER_CHANGE
from optiverse_collab.core.protocol.changes import PushedChange
from optiverse_collab.core.records import Lane, Op, Put, Remove, Set
from optiverse_collab.errors import ChangeRefused, Reason

PLENTY, MUCH, LAST = 10_000, 10**6, 99


def add(
    pending: Pending,
    *ops: Op,
    seen: int = 0,
    yields: bool = False,
    step: str = "",
    max_bytes: int = PLENTY,
    lane: Lane = Lane.BENCH,
) -> None:
    """Make a change that saw `seen`."""
    pending.add(ops, max_bytes, seen, yields, step, lane)


def test_too_long_a_change_is_refused() -> None:
    """PUSH-3."""
    pending = Pending()
    with pytest.raises(ChangeRefused, match="split it"):
        add(pending, Set("a", {"x": "y" * 100}), max_bytes=100)
    assert pending.changes == []
    assert pending.next_clock == 1


def test_a_push_has_few_values() -> None:
    """LIM-1, PUSH-3: the server reads them as slowly as many bytes."""
    pending = Pending()
    values: list[list[int]] = [[] for _ in range(VALUES_PER_CHANGE // 2 - 10)]
    for id in "abc":
        add(pending, Set(id, {"x": values}), max_bytes=MUCH)
    assert [len(pending.take_unsent(MUCH, LAST)) for _ in range(3)] == [1, 1, 1]
    with pytest.raises(ChangeRefused, match="the limit is 49000; split it"):
        add(pending, Set("d", {"x": values, "y": [[], [], []] * 10}), max_bytes=MUCH)
    add(pending, Set("c", {"y": 1}), max_bytes=MUCH)
    assert pending.changes[-1].values > 0


def test_squashing_stops_at_many_values() -> None:
    """LIM-1"""
    pending = Pending()
    for name in "xy":
        add(pending, Set("a", {name: [0] * (VALUES_PER_CHANGE * 2 // 3)}), max_bytes=MUCH)
    assert [change.client_clock for change in pending.changes] == [1, 2]


def test_what_was_sent_is_never_altered() -> None:
    """PUSH-2: the server may already have it."""
    pending = Pending()
    add(pending, Set("a", {"x": 1}))
    [sent] = pending.take_unsent(PLENTY, LAST)
    add(pending, Set("a", {"x": 2}))
    assert sent.ops == {"a": [Set("a", {"x": 1})]}
    assert [change.client_clock for change in pending.changes] == [1, 2]
    pending.unsend()
    add(pending, Set("a", {"x": 3}))
    assert [change.operations for change in pending.changes] == [[Set("a", {"x": 1})], [Set("a", {"x": 3})]]


def test_a_drag_is_one_change_but_another_record_is_another() -> None:
    """PUSH-2: so that a refusal undoes as little as possible."""
    pending = Pending()
    for x in range(50):
        add(pending, Set("a", {"pos": [x, 0]}))
    add(pending, Set("b", {"pos": [0, 0]}))
    add(pending, Set("b", {"pos": [1, 0]}))
    add(pending, Set("a", {"pos": [99, 0]}), Set("b", {"pos": [2, 0]}))
    assert [set(change.ops) for change in pending.changes] == [{"a"}, {"b"}, {"a", "b"}]
    assert pending.changes[0].ops["a"] == [Set("a", {"pos": [49, 0]})]


@pytest.mark.parametrize("other", [{"yields": True}, {"step": "another gesture"}])
def test_what_is_of_another_kind_does_not_join(other: dict[str, Any]) -> None:
    """PUSH-2, PUSH-8, SEEN-3: `yield` and `step` apply to a whole change."""
    pending = Pending()
    add(pending, Set("a", {"x": 1}))
    add(pending, Set("a", {"x": 2}), **other)
    add(pending, Set("a", {"x": 3}), **other)
    assert [change.operations for change in pending.changes] == [[Set("a", {"x": 1})], [Set("a", {"x": 3})]]
    assert [(change.yields, change.step) for change in pending.changes] == [
        (False, ""),
        (other.get("yields", False), other.get("step", "")),
    ]


def test_nothing_joins_after_others_changed_the_record() -> None:
    """PUSH-2, SEEN-1: the new edit has seen more than the earlier one."""
    pending = Pending()
    pending.close_on(["a"])
    add(pending, Set("a", {"x": 1}), seen=3)
    pending.close_on(["b"])
    add(pending, Set("a", {"x": 2}), seen=3)
    pending.close_on(["b", "a"])
    add(pending, Set("a", {"x": 3}), seen=4)
    assert [change.operations for change in pending.changes] == [[Set("a", {"x": 2})], [Set("a", {"x": 3})]]
    assert [change.seen for change in pending.changes] == [3, 4]


def test_joined_changes_saw_as_little_as_the_first() -> None:
    """SEEN-1: the smallest clock counts, whichever edit it belongs to."""
    for seen in ([3, 5], [5, 3]):
        pending = Pending()
        for clock in seen:
            add(pending, Set("a", {"x": clock}), seen=clock)
        assert [change.seen for change in pending.changes] == [3]


@pytest.mark.parametrize(
    ("op", "seen"),
    [
        (Set("a", {"x": 9}), 5),
        (Set("a", {}, ["x"]), 5),
        (Set("a", {"y": 9}), 3),
        (Set("a", {"x": 9}, ["y"]), 3),
        (Set("a", {"z": 9}), 7),
        (Set("a", {"y": 9, "z": 9}), 3),
        (Set("a"), 7),
        (Set("b", {"x": 9}), 7),
        (Put("a", "k", {"z": 9}), 3),
        (Remove("a"), 3),
        (Remove("b"), 7),
    ],
)
def test_each_property_was_seen_as_its_oldest_change_saw_it(op: Op, seen: int) -> None:
    """SEEN-1: the smallest clock counts; a put or a removal affects all properties."""
    pending = Pending()
    for clock, change in ((5, Set("a", {"x": 1})), (3, Set("a", {"x": 2}, ["y"]))):
        add(pending, change, seen=clock)
        pending.take_unsent(PLENTY, LAST)
    assert pending.seen_of(op, shown=7) == seen


@pytest.mark.parametrize("whole", [Put("a", "k", {"x": 1}), Remove("a")])
@pytest.mark.parametrize("op", [Set("a", {"x": 9}), Set("a", {"z": 9}), Put("a", "k"), Remove("a")])
def test_nothing_shows_behind_a_pending_put_or_removal(whole: Op, op: Op) -> None:
    """SEEN-1: it affects every property, also those that it doesn't name."""
    pending = Pending()
    add(pending, whole, seen=3)
    pending.take_unsent(PLENTY, LAST)
    assert pending.seen_of(op, shown=7) == 3


def test_all_that_is_pending_yields_after_an_absence() -> None:
    """SYNC-5."""
    pending = Pending()
    for id in "ab":
        add(pending, Put(id, "k"))
    pending.yield_all()
    assert [(change.yields, change.away) for change in pending.changes] == [(True, True)] * 2


def test_squashing_stops_at_the_limit() -> None:
    """PUSH-3: two changes that fit separately, but not together."""
    pending = Pending()
    add(pending, Put("a", "k", {"x": "1" * 60}), max_bytes=150)
    add(pending, Set("a", {"y": "2" * 60}), max_bytes=150)
    assert len(pending.changes) == 2


def test_operations_on_one_record_have_a_limit() -> None:
    """LIM-11: the excess goes into the next change; an edit that can never fit is refused."""
    pending = Pending()
    edits: list[Op] = []
    for n in range(OPS_PER_RECORD):
        edits += [Put("a", "k", {"x": n}), Set("a", {}, ["x"])]
    for op in edits:
        add(pending, op)
    assert len(pending.changes) > 1
    assert max(len(change.ops["a"]) for change in pending.changes) == OPS_PER_RECORD
    with pytest.raises(ChangeRefused, match="operations on 'a'") as refusal:
        add(pending, *edits)
    assert refusal.value.reason is Reason.TOO_LARGE


def test_a_push_has_few_changes() -> None:
    """LIM-11: the others go into the next push."""
    pending = Pending()
    for n in range(CHANGES_PER_PUSH + 5):
        add(pending, Remove(f"r{n}"))
    assert len(pending.take_unsent(10**9, 10**9)) == CHANGES_PER_PUSH
    assert len(pending.take_unsent(10**9, 10**9)) == 5


def test_a_push_is_bounded_and_goes_on_where_it_stopped() -> None:
    """PUSH-1, LIM-1: three would fit without their steps."""
    pending = Pending()
    for n in range(10):
        add(pending, Put(f"r{n}", "k", {"x": "y" * 900}), step=f"{n:0100}")
    taken = []
    while pending.unsent:
        page = pending.take_unsent(3500, LAST)
        assert len(page) == 2
        taken += page
    assert taken == pending.changes
    pending.unsend()
    assert pending.take_unsent(PLENTY * 10, LAST) == taken


def test_dropping_keeps_count_of_what_is_on_its_way() -> None:
    pending = Pending()
    for n in range(4):
        add(pending, Put(f"r{n}", "k"))
    pending.take_unsent(PLENTY, LAST)
    add(pending, Put("later", "k"))
    assert pending.drop(2) is not None
    assert pending.drop(2) is None
    assert not pending.on("r1")
    assert list(pending.touched()) == ["r0", "r2", "r3", "later"]
    assert [change.client_clock for change in pending.take_unsent(PLENTY, LAST)] == [5]
    assert not pending.unsent


def test_change_of_nothing_is_none() -> None:
    pending = Pending()
    add(pending)
    assert (pending.changes, pending.next_clock, pending.unsent) == ([], 1, False)


def test_dropping_leaves_later_changes_of_the_same_record() -> None:
    pending = Pending()
    for x in range(3):
        add(pending, Set("a", {"x": x}))
        pending.take_unsent(PLENTY, LAST)
    assert [pending.awaits(clock) for clock in (1, 3, 4)] == [True, True, False]
    pending.drop(2)
    assert [change.client_clock for change in pending.on("a")] == [1, 3]


def test_change_goes_out_with_what_is_said_of_it() -> None:
    """PUSH-1."""
    pending = Pending()
    add(pending, Set("a", {"x": 1}), Remove("b"), seen=3, yields=True, step="gesture")
    [change] = pending.take_unsent(PLENTY, LAST)
    ops: list[Op] = [Set("a", {"x": 1}), Remove("b")]
    assert change.pushed == PushedChange(1, ops, seen=3, yields=True, step="gesture")


def test_changes_in_other_lanes_wait_and_so_does_what_follows() -> None:
    """RIGHT-2: numbers grow in the order of the changes, so nothing may overtake a blocked change."""
    pending = Pending()
    add(pending, Put("note", "k", lane=Lane.TALK), lane=Lane.TALK)
    add(pending, Set("lens", {"x": 1}))
    add(pending, Put("reply", "k", lane=Lane.TALK), lane=Lane.TALK)
    pending.lanes = frozenset([Lane.TALK])
    assert [change.client_clock for change in pending.take_unsent(PLENTY, LAST)] == [1]
    assert (pending.unsent, pending.can_send(PLENTY), pending.take_unsent(PLENTY, LAST)) == (False, False, [])
    assert pending.first_unsent == pending.next_clock
    pending.lanes = frozenset(Lane)
    assert [change.client_clock for change in pending.take_unsent(PLENTY, LAST)] == [2, 3]


def test_count_of_changes_on_their_way() -> None:
    """PUSH-10."""
    pending = Pending()
    add(pending, Put("a", "k"))
    counts = [pending.in_flight]
    pending.take_unsent(PLENTY, LAST)
    add(pending, Put("b", "k"))
    counts.append(pending.in_flight)
    pending.drop(1)
    assert [*counts, pending.in_flight] == [0, 1, 0]
