"""Moves in one tree, applied to another."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optiverse_collab.convert.layers import tree_of
from optiverse_collab.convert.places import Place, moved, placed
from optiverse_collab.core.records import Record


def bench(text: str, step: float = 1.0) -> dict[str, Record]:
    """A bench made from its layers, top to bottom: ``a b G(c d)``; the orders are `step` apart."""
    records: dict[str, Record] = {}
    counts: dict[str | None, int] = {}
    parent: str | None = None
    last = ""
    for word in text.replace("(", " ( ").replace(")", " ) ").split():
        if word == "(":
            parent = last
        elif word == ")":
            parent = None
        else:
            last = word
            props: dict[str, Any] = {"order": counts.get(parent, 0) * step}
            counts[parent] = counts.get(parent, 0) + 1
            if parent is not None:
                props["parent"] = parent
            records[word] = Record(word, "group" if word.isupper() else "component", props)
    return records


def layers(records: dict[str, Record]) -> str:
    tree = tree_of(records)

    def named(record: Record) -> str:
        inside = " ".join(one.id for one in tree.get(record.id, ()))
        return f"{record.id}({inside})" if inside else record.id

    return " ".join(named(record) for record in tree[None])


def after(theirs: dict[str, Record], mine: dict[str, Record], ids: set[str]) -> str:
    """Their layers, after my records were placed in them."""
    result = dict(theirs)
    for id, place in placed(theirs, mine, ids).items():
        record = result.get(id, mine[id] if id in mine else theirs[id])
        props = {**record.props, "order": place.order, "parent": place.parent}
        if place.parent is None:
            del props["parent"]
        result[id] = Record(id, record.kind, props)
    return layers(result)


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        ("a b c", "a b c", set()),
        ("a b c", "c a b", {"c"}),
        ("a b c", "b c", set()),
        ("a b c", "new a b c", set()),
        ("a b G(c)", "b G(a c)", {"a"}),
        ("b G(a c)", "a b G(c)", {"a"}),
        ("G(a b c)", "G(b c a)", {"a"}),
        ("a b c d", "d c b a", 3),
    ],
)
def test_as_few_as_can_be_were_moved(before: str, now: str, expected: set[str] | int) -> None:
    found = moved(bench(before, 0.5), bench(now, 3.0))
    assert (len(found) if isinstance(expected, int) else found) == expected


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        ({"a": 0.0, "b": 0.0}, {"b": 0.0, "a": 0.0}, set()),
        ({"a": 1.0, "b": 0.0}, {"b": 2.0, "a": 1.0}, {"b"}),
        ({"a": 1.0, "b": 0.0}, {"b": 0.0, "a": -1.0}, {"a"}),
        ({"a": 1.0, "b": 0.0, "c": 0.0}, {"c": 0.0, "b": 0.0, "a": -1.0}, {"a"}),
    ],
)
def test_what_keeps_its_height_was_not_restacked(
    before: dict[str, float], now: dict[str, float], expected: set[str]
) -> None:
    """0.2 reverses the order among items of one height."""

    def with_heights(heights: dict[str, float]) -> dict[str, Record]:
        records = bench(" ".join(heights))
        for id, z in heights.items():
            records[id].props["z_value"] = z
        return records

    assert moved(with_heights(before), with_heights(now)) == expected
    if not any(before.values()):  # a file may omit that; and groups have no height
        others = bench("G(x)")
        assert moved({**others, **bench(" ".join(before))}, {**others, **with_heights(now)}) == expected


@pytest.mark.parametrize(
    ("theirs", "mine", "ids", "expected"),
    [
        ("a b c", "a x b c", {"x"}, "a x b c"),
        ("a b c", "x a b c", {"x"}, "x a b c"),
        ("a b c", "a b c x", {"x"}, "a b c x"),
        ("b c", "a x b c", {"x"}, "x b c"),
        ("a c", "a b x y", {"x", "y"}, "a x y c"),
        ("d e", "a x", {"x"}, "x d e"),
        ("", "x y", {"x", "y"}, "x y"),
        ("a b G(c)", "b G(c a)", {"a"}, "b G(c a)"),
        ("b G(c a)", "a b G(c)", {"a"}, "a b G(c)"),
        ("a b c n", "c a b", {"c"}, "c a b n"),
        ("G(a n) b", "b G(a)", {"G"}, "b G(a n)"),
    ],
)
def test_it_goes_below_what_lies_above_it(theirs: str, mine: str, ids: set[str], expected: str) -> None:
    assert after(bench(theirs), bench(mine, 0.25), ids) == expected


def test_without_room_the_siblings_get_new_places() -> None:
    theirs, mine = bench("a b c", 5e-324), bench("a x b c")
    assert set(placed(theirs, mine, {"x"})) == {"x", "b", "c"}
    assert after(theirs, mine, {"x"}) == "a x b c"


@pytest.mark.parametrize(
    ("heights", "z"),
    [((5.0, 2.0), 3.5), ((None, 2.0), 3.0), ((5.0, None), 4.0), ((None, None), None)],
)
def test_the_height_lies_between_those_of_the_siblings(
    heights: tuple[float | None, float | None], z: float | None
) -> None:
    theirs = bench("a b")
    for id, height in zip("ab", heights, strict=True):
        if height is not None:
            theirs[id].props["z_value"] = height
    assert placed(theirs, bench("a x b"), {"x"})["x"] == Place(None, 0.5, z)


@given(st.permutations("abcdef"), st.permutations("abcdef"), st.sets(st.sampled_from("abcdef")))
def test_the_others_stay_in_their_order(theirs: list[str], mine: list[str], ids: set[str]) -> None:
    there = " ".join(theirs)
    result = after(bench(there), bench(" ".join(mine)), ids).split()
    assert [id for id in result if id not in ids] == [id for id in theirs if id not in ids]
    assert sorted(result) == sorted(theirs)


@given(st.permutations("abcdef"), st.permutations("abcdef"))
def test_what_was_moved_makes_the_one_tree_the_other(before: list[str], now: list[str]) -> None:
    old, new = bench(" ".join(before)), bench(" ".join(now), 2.0)
    assert after(old, new, moved(old, new)) == " ".join(now)
