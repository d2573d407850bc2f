"""Copies of items as text: new ids, the same properties; the clipboard's content is not trusted."""

from __future__ import annotations

import json

import pytest

from optiverse_collab_demo.clipboard import from_text, to_text
from optiverse_collab_demo.model import Item

LENS = {"pos": [1.0, 2.0], "angle_deg": 30.0, "from": {"a later": ["version"]}}


def bench(**items: Item) -> dict[str, Item]:
    return items


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no JSON",
        "null",
        "7",
        "{}",
        "[1, 2]",
        '[["id", "component"]]',
        '[["id", "component", 5]]',
        '[["id", "component", "text"]]',
        '[[["id"], "component", {}]]',
        '[["id", "component", {}, "more"]]',
        "[" * 100_000,
    ],
)
def test_any_other_text_is_nothing(text: str) -> None:
    assert from_text(text, (0.0, 0.0)) == []


def test_copy_has_a_new_id_and_everything_else_but_its_place() -> None:
    (copy,) = from_text(to_text(bench(lens=Item("lens", "component", LENS)), ["lens"]), (10.0, -5.0))
    assert copy.id != "lens"
    assert copy.kind == "component"
    assert copy.props == {**LENS, "pos": [11.0, -3.0]}


def test_each_paste_has_ids_of_its_own() -> None:
    text = to_text(bench(lens=Item("lens", "component", LENS)), ["lens"])
    (one,), (other,) = from_text(text, (0.0, 0.0)), from_text(text, (0.0, 0.0))
    assert one.id != other.id


def test_what_is_gone_is_not_copied() -> None:
    assert json.loads(to_text({}, ["lens"])) == []


def test_an_item_without_a_place_is_copied_unchanged() -> None:
    odd = {"pos": "here", "angle_deg": None}
    (copy,) = from_text(to_text(bench(odd=Item("odd", "new kind", odd)), ["odd"]), (10.0, 10.0))
    assert copy.props == odd


def test_place_among_the_layers_is_not_copied() -> None:
    """With the same `order`, the ids of the two items would decide which one is on top."""
    (copy,) = from_text(to_text(bench(a=Item("a", "component", {"order": 3.0})), ["a"]), (0.0, 0.0))
    assert "order" not in copy.props


def test_whole_group_is_copied_with_its_inner_groups() -> None:
    items = bench(
        outer=Item("outer", "group", {"name": "Outer"}),
        inner=Item("inner", "group", {"parent": "outer"}),
        a=Item("a", "component", {"pos": [0, 0], "parent": "inner"}),
        b=Item("b", "component", {"pos": [9, 9], "parent": "outer"}),
    )
    copies = {copy.props.get("name", str(copy.props.get("pos"))): copy for copy in from_text(
        to_text(items, ["a", "b"]), (1.0, 1.0)
    )}  # fmt: skip
    outer, a, b = copies["Outer"], copies["[1.0, 1.0]"], copies["[10.0, 10.0]"]
    (inner,) = (copy for copy in copies.values() if copy.kind == "group" and copy is not outer)
    assert (a.props["parent"], b.props["parent"], inner.props["parent"]) == (inner.id, outer.id, outer.id)
    assert {copy.id for copy in copies.values()}.isdisjoint(items)


def test_part_of_a_group_is_copied_without_it() -> None:
    items = bench(
        group=Item("group", "group", {}),
        a=Item("a", "component", {"pos": [0, 0], "parent": "group"}),
        b=Item("b", "component", {"pos": [9, 9], "parent": "group"}),
    )
    (copy,) = from_text(to_text(items, ["a"]), (0.0, 0.0))
    assert "parent" not in copy.props
