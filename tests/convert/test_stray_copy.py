"""A copy that was edited elsewhere, merged with the session that it left."""

from __future__ import annotations

from typing import Any

from optiverse_collab.convert import differs
from optiverse_collab.convert.ancestor_search import AncestorSearch, Certainty, Departure
from optiverse_collab.convert.equivalence import PLACE, same_meaning
from optiverse_collab.convert.resemblance import NEIGHBOUR, THERE, Unit
from optiverse_collab.convert.stray_copy import conflicts, merge_copy
from optiverse_collab.convert.three_way import Merge
from optiverse_collab.core.client.effects import ConflictKind
from optiverse_collab.core.records import Put, Record, Remove, Set
from tests.helpers.stray_copies import Bench, Case, random_case


def bench(**items: dict[str, Any]) -> Bench:
    return {id: Record(id, "component", props) for id, props in items.items()}


BASE = bench(lens={"x": 0, "name": "Lens"}, mirror={"x": 1}, wall={"x": 2})


def left(base: Bench = BASE, is_oldest: bool = False, doubtful: set[Unit] | None = None) -> Departure:
    return Departure(7, 7000, 7000, Certainty.SURE, base, is_oldest, frozenset(doubtful or ()))


def test_each_side_keeps_what_it_did() -> None:
    mine = bench(lens={"x": 5, "name": "Lens"}, mirror={"x": 1}, new={"x": 4})
    theirs = bench(lens={"x": 0, "name": "L1"}, mirror={"x": 7}, wall={"x": 2})
    assert merge_copy(left(), mine, theirs) == Merge(
        [Put("new", "component", {"x": 4}), Set("lens", {"x": 5}), Remove("wall")], [], [], 1, 3, 2
    )


def test_what_was_changed_on_both_sides_is_contested() -> None:
    mine = bench(lens={"x": 5, "name": "Lens"}, mirror={"x": 2}, wall={"x": 2})
    theirs = bench(lens={"x": 9, "name": "Lens"}, wall={"x": 2})
    found = merge_copy(left(), mine, theirs)
    assert (found.clear, found.contested, found.gone) == (
        [],
        [Set("lens", {"x": 5})],
        [Set("mirror", {"x": 2})],
    )


def test_what_only_one_states_counts_unless_it_is_a_default() -> None:
    base = bench(lens={"x": 0, "layer_visible": False}, mirror={"x": 0})
    mine = bench(lens={"x": 0, "locked": False, "mm_per_pixel": 0.1}, mirror={"x": 0, "notes": "Hi"})
    assert merge_copy(left(base), mine, base).clear == [Set("mirror", {"notes": "Hi"})]
    found = merge_copy(left(base), mine, base, has_tree=True)
    assert found.clear == [Set("lens", {}, ["layer_visible"]), Set("mirror", {"notes": "Hi"})]


def test_the_conflicts_have_both_values_and_an_author() -> None:
    mine = bench(lens={"x": 5, "name": "Mine"}, mirror={"x": 3}, new={"x": 4})
    theirs = bench(lens={"x": 9, "name": "Lens"}, wall={"x": 3})
    authors = {("lens", "x"): "Ann", ("mirror", THERE): "Ben", ("wall", THERE): "Eva"}
    departure = left()._replace(authors=authors)
    found = conflicts(departure, merge_copy(departure, mine, theirs), mine, theirs)
    assert [(one.kind, one.by, one.mine, one.theirs, one.names) for one in found] == [
        (ConflictKind.HELD, "Ann", Set("lens", {"x": 5}), Set("lens", {"x": 9}), ("x",)),
        (ConflictKind.HELD, "Eva", Remove("wall"), Set("wall", {"x": 3}), ()),
        (ConflictKind.GONE, "Ben", Set("mirror", {"x": 3}), Remove("mirror"), ()),
    ]
    assert [one.record for one in found] == [mine["lens"], theirs["wall"], mine["mirror"]]


def test_beyond_the_kept_history_nothing_was_removed() -> None:
    """And each difference is contested: the copy may just have an older value."""
    mine = bench(lens={"x": 5, "name": "Lens"}, mirror={"x": 1, "order": 0.0}, new={"x": 4})
    assert merge_copy(left(is_oldest=True), mine, BASE) == Merge(
        [Put("new", "component", {"x": 4})], [Set("lens", {"x": 5})], [], 1, 2, 0
    )


def test_what_is_doubtful_is_contested() -> None:
    mine = bench(lens={"x": 5, "name": "Mine"}, mirror={"x": 3}, wall={"x": 2})
    theirs = bench(lens={"x": 0, "name": "Theirs"}, mirror={"x": 1}, wall={"x": 2})
    found = merge_copy(left(doubtful={("lens", "x")}), mine, theirs)
    assert found.clear == [Set("mirror", {"x": 3})]
    assert found.contested == [Set("lens", {"name": "Mine", "x": 5})]


def test_an_item_whose_kind_they_changed_stays_contested() -> None:
    base = bench(lens={"x": 0})
    mine = {"lens": Record("lens", "ruler", {"x": 5})}
    found = merge_copy(left(base, doubtful={("lens", "x")}), mine, base)
    assert (found.clear, found.contested) == ([], [Put("lens", "ruler", {"x": 5})])


def test_a_place_is_contested_as_one() -> None:
    base = {id: Record(id, "component", {"order": at}) for at, id in enumerate("abc")}
    mine = {**base, "c": Record("c", "component", {"order": -1.0})}
    assert [op.id for op in merge_copy(left(base), mine, base).clear] == ["c"]
    found = merge_copy(left(base, doubtful={("c", NEIGHBOUR)}), mine, base)
    assert (found.clear, [op.id for op in found.contested]) == ([], ["c"])


def test_groups_that_an_editor_cannot_read_stay() -> None:
    """0.2 opens a file of 0.3 without its groups; a file of 0.3 without groups has none."""
    arm = Record("arm", "group", {"name": "Arm", "order": 0.0})
    base = {"arm": arm, "lens": Record("lens", "component", {"x": 0, "parent": "arm", "order": 0.0})}
    mine = {"lens": Record("lens", "component", {"x": 1, "order": 0.0}), **bench(new={"order": 1.0})}
    found = merge_copy(left(base), mine, base)
    assert found.clear == [Put("new", "component", {"order": 1.0}), Set("lens", {"x": 1})]
    found = merge_copy(left(base), mine, base, has_tree=True)
    assert Set("lens", {"x": 1, "order": -1.0}, ["parent"]) in found.clear


def test_groups_without_members_are_no_edit() -> None:
    mine = {**BASE, "arm": Record("arm", "group", {"name": "Arm", "order": 0.0})}
    assert merge_copy(left(), mine, BASE).edited == 0


def test_removing_what_may_not_have_been_there_is_contested() -> None:
    mine = {id: BASE[id] for id in ("lens", "mirror")}
    assert merge_copy(left(), mine, BASE).clear == [Remove("wall")]
    found = merge_copy(left(doubtful={("wall", THERE)}), mine, BASE)
    assert (found.clear, found.contested) == ([], [Remove("wall")])


def test_an_item_that_the_session_removed_does_not_come_back() -> None:
    """It was there at some time, and the copy may simply still have it."""
    new = bench(new={"x": 4})
    found = merge_copy(left(doubtful={("new", "x")}), {**BASE, **new}, BASE)
    assert (found.clear, found.gone, found.added) == ([], [Set("new", {"x": 4})], 0)


def test_what_editors_drop_was_not_removed() -> None:
    """Kinds of a later version, items that can't be opened, and what this window does not show."""
    base = {
        **BASE,
        "later": Record("later", "of a later version", {}),
        "angle": Record("angle", "angle_measure", {}),
        "bad": Record("bad", "component", {"pos": "here"}),
    }
    mine = {id: BASE[id] for id in ("lens", "mirror")}
    assert merge_copy(left(base), mine, base).clear == [Remove("wall")]
    assert merge_copy(left(base), mine, base, unshown=["wall"]).edited == 0


def merged(case: Case) -> Merge:
    search = AncestorSearch(case.copy, {}, 0)
    search.add(case.entries)
    found = search.find()
    assert found is not None
    return merge_copy(found, case.copy, case.states[-1])


def silently_lost(case: Case, found: Merge) -> list[object]:
    """Edits that would silently replace others' work, or that nobody made in the copy."""
    then, now = case.states[case.left], case.states[-1]
    lost: list[object] = []
    for op in found.clear:
        old, there = then.get(op.id), now.get(op.id)
        if isinstance(op, Put):
            lost += [op] * (op.id not in case.touched or old is not None)
        elif old is None or there is None or op.id not in case.touched:
            makes_room = isinstance(op, Set) and op.props.keys() <= PLACE
            lost += [op] * (not makes_room)
        elif isinstance(op, Remove):
            lost += [op] * differs(old, there)
        else:
            pairs = [(name, old.props.get(name), there.props.get(name)) for name in op.props.keys() - PLACE]
            lost += [pair for pair in pairs if not same_meaning("", *pair)]
    return lost


def test_in_a_hundred_random_merges_nothing_is_silently_lost() -> None:
    """SEEN-5: whatever the search found."""
    cases = [random_case(seed) for seed in range(1000, 1100)]
    found = [merged(case) for case in cases]
    assert [silently_lost(*pair) for pair in zip(cases, found, strict=True) if silently_lost(*pair)] == []
    assert sum(len(one.clear) for one in found) > 100
    assert sum(len(one.contested) for one in found) > 50


def test_every_edit_of_the_copy_is_accounted_for() -> None:
    """Each item whose content was edited in the copy is as in it, or among the edits."""
    for seed in range(1100, 1120):
        case = random_case(seed)
        found = merged(case)
        edits = {op.id for op in (*found.clear, *found.contested, *found.gone)}
        then, now = case.states[case.left], case.states[-1]
        for id in case.touched & case.copy.keys():
            mine, none = case.copy[id], Record(id, "", {})
            if differs(then.get(id, none), mine) and differs(now.get(id, none), mine):
                assert id in edits
