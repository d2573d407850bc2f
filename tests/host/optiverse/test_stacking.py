"""Only what changed its place gets a new z value."""

from __future__ import annotations

import random

import pytest

from optiverse_collab.host.optiverse.stacking import restacked


def moved(order: str, z: dict[str, float]) -> set[str]:
    """The ids that get a new z value, after checking that the new ones give this order."""
    new = restacked(list(order), z)
    assert sorted(new, key=lambda id: (-new[id], id)) == list(order)
    return {id for id in order if z.get(id) != new[id]}


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("", ""),
        ("cba", ""),
        ("dcba", "d"),
        ("cbad", "d"),
        ("cdba", "d"),
        ("cdeba", "de"),
        ("ca", ""),
        ("acb", "a"),
        ("bac", "c"),
        ("x", "x"),
    ],
)
def test_only_what_moved_changes(order: str, expected: str) -> None:
    assert moved(order, {"a": 0.0, "b": 1.0, "c": 2.0}) == set(expected)


def test_new_bench_is_numbered_as_the_host_does() -> None:
    assert restacked(list("cba"), {}) == {"c": 2.0, "b": 1.0, "a": 0.0}


def test_same_z_value_of_two_is_settled_by_id() -> None:
    assert moved("ab", {"a": 1.0, "b": 1.0}) == set()
    assert len(moved("ba", {"a": 1.0, "b": 1.0})) == 1


def test_no_room_between_two_means_new_numbers_for_all() -> None:
    assert restacked(list("acb"), {"a": 1.0, "b": 1.0}) == {"a": 2.0, "c": 1.0, "b": 0.0}


def test_any_number_of_moves_keeps_the_order() -> None:
    rng = random.Random(1)
    order = list("abcdefgh")
    z = restacked(order, {})
    changed = 0
    for _ in range(2000):
        order.insert(rng.randrange(8), order.pop(rng.randrange(8)))
        new = restacked(order, z)
        assert sorted(new, key=lambda id: (-new[id], id)) == order
        changed += sum(z[id] != new[id] for id in order)
        z = new
    assert changed < 2000 * 1.5
