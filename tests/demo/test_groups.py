"""Which items are in which group, even if they name impossible parents."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from optiverse_collab_demo import groups
from optiverse_collab_demo.model import Item


def bench(**parents: Any) -> dict[str, Item]:
    """Items with these parents; those whose ids begin with g are groups."""
    return {
        id: Item(id, groups.GROUP if id.startswith("g") else "component", {"parent": parent})
        for id, parent in parents.items()
    }


ids = st.sampled_from(["g1", "g2", "g3", "a", "b", "c"])
benches = st.dictionaries(ids, ids | st.none() | st.sampled_from([5, "nobody", ["g1"], True])).map(
    lambda parents: bench(**parents)
)


@given(benches, st.lists(ids))
def test_whatever_items_say_there_are_roots(items: dict[str, Item], some: list[str]) -> None:
    roots = groups.roots_of(items, some)
    assert len(set(roots)) == len(roots)
    assert set(roots) <= set(items)
    up = groups.parents(items)
    assert all(up[id] is None for id in roots)


@given(benches, ids)
def test_mates_have_each_other(items: dict[str, Item], id: str) -> None:
    mates = set(groups.with_groups(items, [id]))
    assert all(items[mate].kind != groups.GROUP for mate in mates)
    assert all(set(groups.with_groups(items, [mate])) == mates for mate in mates)


@given(benches, st.sets(st.sampled_from(["a", "b", "c"])))
def test_a_group_goes_with_the_last_that_was_in_it(items: dict[str, Item], leaving: set[str]) -> None:
    leaving &= set(items)
    empty = groups.emptied(items, leaving)
    gone = leaving.union(empty)
    assert len(empty) == len(set(empty))
    for group in (id for id, item in items.items() if item.kind == groups.GROUP):
        inside = [id for id, up in groups.parents(items).items() if up == group]
        assert (group in gone) == (bool(inside) and gone.issuperset(inside))


def test_groups_in_groups_are_one_to_the_outside() -> None:
    items = bench(g1=None, g2="g1", a="g2", b="g1", c=None)
    assert groups.roots_of(items, ["a", "c", "b"]) == ["g1", "c"]
    assert groups.with_groups(items, ["a"]) == ["a", "b"]


def test_group_that_contains_itself_does_not_hang() -> None:
    items = bench(g1="g2", g2="g1", a="g1")
    assert groups.with_groups(items, ["a"]) == ["a"]


def test_group_stays_while_something_is_in_it() -> None:
    items = bench(g1=None, g2="g1", a="g2", b="g1")
    assert groups.emptied(items, ["a"]) == ["g2"]
    assert groups.emptied(items, ["a", "b"]) == ["g2", "g1"]
    assert groups.emptied(items, ["b"]) == []
