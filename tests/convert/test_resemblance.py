"""What a copy has in common with a session's bench, while that changes."""

from __future__ import annotations

import pytest

from optiverse_collab.convert.resemblance import MISSING, NEIGHBOUR, STATED, THERE, Resemblance
from optiverse_collab.core.records import Lane, Put, Record, Remove, Set
from tests.helpers.stray_copies import random_case

COPY = {
    "lens": Record("lens", "component", {"pos": [1.0, 0.0], "order": 0.0}),
    "note": Record("note", "text", {"text": "Hi", "order": 1.0}),
}


def test_a_bench_of_its_own_has_all_in_common() -> None:
    same = Resemblance(COPY, COPY)
    assert (same.different, same.distance) == (set(), 0)


def test_what_is_missing_is_different_in_all_that_it_states() -> None:
    empty = Resemblance(COPY, {})
    assert empty.different == {("lens", "pos"), ("note", "text"), ("lens", NEIGHBOUR), ("note", NEIGHBOUR)}
    assert empty.distance == 2 * STATED + 2 * MISSING


def test_each_change_says_what_it_changed() -> None:
    there = Resemblance(COPY, COPY)
    assert list(there.play([Set("lens", {"pos": [5.0, 0.0]})])) == [("lens", "pos")]
    assert there.distance == STATED
    assert list(there.play([Set("lens", {"pos": [6.0, 0.0]})])) == []
    assert list(there.play([Set("lens", {"pos": [1, 0]})])) == [("lens", "pos")]
    assert list(there.play([Remove("note"), Put("note", "text", COPY["note"].props)])) != []
    assert (there.different, there.distance) == (set(), 0)


def test_what_an_editor_only_writes_otherwise_is_the_same() -> None:
    there = Resemblance(COPY, COPY)
    noise = {"locked": False, "mm_per_pixel": 0.1, "layer_visible": True, "z_value": 7.0}
    assert list(there.play([Set("lens", noise)])) == []


def test_a_property_that_the_copy_lacks_counts_less() -> None:
    there = Resemblance(COPY, COPY)
    assert list(there.play([Set("lens", {"layer_locked": True})])) == [("lens", "layer_locked")]
    assert there.distance == MISSING
    assert list(there.play([Set("lens", {}, ["layer_locked"])])) == [("lens", "layer_locked")]


def test_an_item_that_the_copy_lacks_counts() -> None:
    """A group does not: files lack those without members."""
    there = Resemblance(COPY, COPY)
    assert list(there.play([Put("new", "component", {"pos": [0.0, 0.0], "order": 9.0})])) == [("new", THERE)]
    assert list(there.play([Put("later", "of a later version", {"order": 10.0})])) == [("later", THERE)]
    assert list(there.play([Put("arm", "group", {"order": 11.0}), Remove("arm")])) == []
    assert list(there.play([Set("new", {"pos": [1.0, 0.0]}), Remove("new")])) == [("new", THERE)]


def test_what_a_merge_makes_the_same_says_nothing() -> None:
    """HIST-12: until somebody else sets it."""
    there = Resemblance(COPY, COPY)
    list(there.play([Set("lens", {"pos": [5.0, 0.0]})]))
    assert list(there.play([Set("lens", {"pos": [1.0, 0.0]})], merges=True)) == []
    assert there.different == {("lens", "pos")}
    assert list(there.play([Set("lens", {"pos": [1.0, 0.0]})])) == [("lens", "pos")]
    assert list(there.play([Set("lens", {"pos": [7.0, 0.0]})], merges=True)) == [("lens", "pos")]


def test_others_lanes_are_no_part_of_it() -> None:
    there = Resemblance(COPY, COPY)
    assert list(there.play([Put("lens 2", "comment", {}, Lane.TALK), Set("lens 2", {"x": 1})])) == []


def test_another_kind_has_nothing_in_common() -> None:
    there = Resemblance(COPY, COPY)
    assert set(there.play([Put("lens", "ruler", {"pos": [1.0, 0.0], "order": 0.0})])) == {("lens", "pos")}


def test_a_place_is_that_below_a_neighbour() -> None:
    there = Resemblance(COPY, COPY)
    assert list(there.play([Set("lens", {"order": -3.0})])) == []
    assert set(there.play([Set("note", {"order": -4.0})])) == {("note", NEIGHBOUR), ("lens", NEIGHBOUR)}
    assert there.distance == 2 * MISSING


def test_a_linked_file_is_not_compared() -> None:
    arm = {"arm": Record("arm", "group", {"order": 0.0, "name": "Arm", "linked_cache": {"a": 1}})}
    there = Resemblance(arm, arm)
    assert list(there.play([Set("arm", {"linked_cache": {"a": 2}, "name": "B"})])) == [("arm", "name")]


@pytest.mark.parametrize("seed", range(5))
def test_it_is_the_same_as_from_the_start(seed: int) -> None:
    """However the session got there."""
    case = random_case(seed)
    there = Resemblance(case.copy, {})
    for entry, state in zip(case.entries, case.states[1:], strict=True):
        list(there.play(entry.ops))
        fresh = Resemblance(case.copy, state)
        assert (there.different, there.distance) == (fresh.different, fresh.distance)
