"""Squashing makes few operations with the same effect as many (PUSH-2)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optiverse_collab.core.client.squash import squash
from optiverse_collab.core.records import Op, Put, Record, Remove, Set, apply

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
    """PUSH-2: few operations per record, and no observable difference."""
    one = {id: Record(id, "k", {"x": 9, "z": 9}) for id in "ab"} if there else {}
    other = dict(one)
    for op in earlier + later:
        apply(one, op)
    for ops in squash(later, squash(earlier)).values():
        for op in ops:
            apply(other, op)
    assert one == other


@pytest.mark.parametrize(
    ("ops", "squashed"),
    [
        ([Set("a", {"x": 1}, ["y"]), Set("a", {"y": 2}, ["x"])], [Set("a", {"y": 2}, ["x"])]),
        ([Put("a", "k", {"x": 1}), Put("a", "k", {"y": 2})], [Put("a", "k", {"x": 1, "y": 2})]),
        ([Put("a", "k", {"x": 1}), Put("a", "l", {"y": 2})], [Remove("a"), Put("a", "l", {"y": 2})]),
        ([Set("a", {"x": 1}), Put("a", "k", {"y": 2})], [Set("a", {"x": 1}), Put("a", "k", {"y": 2})]),
        ([Set("a", {"x": 1}), Remove("a")], [Remove("a")]),
        ([Remove("a"), Set("a", {"x": 1})], [Remove("a")]),
        ([Remove("a"), Put("a", "k"), Set("a", {"x": 1})], [Remove("a"), Put("a", "k", {"x": 1})]),
        ([Put("a", "k", {"x": 1, "y": 1}), Set("a", {"y": 2})], [Put("a", "k", {"x": 1, "y": 2})]),
    ],
)
def test_squashing_makes_few_operations(ops: list[Op], squashed: list[Op]) -> None:
    """PUSH-2, DOC-2 to DOC-5."""
    assert squash(ops) == {"a": squashed}


def test_put_that_meets_a_record_still_removes_what_was_unset() -> None:
    """DOC-2: somebody else put the record meanwhile, with a property that the user's `unset` names."""
    records = {"a": Record("a", "k", {"x": 9, "y": 9})}
    for op in squash([Put("a", "k", {"x": 1}), Set("a", {}, ["x", "y"])])["a"]:
        apply(records, op)
    assert records == {"a": Record("a", "k", {})}
