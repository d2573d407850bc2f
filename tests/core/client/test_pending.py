"""Pending changes: PUSH-1 to PUSH-3 of docs/protocol.md."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optiverse_collab.core.client.pending import Pending, squash
from optiverse_collab.core.records import Op, Put, Record, Remove, Set, apply
from optiverse_collab.errors import ChangeRefused

PLENTY = 10_000


def test_too_long_a_change_is_refused() -> None:
    """PUSH-3."""
    pending = Pending()
    with pytest.raises(ChangeRefused, match="split it"):
        pending.add([Set("a", {"x": "y" * 100})], max_bytes=100)
    assert pending.changes == []
    assert pending.next_clock == 1


def test_what_was_sent_is_never_altered() -> None:
    """PUSH-2: the server may have it already."""
    pending = Pending()
    pending.add([Set("a", {"x": 1})], PLENTY)
    [sent] = pending.take_unsent(PLENTY)
    pending.add([Set("a", {"x": 2})], PLENTY)
    assert sent.ops == {"a": Set("a", {"x": 1})}
    assert [change.client_clock for change in pending.changes] == [1, 2]
    pending.unsend()
    pending.add([Set("a", {"x": 3})], PLENTY)
    assert [change.ops["a"] for change in pending.changes] == [Set("a", {"x": 1}), Set("a", {"x": 3})]


def test_a_drag_is_one_change_but_another_record_is_another() -> None:
    """PUSH-2: so that a refusal takes back as little as can be."""
    pending = Pending()
    for x in range(50):
        pending.add([Set("a", {"pos": [x, 0]})], PLENTY)
    pending.add([Set("b", {"pos": [0, 0]})], PLENTY)
    pending.add([Set("b", {"pos": [1, 0]})], PLENTY)
    pending.add([Set("a", {"pos": [99, 0]}), Set("b", {"pos": [2, 0]})], PLENTY)
    assert [set(change.ops) for change in pending.changes] == [{"a"}, {"b"}, {"a", "b"}]
    assert pending.changes[0].ops["a"] == Set("a", {"pos": [49, 0]})


def test_squashing_stops_at_the_limit() -> None:
    """PUSH-3: two changes that fit alone, but not together."""
    pending = Pending()
    pending.add([Put("a", "k", {"x": "1" * 60})], 150)
    pending.add([Set("a", {"y": "2" * 60})], 150)
    assert len(pending.changes) == 2


def test_a_push_is_bounded_and_goes_on_where_it_stopped() -> None:
    """PUSH-1, LIM-1."""
    pending = Pending()
    for n in range(10):
        pending.add([Put(f"r{n}", "k", {"x": "y" * 1000})], PLENTY)
    taken = []
    while pending.unsent:
        page = pending.take_unsent(3500)
        assert 1 <= len(page) <= 3
        taken += page
    assert taken == pending.changes
    pending.unsend()
    assert pending.take_unsent(PLENTY * 10) == taken


def test_dropping_keeps_count_of_what_is_on_its_way() -> None:
    pending = Pending()
    for n in range(4):
        pending.add([Put(f"r{n}", "k")], PLENTY)
    pending.take_unsent(PLENTY)
    pending.add([Put("later", "k")], PLENTY)
    assert pending.drop(2) is not None
    assert pending.drop(2) is None
    assert not pending.on("r1")
    assert list(pending.touched()) == ["r0", "r2", "r3", "later"]
    assert [change.client_clock for change in pending.take_unsent(PLENTY)] == [5]
    assert not pending.unsent


OPS = st.lists(
    st.one_of(
        st.builds(
            Put,
            st.sampled_from("ab"),
            st.sampled_from("kl"),
            st.dictionaries(st.sampled_from("xyz"), st.integers(0, 3)),
        ),
        st.builds(
            Set,
            st.sampled_from("ab"),
            st.dictionaries(st.sampled_from("xyz"), st.integers(0, 3)),
            st.lists(st.sampled_from("xyz"), max_size=2),
        ),
        st.builds(Remove, st.sampled_from("ab")),
    ),
    max_size=12,
)


@given(OPS, OPS, st.booleans())
def test_squashing_has_the_same_effect(earlier: list[Op], later: list[Op], there: bool) -> None:
    """PUSH-2: one operation a record, and nobody can tell the difference."""
    one = {id: Record(id, "k", {"x": 9, "z": 9}) for id in "ab"} if there else {}
    other = dict(one)
    for op in earlier + later:
        apply(one, op)
    for op in squash(later, squash(earlier)).values():
        apply(other, op)
    assert one == other


def test_change_of_nothing_is_none() -> None:
    pending = Pending()
    pending.add([], PLENTY)
    assert (pending.changes, pending.next_clock, pending.unsent) == ([], 1, False)


def test_dropping_leaves_later_changes_of_the_same_record() -> None:
    pending = Pending()
    for x in range(3):
        pending.add([Set("a", {"x": x})], PLENTY)
        pending.take_unsent(PLENTY)
    assert [pending.holds(clock) for clock in (1, 3, 4)] == [True, True, False]
    pending.drop(2)
    assert [change.client_clock for change in pending.on("a")] == [1, 3]


def test_copy_goes_on_as_the_original_would() -> None:
    """REP-9: and nothing that happens to the original reaches it."""
    pending = Pending()
    pending.add([Put("a", "k", {"x": 1})], PLENTY)
    pending.take_unsent(PLENTY)
    pending.add([Set("a", {"x": 2})], PLENTY)
    copy = Pending(pending.copy(), pending.next_clock)
    pending.add([Set("a", {"x": 3})], PLENTY)
    assert [change.ops["a"] for change in copy.on("a")] == [Put("a", "k", {"x": 1}), Set("a", {"x": 2})]
    assert [change.sent for change in copy.changes] == [True, False]
    copy.add([Set("a", {"x": 4})], PLENTY)
    assert [change.client_clock for change in copy.take_unsent(PLENTY)] == [1, 2]
