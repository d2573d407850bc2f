"""A user's changes to a file, merged with the session's changes."""

from __future__ import annotations

from typing import Any

import pytest

from optiverse_collab.convert.three_way import Merge, Opened, merge
from optiverse_collab.core.records import Op, Put, Record, Remove, Set, apply

Bench = dict[str, Record]


def bench(**items: dict[str, Any] | None) -> Bench:
    return {id: Record(id, "component", props) for id, props in items.items() if props is not None}


BASE = bench(lens={"pos": 0, "name": "Lens"}, mirror={"pos": 1}, wall={"pos": 2})


def changed(records: Bench, **items: dict[str, Any] | None) -> Bench:
    """Records in which some properties of some items changed, or items were removed."""
    result = {id: record for id, record in records.items() if items.get(id, {}) is not None}
    for id, props in items.items():
        if props is not None:
            before = records[id].props if id in records else {}
            result[id] = Record(id, "component", {**before, **props})
    return result


def merged(mine: Bench, theirs: Bench, base: Bench = BASE, removals: bool = True) -> Merge:
    return merge(base, Opened(base, base), mine, theirs, removals)


def test_nothing_was_done() -> None:
    assert merged(BASE, BASE) == Merge([], [], [], 0, 0, 0)


def test_each_side_keeps_what_it_did() -> None:
    """The example in the module's docstring."""
    mine = changed(BASE, lens={"pos": 5}, wall=None)
    theirs = changed(BASE, lens={"name": "L1"}, mirror={"pos": 7})
    found = merged(mine, theirs)
    assert found == Merge([Set("lens", {"pos": 5}), Remove("wall")], [], [], 0, 2, 2)


def test_the_same_property_is_contested() -> None:
    found = merged(changed(BASE, lens={"pos": 5}), changed(BASE, lens={"pos": 9}))
    assert found == Merge([], [Set("lens", {"pos": 5})], [], 0, 1, 1)


def test_the_same_edit_by_both_is_none() -> None:
    mine = changed(BASE, lens={"pos": 5}, wall=None, new={"pos": 3})
    assert merged(mine, mine) == Merge([], [], [], 0, 0, 2)  # the wall, and the lens


def test_a_record_may_be_clear_and_contested_at_once() -> None:
    found = merged(changed(BASE, lens={"pos": 5, "name": "Mine"}), changed(BASE, lens={"name": "Theirs"}))
    assert (found.clear, found.contested) == ([Set("lens", {"pos": 5})], [Set("lens", {"name": "Mine"})])
    assert found.edited == 1


def test_what_they_removed_stays_away_and_edits_of_it_are_told() -> None:
    found = merged(changed(BASE, lens={"pos": 5}), changed(BASE, lens=None, wall=None))
    assert found == Merge([], [], [Set("lens", {"pos": 5})], 0, 1, 2)


def test_what_i_removed_and_they_changed_is_contested() -> None:
    found = merged(changed(BASE, wall=None), changed(BASE, wall={"pos": 9}))
    assert (found.clear, found.contested) == ([], [Remove("wall")])


def test_an_empty_bench_removes_nothing() -> None:
    assert merged({}, BASE).edited == 0


def test_nothing_is_a_removal_unless_that_is_certain() -> None:
    assert merged(changed(BASE, wall=None), BASE, removals=False) == Merge([], [], [], 0, 0, 0)


def test_what_the_window_could_not_show_was_not_removed() -> None:
    """A component of a library that is missing here; the host opens the file without it."""
    shown = changed(BASE, wall=None)
    assert merge(BASE, Opened(BASE, shown), shown, BASE).edited == 0


def test_what_an_earlier_save_lacks_was_removed() -> None:
    """The file was edited and saved without a connection."""
    file = changed(BASE, wall=None, lens={"pos": 5}, new={"pos": 4})
    found = merge(BASE, Opened(file, file), file, BASE)
    assert found.clear == [Put("new", "component", {"pos": 4}), Set("lens", {"pos": 5}), Remove("wall")]
    assert (found.added, found.edited) == (1, 3)


def test_what_the_window_only_writes_otherwise_is_no_edit() -> None:
    shown = changed(BASE, lens={"pos": 0.5, "locked": False}, mirror={"z_value": 3.0})
    mine = changed(shown, lens={"name": "Mine"})
    assert merge(BASE, Opened(BASE, shown), mine, BASE).clear == [Set("lens", {"name": "Mine"})]


def test_a_property_is_unset_and_set() -> None:
    base = bench(ruler={"locked": True, "n": 1}, note={"n": 1})
    mine = bench(ruler={"n": 1}, note={"n": 1, "locked": True})
    found = merged(mine, base, base)
    assert found.clear == [Set("ruler", {}, ["locked"]), Set("note", {"locked": True})]
    contested = merged(mine, bench(ruler={"locked": 3, "n": 1}, note={"n": 1, "locked": False}), base)
    assert contested.contested == found.clear
    gone = merged(mine, bench(ruler={"n": 1}, note={"n": 1, "locked": True}), base)
    assert gone.edited == 0


def test_what_both_have_but_not_the_base_is_contested() -> None:
    """Two files brought the same item; the session's stays, and mine is reported."""
    found = merged(bench(lens={"pos": 1}, wall={"pos": 2}), bench(lens={"pos": 4}, wall={"pos": 2}), {})
    assert found == Merge([], [Set("lens", {"pos": 1})], [], 0, 1, 0)


def test_another_kind_is_contested_or_left() -> None:
    mine = {**BASE, "lens": Record("lens", "ruler", {"n": 1})}
    assert merged(mine, BASE).contested == [Put("lens", "ruler", {"n": 1})]
    assert merged(mine, BASE, {}).edited == 0
    assert merged(mine, changed(BASE, lens=None)).edited == 0


def test_what_went_and_came_back_is_compared_with_the_file() -> None:
    shown = changed(BASE, wall=None)
    mine = changed(BASE, wall={"pos": 8})
    assert merge(BASE, Opened(BASE, shown), mine, BASE).clear == [Set("wall", {"pos": 8})]


def test_groups_come_first_and_are_never_removed() -> None:
    """docs/bench-format.md, "Groups without members"."""
    arm = Record("arm", "group", {"name": "Arm", "order": 0.0})
    inside = Record("lens", "component", {"parent": "arm", "order": 0.0})
    found = merged({"lens": inside, "arm": arm}, {}, {})
    assert [op.id for op in found.clear] == ["arm", "lens"]
    assert (found.added, found.edited) == (1, 2)
    base = {"arm": arm, "lens": inside}
    alone = {"lens": Record("lens", "component", {"order": 0.0})}
    assert merged(alone, base, base).clear == [Set("lens", {"order": -1.0}, ["parent"])]


def ordered(*ids: str, step: float = 1.0, **props: Any) -> Bench:
    return {id: Record(id, "component", {"order": at * step, **props}) for at, id in enumerate(ids)}


def applied(theirs: Bench, ops: list[Op]) -> list[str]:
    result = dict(theirs)
    for op in ops:
        assert apply(result, op)
    return sorted(result, key=lambda id: (result[id].props["order"], id))


def test_other_numbers_for_the_same_order_are_no_edit() -> None:
    base = ordered("a", "b", "c")
    assert merged(ordered("a", "b", "c", step=7.0), base, base).edited == 0


def test_what_was_restacked_goes_among_what_others_restacked() -> None:
    base, theirs = ordered("a", "b", "c"), ordered("n", "b", "a", "c", step=2.0)
    found = merged(ordered("c", "a", "b"), theirs, base)
    assert (found.edited, found.contested) == (1, [])
    assert applied(theirs, found.clear) == ["n", "b", "c", "a"]


def test_what_both_restacked_is_contested() -> None:
    base = ordered("a", "b", "c")
    found = merged(ordered("c", "a", "b"), ordered("a", "c", "b"), base)
    assert [op.id for op in found.contested] == ["c"]


def test_an_earlier_save_and_this_window_may_have_restacked() -> None:
    base, file = ordered("a", "b", "c", "d"), ordered("d", "a", "b", "c")
    found = merge(base, Opened(file, file), ordered("d", "b", "a", "c"), base)
    assert applied(base, found.clear) == ["d", "b", "a", "c"]


def test_heights_follow_and_what_has_none_gets_none() -> None:
    base = ordered("a", "b", "c")
    for at, id in enumerate("abc"):
        base[id].props["z_value"] = 2.0 - at
    theirs = {id: Record(id, "component", dict(record.props)) for id, record in base.items()}
    assert merged(ordered("c", "a", "b"), theirs, base).clear == [Set("c", {"order": -1.0, "z_value": 3.0})]


def test_it_may_go_into_a_group() -> None:
    base = {**ordered("a", "b"), "arm": Record("arm", "group", {"order": 2.0})}
    base["b"] = Record("b", "component", {"parent": "arm", "order": 0.0})
    mine = {**base, "a": Record("a", "component", {"parent": "arm", "order": 1.0})}
    assert merged(mine, base, base).clear == [Set("a", {"order": 1.0, "parent": "arm"})]


def test_a_lock_is_an_edit_if_the_tree_says_so() -> None:
    """When 0.3 draws its layer panel, a little later, it removes the locks of a file of 0.2."""
    shown, file = ordered("a", "b", locked=True), ordered("a", "b", locked=True)
    mine = {
        **ordered("a", "b", locked=False),
        "b": Record("b", "component", {"order": 1.0, "layer_locked": 1}),
    }
    found = merge(file, Opened(file, shown), mine, file)
    assert found.clear == [Set("b", {"layer_locked": 1}, ["locked"])]


def test_what_is_in_a_locked_group_is_locked_with_it() -> None:
    """0.3 locks such items when it draws the tree; only the lock of the group is a user's edit."""
    base = ordered("arm", "inner", "a", "b")
    for id, parent in (("inner", "arm"), ("a", "inner")):
        base[id] = Record(id, "group" if id == "inner" else "component", {"order": 0.0, "parent": parent})
    base["arm"] = Record("arm", "group", {"order": 0.0})
    mine = changed(base, arm={"locked": True}, a={"locked": True, "layer_locked": True})
    mine["arm"] = Record("arm", "group", {"order": 0.0, "locked": True})
    found = merged(mine, base, base)
    assert found.clear == [Set("arm", {"locked": True})]


def test_new_items_go_beside_their_siblings() -> None:
    theirs = ordered("n", "a", "b")
    found = merged(ordered("a", "new", "b"), theirs, ordered("a", "b"))
    assert applied(theirs, found.clear) == ["n", "a", "new", "b"]


@pytest.mark.parametrize("name", ["order", "z_value"])
def test_heights_are_plain_edits_where_no_number_orders_items(name: str) -> None:
    """The demo bench states only real changes."""
    base = bench(lens={"pos": 0, name: 1.0})
    mine = bench(lens={"pos": 0, name: None})
    assert merged(mine, base, base).clear == [Set("lens", {name: None})]
