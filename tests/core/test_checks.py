"""Which values are valid: LIM-2 to LIM-5 of docs/protocol.md."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optiverse_collab.core import checks
from optiverse_collab.core.checks import (
    are_few,
    check_change,
    check_client_ids,
    check_count,
    check_id,
    check_value,
)
from optiverse_collab.core.limits import OPS_PER_CHANGE, OPS_PER_RECORD, SETTLES, Limits
from optiverse_collab.core.records import Op, Put, Remove, Set
from optiverse_collab.errors import ChangeRefused, Reason


def nested(depth: int) -> object:
    """A number nested in `depth` lists."""
    value: object = 1
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (math.nan, Reason.NOT_FINITE),
        ([1, {"a": -math.inf}], Reason.NOT_FINITE),
        (2**64, Reason.NOT_FINITE),
        (-(2**63) - 1, Reason.NOT_FINITE),
        (nested(33), Reason.TOO_DEEP),
        ("\udc00", Reason.BAD_TEXT),
        ({"\udc00": 1}, Reason.BAD_TEXT),
        ({1: 2}, Reason.INVALID_MESSAGE),
        ({1, 2}, Reason.INVALID_MESSAGE),
        (b"bytes", Reason.INVALID_MESSAGE),
        (1j, Reason.INVALID_MESSAGE),
    ],
)
def test_refused_values(value: object, reason: Reason) -> None:
    with pytest.raises(ChangeRefused) as refusal:
        check_value(value, 32, "property 'x'")
    assert refusal.value.reason is reason
    assert "property 'x'" in str(refusal.value)


@pytest.mark.parametrize(
    "value",
    [None, True, 2**64 - 1, -(2**63), 5e-324, "text", "☃\x00", [1.5, 2.0], [1.5] * 9, nested(32), {"": ()}],
)
def test_accepted_values(value: object) -> None:
    check_value(value, 32, "x")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", Reason.ID_EMPTY),
        ("x" * 129, Reason.ID_TOO_LONG),
        ("\ud800", Reason.BAD_TEXT),
        (3, Reason.INVALID_MESSAGE),
    ],
)
def test_refused_ids(text: str, reason: Reason) -> None:
    """LIM-3: wherever a name occurs in a change."""
    with pytest.raises(ChangeRefused) as refusal:
        check_id(text, Limits())
    assert refusal.value.reason is reason
    for op in (Put(text, "k"), Put("a", text), Set("a", {text: 1})):
        with pytest.raises(ChangeRefused):
            check_change([op], Limits())


def test_characters_count_and_not_bytes() -> None:
    """LIM-3."""
    check_id("☃" * 128, Limits())


@pytest.mark.parametrize(
    ("op", "reason"),
    [
        (Remove(""), Reason.ID_EMPTY),
        (Put("lens", "k", {"x": [1.0, math.nan]}), Reason.NOT_FINITE),
        (Set("lens", {"x": math.inf}), Reason.NOT_FINITE),
        (Set("lens", {"x": nested(33)}), Reason.TOO_DEEP),
        (Set("lens", {"x": "\udc00"}), Reason.BAD_TEXT),
        (Set("lens", {"x": ["a", "\udc00"]}), Reason.BAD_TEXT),
    ],
)
def test_change_is_refused_for_its_worst_operation(op: Op, reason: Reason) -> None:
    """PUSH-6, LIM-2 to LIM-5."""
    with pytest.raises(ChangeRefused) as refusal:
        check_change([Put("a", "k", {"x": 1.0}), op], Limits())
    assert refusal.value.reason is reason
    assert isinstance(op, Remove) or "property 'x' of 'lens'" in str(refusal.value)


def test_accepted_change() -> None:
    values = {
        "float": 1.5,
        "list": [1.0, ["a", "b"]],
        "int": 3,
        "☃": "½",
        "dict": {"a": None},
        "deep": nested(32),
    }
    check_change([Put("☃", "k", values), Set("a", values, ["x"]), Remove("a")], Limits())


@pytest.mark.parametrize(
    ("ids", "reason"),
    [
        ([""], Reason.ID_EMPTY),
        (["new", "x" * 129], Reason.ID_TOO_LONG),
        (["new"] * (SETTLES + 2), Reason.INVALID_MESSAGE),
    ],
)
def test_ids_of_a_replica(ids: list[str], reason: Reason) -> None:
    """LIM-3, LIM-11."""
    check_client_ids(["new"] * (SETTLES + 1), Limits())
    with pytest.raises(ChangeRefused) as refusal:
        check_client_ids(ids, Limits())
    assert refusal.value.reason is reason


def test_operations_of_a_change_are_counted() -> None:
    """LIM-11."""
    ops = [Remove(f"r{n}") for n in range(OPS_PER_CHANGE)]
    check_count(ops)
    with pytest.raises(ChangeRefused, match=f"has {OPS_PER_CHANGE + 1} operations") as refusal:
        check_count([*ops, Remove("a")])
    assert refusal.value.reason is Reason.TOO_LARGE


@pytest.mark.parametrize(
    ("counts", "few"),
    [
        ([], True),
        ([OPS_PER_RECORD] * (OPS_PER_CHANGE // OPS_PER_RECORD), True),
        ([OPS_PER_RECORD + 1], False),
        ([1] * (OPS_PER_CHANGE + 1), False),
    ],
)
def test_few_operations(counts: list[int], few: bool) -> None:
    """LIM-11."""
    assert are_few(counts) is few


def test_names_to_remove_are_names() -> None:
    """LIM-3."""
    with pytest.raises(ChangeRefused) as refusal:
        check_change([Set("a", {}, ["x" * 129])], Limits())
    assert refusal.value.reason is Reason.ID_TOO_LONG


def test_operations_on_one_record_are_counted() -> None:
    """LIM-11."""
    ops: list[Op] = [Set("a", {f"p{n}": n}) for n in range(OPS_PER_RECORD)]
    check_count(ops)
    check_count([*ops, *(Put(f"r{n}", "k") for n in range(OPS_PER_RECORD))])
    with pytest.raises(ChangeRefused, match=f"has {OPS_PER_RECORD + 1} operations on 'a'") as refusal:
        check_count([*ops, Remove("a")])
    assert refusal.value.reason is Reason.TOO_LARGE


JSON = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(2**70), 2**70),
        st.floats(),
        st.text(max_size=3),
        st.sampled_from(["\ud800", object(), (1, 2), {1: 2}, {"\udfff": 1}]),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.lists(inner, max_size=2).map(tuple),
        st.dictionaries(st.text(max_size=2), inner, max_size=3),
    ),
    max_leaves=12,
)


@given(value=JSON, depth=st.integers(0, 5))
def test_what_is_found_in_order_quickly_is_so_in_detail(value: object, depth: int) -> None:
    """LIM-2, LIM-4, LIM-5: the quick and the detailed check agree."""
    try:
        checks._check_in_detail(value, depth, "value")
    except ChangeRefused:
        assert not checks._is_in_order(value, depth)
    else:
        check_value(value, depth, "value")


@pytest.mark.parametrize(
    ("value", "levels"), [([], 1), ({}, 1), ([[]], 2), ([{}], 2), ({"a": []}, 2), ([1.0], 1), ([[1]], 2)]
)
def test_containers_count_though_they_are_empty(value: object, levels: int) -> None:
    """LIM-4"""
    check_value(value, levels, "value")
    with pytest.raises(ChangeRefused):
        check_value(value, levels - 1, "value")
