"""A new item is shown where reading all records would show it."""

from __future__ import annotations

import random

import pytest

from optiverse_collab.convert.layers import MAX_DEPTH
from optiverse_collab.core.records import Record
from optiverse_collab.host.optiverse.layers.places import Places, Shown

UNSHOWN = "unshown"


def holds(id: str) -> bool:
    """Whether something can hold items; here, items can't, as in Optiverse 0.2."""
    return id.startswith("g")


def tree(places: Places) -> Shown:
    """The tree to show; one group in it can't be shown."""
    shown = places.tree(lambda id: True, lambda id: id != UNSHOWN, holds)
    return {parent: ids for parent, ids in shown.items() if ids}


def read(places: Places, id: str, **place: object) -> bool:
    """Read where a new item is; returns whether it could be shown without a rebuild of the tree."""
    places.read(Record(id, "group" if id.startswith(("g", UNSHOWN)) else "component", place))
    if id != UNSHOWN and places.insert(id, holds) is not None:
        return True
    places.show(places.tree(lambda id: True, lambda id: id != UNSHOWN, holds))
    return False


def shown(places: Places) -> Shown:
    ids = (None, *places._stated)
    return {id: list(inside) for id in ids if (inside := places.shown_in(id))}


@pytest.mark.parametrize("seed", range(200))
def test_any_order_of_arrival(seed: int) -> None:
    rng = random.Random(seed)
    ids = [f"g{n}" for n in range(4)] + [f"item {n}" for n in range(12)] + [UNSHOWN] * (seed % 2)
    rng.shuffle(ids)
    places = Places()
    quick = 0
    for id in ids:
        place: dict[str, object] = {}
        if rng.random() < 0.6:
            place["parent"] = rng.choice(["g0", "g1", "g2", "g3", "item 3", UNSHOWN, "nobody", 7])
        if rng.random() < 0.8:
            place["order"] = rng.choice([0.0, 1.0, 2.5, "first"])
        if rng.random() < 0.5:
            place["z_value"] = rng.choice([0.0, 3.0])
        quick += read(places, id, **place)
        assert shown(places) == tree(places)
    assert quick > 0 or seed % 2  # the group that can't be shown may have come first


def test_a_group_that_comes_after_what_is_in_it() -> None:
    places = Places()
    assert read(places, "lens", parent="g")
    assert not read(places, "g")
    assert shown(places) == tree(places) == {None: ["g"], "g": ["lens"]}
    assert read(places, "mirror", parent="g")


def test_a_group_that_went_and_comes_again() -> None:
    places = Places()
    read(places, "g")
    read(places, "lens", parent="g")
    places.forget("g")
    places.show(places.tree(lambda id: True, lambda id: True, holds))
    assert not read(places, "g")
    assert shown(places) == tree(places) == {None: ["g"], "g": ["lens"]}


def test_what_others_put_back_is_shown_again() -> None:
    """At the same place: its record is the same as before, but the window doesn't show it anywhere."""
    places = Places()
    for id in ("g1", "lens"):
        read(places, id, **({"parent": "g1"} if id == "lens" else {}))
    lens = Record("lens", "component", {"parent": "g1"})
    assert not places.read(lens)
    assert places.follow({None: []}, {}) == {"g1", "lens"}
    assert places.read(lens)


def test_groups_in_groups_as_deep_as_can_be() -> None:
    places = Places()
    for level in range(MAX_DEPTH + 3):
        read(places, f"g{level}", **({"parent": f"g{level - 1}"} if level else {}))
        assert shown(places) == tree(places)


def test_example_in_the_module_is_true() -> None:
    there = {"lens", "laser"}
    places = Places()
    places.read(Record("lens", "component", {"parent": "optics", "order": 0.0}))
    places.read(Record("laser", "source", {"order": 1.0}))
    places.show(places.tree(there.__contains__, there.__contains__, holds))
    assert shown(places) == {None: ["lens", "laser"]}
    assert places.follow({None: ["laser", "lens"]}, {"lens": "component", "laser": "source"}) == {"laser"}
    assert places.of("laser") == {"order": -1.0}
    assert places.of("lens") == {"parent": "optics", "order": 0.0}
    places.read(Record("optics", "group", {"order": 0.0}))
    there.add("optics")
    tree = places.tree(there.__contains__, there.__contains__, {"optics"}.__contains__)
    assert tree == {None: ["laser", "optics"], "optics": ["lens"]}
