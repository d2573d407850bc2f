"""The position of every item, whatever participants did at the same time."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optiverse_collab.convert import sibling_key, tree_of
from optiverse_collab.convert.layers import MAX_DEPTH, hidden, resolved
from optiverse_collab.core.records import Record

ids = st.sampled_from("abcdefgh")


def group(id: str, **props: Any) -> Record:
    return Record(id, "group", props)


def item(id: str, **props: Any) -> Record:
    return Record(id, "component", props)


def shape(*records: Record) -> dict[str | None, list[str]]:
    """Parent → ids in it, from top to bottom."""
    tree = tree_of({record.id: record for record in records})
    return {parent: [child.id for child in children] for parent, children in tree.items() if children}


@pytest.mark.parametrize("parent", ["gone", "", 5, None, ["g"], "lens"])
def test_a_parent_that_is_not_there_is_the_root(parent: Any) -> None:
    """One user removed the group while another put the item into it."""
    assert shape(item("lens", parent=parent, order=0.0)) == {None: ["lens"]}


def test_cycle_of_groups_is_cut_at_the_smallest_id() -> None:
    assert shape(group("b", parent="a"), group("a", parent="b"), item("x", parent="b")) == {
        None: ["a"],
        "a": ["b"],
        "b": ["x"],
    }


def test_what_hangs_on_a_cycle_stays_on_it() -> None:
    parents = {"a": "b", "c": "a", "b": "c", "below": "c", "above": None}
    assert resolved(parents) == {**parents, "a": None}


def test_what_is_too_deep_comes_to_the_root() -> None:
    groups = [group(f"{level:04}", parent=f"{level - 1:04}") for level in range(MAX_DEPTH * 2 + 5)]
    lenses = [item(f"lens {one.id}", parent=one.id) for one in groups]
    roots = [id for id in shape(*groups, *lenses)[None] if not id.startswith("lens")]
    assert roots == ["0000", f"{MAX_DEPTH:04}", f"{MAX_DEPTH * 2:04}"]


def test_groups_without_members_are_hidden() -> None:
    """Including groups that contain only such groups; docs/bench-format.md, "Groups without members"."""
    records = [
        group("empty", name="Empty"),
        group("outer"),
        group("inner", parent="outer"),
        group("holder"),
        group("held", parent="holder"),
        item("lens", parent="held"),
        Record("label", "text", {"parent": "lens"}),
        group("linked", link={"source_path": "a.json"}),
        group("in linked", parent="linked"),
        group("broken link", link={"source_path": 5}),
    ]
    assert shape(*records) == {
        None: ["holder", "linked"],
        "holder": ["held"],
        "held": ["lens"],
        "lens": ["label"],
    }
    assert shape(*records, item("mirror", parent="inner"))["outer"] == ["inner"]


def test_groups_in_each_other_without_members_are_hidden() -> None:
    assert shape(group("a", parent="b"), group("b", parent="a")) == {}


@given(st.dictionaries(ids, ids | st.none() | st.text()), st.randoms())
def test_a_tree_has_everything_once_and_everybody_sees_the_same(wanted: dict[str, Any], random: Any) -> None:
    parents = resolved(wanted)
    shuffled = list(wanted.items())
    random.shuffle(shuffled)
    assert resolved(dict(shuffled)) == parents
    assert parents.keys() == wanted.keys()
    for id in parents:
        above: list[str] = []
        node: str | None = id
        while node is not None:
            assert node not in above
            above.append(node)
            node = parents[node]
    assert all(parents[id] in (wanted[id], None) for id in parents)


def test_siblings_are_in_order_and_ties_are_settled_by_id() -> None:
    """Two people inserted at the same place at the same time."""
    assert shape(item("b", order=0.5), item("a", order=0.5), item("c", order=0), item("d", order=-1.0)) == {
        None: ["d", "c", "a", "b"]
    }


@pytest.mark.parametrize("order", [None, True, "0", float("nan"), [0.0]])
def test_what_has_no_order_lies_on_top_as_z_value_says(order: Any) -> None:
    unordered = [
        item("low", order=order, z_value=1.0),
        item("high", order=order, z_value=2.0),
        Record("ruler", "ruler", {"order": order}),
        group("group", order=order),
        item("inside", parent="group"),
    ]
    assert shape(item("placed", order=-9.0, z_value=99.0), *unordered)[None] == [
        "group",
        "ruler",
        "high",
        "low",
        "placed",
    ]


@given(st.lists(st.tuples(ids, st.floats() | st.none() | st.booleans() | st.text()), max_size=6))
def test_any_siblings_can_be_sorted(orders: list[tuple[str, Any]]) -> None:
    records = [item(id, order=order) for id, order in orders]
    keys = sorted(map(sibling_key, records))
    assert keys == sorted(map(sibling_key, reversed(records)))
    assert all(before <= after for before, after in pairwise(keys))


def test_what_is_hidden_hides_what_is_in_it() -> None:
    bench = [
        group("open"),
        group("closed", visible=False, parent="open"),
        group("inner", parent="closed", visible=True),
        item("a", parent="inner"),
        item("b", parent="open"),
        item("c", layer_visible=False, visible=True),
        item("d", parent="gone", visible=False),
        item("label", parent="c"),
    ]
    found = hidden({record.id: record for record in bench})
    assert found == {"closed", "inner", "a", "c", "label"}


def test_nothing_is_hidden_unless_it_says_so() -> None:
    """What is not false is no mark, and groups that contain each other hide nothing more."""
    bench = [
        group("a", parent="b", visible=0),
        group("b", parent="a"),
        item("x", layer_visible=None, parent="a"),
    ]
    assert hidden({record.id: record for record in bench}) == set()
