"""Only items that moved among their siblings get a new place."""

from __future__ import annotations

import random

import pytest

from optiverse_collab.convert.stacking import restacked


def moved(ids: str, known: dict[str, float]) -> set[str]:
    """The ids that get a new place; checks that the new places give this order."""
    new = restacked(list(ids), known)
    assert sorted(new, key=lambda id: (new[id], id)) == list(ids)
    return {id for id in ids if known.get(id) != new[id]}


@pytest.mark.parametrize(
    ("ids", "expected"),
    [
        ("", ""),
        ("abc", ""),
        ("dabc", "d"),
        ("abcd", "d"),
        ("abdc", "d"),
        ("adebc", "de"),
        ("ac", ""),
        ("bca", "a"),
        ("cab", "c"),
        ("x", "x"),
    ],
)
def test_only_what_moved_changes(ids: str, expected: str) -> None:
    assert moved(ids, {"a": 0.0, "b": 1.0, "c": 2.0}) == set(expected)


def test_new_siblings_are_numbered_from_the_top() -> None:
    assert restacked(list("abc"), {}) == {"a": 0.0, "b": 1.0, "c": 2.0}
    assert restacked(list("ab"), {}, first=-1.0) == {"a": -1.0, "b": 0.0}


def test_same_place_of_two_is_settled_by_id() -> None:
    assert moved("ab", {"a": 1.0, "b": 1.0}) == set()
    assert len(moved("ba", {"a": 1.0, "b": 1.0})) == 1


def test_no_room_between_two_means_new_places_for_all() -> None:
    assert restacked(list("acb"), {"a": 1.0, "b": 1.0}) == {"a": 0.0, "c": 1.0, "b": 2.0}


def test_any_number_of_moves_keeps_the_order() -> None:
    rng = random.Random(1)
    ids = list("abcdefgh")
    known = restacked(ids, {})
    changed = 0
    for _ in range(2000):
        ids.insert(rng.randrange(8), ids.pop(rng.randrange(8)))
        new = restacked(ids, known)
        assert sorted(new, key=lambda id: (new[id], id)) == ids
        changed += sum(known[id] != new[id] for id in ids)
        known = new
    assert changed < 2000 * 1.5
