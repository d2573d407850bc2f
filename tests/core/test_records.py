"""Operations on records: DOC rules of docs/protocol.md."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optiverse_collab.core.records import (
    Lane,
    Op,
    Put,
    Record,
    Remove,
    Set,
    apply,
    difference,
    named,
    put,
    record_difference,
    same_value,
    touched,
)


def test_set_of_a_missing_record_has_no_effect() -> None:
    """DOC-5."""
    records: dict[str, Record] = {}
    assert not apply(records, Set("a", {"x": 1}))
    assert not apply(records, Remove("a"))
    assert records == {}


def test_put_of_a_record_that_is_there_adds_to_it() -> None:
    """DOC-2: unnamed properties stay, and so does the lane (DOC-8)."""
    records = {"a": Record("a", "source", {"x": 1, "y": 2}, Lane.TALK)}
    assert apply(records, Put("a", "source", {"x": 3, "z": 4}))
    assert records == {"a": Record("a", "source", {"x": 3, "y": 2, "z": 4}, Lane.TALK)}


def test_put_of_another_kind_replaces_all_but_the_lane() -> None:
    """DOC-2, DOC-8."""
    records = {"a": Record("a", "source", {"x": 1, "y": 2}, Lane.TALK)}
    assert apply(records, Put("a", "component", {"x": 3}, Lane.META))
    assert records == {"a": Record("a", "component", {"x": 3}, Lane.TALK)}


@pytest.mark.parametrize("lane", Lane)
def test_first_put_says_in_which_lane_a_record_lies(lane: Lane) -> None:
    """DOC-8, DOC-6: after a removal, the next put counts as the first."""
    records: dict[str, Record] = {}
    for op in (Put("a", "k", {}, Lane.META), Remove("a"), Put("a", "k", {"x": 1}, lane)):
        assert apply(records, op)
    assert records == {"a": Record("a", "k", {"x": 1}, lane)}
    again: dict[str, Record] = {}
    assert apply(again, put(records["a"]))
    assert again == records


def test_set_touches_only_what_it_names() -> None:
    """DOC-3: unset comes after props."""
    records = {"a": Record("a", "source", {"x": 1, "y": 2, "z": 3})}
    before = records["a"]
    assert apply(records, Set("a", {"x": 9, "w": 0}, ["y", "w", "never there"]))
    assert records["a"] == Record("a", "source", {"x": 9, "z": 3})
    assert before.props == {"x": 1, "y": 2, "z": 3}, "records are never changed in place"


def test_remove_takes_all_of_a_record() -> None:
    """DOC-4."""
    other = Record("b", "source", {})
    records = {"a": Record("a", "source", {"x": 1}), "b": other}
    assert apply(records, Remove("a"))
    assert records == {"b": other}


@pytest.mark.parametrize(
    ("a", "b"),
    [(1, True), (0, False), (1, 1.0), (0.0, -0.0), ([1], [1.0]), ({"x": 1}, {"x": True}), (None, 0)],
)
def test_values_that_python_takes_for_equal_differ_on_the_wire(a: object, b: object) -> None:
    assert not same_value(a, b)
    assert same_value(a, a)
    assert same_value([a, {"x": b}], [a, {"x": b}])


def test_tuple_is_a_list_on_the_wire() -> None:
    """REP-4: otherwise a user's own position would come back to them as news."""
    assert same_value((1.0, [2.0]), [1.0, (2.0,)])
    assert not same_value((1.0, 2.0), [1.0])


def test_order_of_keys_does_not_count() -> None:
    assert same_value({"a": 1, "b": [2]}, {"b": [2], "a": 1})
    assert not same_value({"a": 1, "b": [2]}, {"b": [3], "a": 1})
    assert not same_value({"a": 1}, {"b": 1})
    assert not same_value({}, [])


@pytest.mark.parametrize("odd", [2**70, "\ud800", object()])
def test_values_that_can_not_travel_are_compared_too(odd: object) -> None:
    """Such as the values of a host or a user before they are refused."""
    assert same_value([odd, {"x": [odd]}], (odd, {"x": [odd]}))
    assert not same_value([odd, 1], [odd, 2])
    assert not same_value([odd], [odd, odd])
    assert not same_value({"x": odd}, {"y": odd})
    assert not same_value({"x": odd}, [odd])


JSON = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-2, 2),
        st.sampled_from([0.0, -0.0, 1.0, 0.5]),
        st.text(max_size=2),
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.sampled_from("ab"), inner)),
    max_leaves=6,
)


@given(JSON, JSON)
def test_same_is_what_json_with_sorted_keys_says(a: object, b: object) -> None:
    assert same_value(a, b) == (json.dumps(a, sort_keys=True) == json.dumps(b, sort_keys=True))


def test_difference_is_at_the_grain_of_properties() -> None:
    """DOC-1."""
    old = {"a": Record("a", "k", {"x": 1, "y": 2}), "b": Record("b", "k", {}), "c": Record("c", "k", {})}
    new = {"a": Record("a", "k", {"x": 1, "z": 3}), "c": Record("c", "other", {}), "d": Record("d", "k", {})}
    assert difference(old, new) == [
        Remove("b"),
        Set("a", {"z": 3}, ["y"]),
        Put("c", "other", {}),
        Put("d", "k", {}),
    ]
    assert record_difference(old["a"], old["a"]) is None


RECORDS = st.dictionaries(
    st.sampled_from("abc"),
    st.tuples(
        st.sampled_from("kl"), st.dictionaries(st.sampled_from("xyz"), st.sampled_from([0, 0.0, True, "s"]))
    ),
).map(lambda d: {id: Record(id, kind, props) for id, (kind, props) in d.items()})


@given(RECORDS, RECORDS)
def test_difference_turns_one_into_the_other(old: dict[str, Record], new: dict[str, Record]) -> None:
    records = dict(old)
    for op in difference(old, new):
        assert apply(records, op)
    assert records.keys() == new.keys()
    assert all(record_difference(records[id], new[id]) is None for id in new)
    assert difference(new, new) == []


@pytest.mark.parametrize("value", [None, True, 7, "text", 0.5, [1, {"x": None}]])
def test_copies_of_a_value_are_the_same_value(value: object) -> None:
    assert same_value(value, json.loads(json.dumps(value)))


def test_touched_ids_come_in_order_and_once() -> None:
    """REP-10."""
    assert list(touched([Put("b", "k"), Remove("a"), Set("b", {"x": 1}), Put("c", "k")])) == ["b", "a", "c"]


def test_properties_that_operations_name() -> None:
    """LIM-6: for each record, once."""
    ops: list[Op] = [
        Put("a", "k", {"x": 1}),
        Set("a", {"y": 2, "x": 3}, ["z"]),
        Remove("b"),
        Set("a", {}, ["y"]),
    ]
    assert {id: [*names] for id, names in named(ops).items()} == {"a": ["x", "y", "z"], "b": []}


def test_records_that_nobody_else_has_are_changed_in_place() -> None:
    """DOC-2, DOC-3: each is copied once, whatever happens to it; earlier copies are unchanged."""
    before = Record("a", "k", {"x": 0, "y": 0})
    records, copies = {"a": before}, set[str]()
    assert apply(records, Set("a", {"x": 1}), copies)
    copy = records["a"].props
    apply(records, Set("a", {"z": 1}, ["y"]), copies)
    apply(records, Put("a", "k", {"w": 1}), copies)
    assert records["a"].props is copy
    assert (copy, before.props) == ({"x": 1, "z": 1, "w": 1}, {"x": 0, "y": 0})
    other = Put("a", "other", {"x": 2})
    apply(records, other, copies)
    apply(records, Set("a", {"y": 2}), copies)
    assert (records["a"].props, other.props) == ({"x": 2, "y": 2}, {"x": 2})
    assert apply(records, Remove("a"), copies)
    new = Put("a", "k", {"x": 3})
    assert not apply(records, Set("a", {"x": 3}), copies)
    apply(records, new, copies)
    apply(records, Set("a", {"y": 3}), copies)
    assert (records["a"].props, new.props) == ({"x": 3, "y": 3}, {"x": 3})
