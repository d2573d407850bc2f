"""The bench signals every change once, and ignores items that aren't there."""

from __future__ import annotations

from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from optiverse_collab_demo.model import MISSING, Bench, Item

Heard = list[tuple[str, list[str]]]


@pytest.fixture
def bench(qtbot: QtBot) -> Bench:
    bench = Bench()
    bench.put("lens", "component", {"x": 1})
    return bench


@pytest.fixture
def heard(bench: Bench) -> Heard:
    """The signals of the bench."""
    heard: Heard = []
    for name in ("added", "changed", "removed"):
        getattr(bench, f"items_{name}").connect(lambda ids, name=name: heard.append((name, ids)))
    return heard


def test_what_is_not_there_is_neither_changed_nor_removed(bench: Bench, heard: Heard) -> None:
    bench.change({"gone": {"x": 2}})
    bench.remove(["gone"])
    bench.change({})
    assert heard == []
    assert list(bench.items) == ["lens"]


def test_what_is_not_there_does_not_stop_the_rest(bench: Bench, heard: Heard) -> None:
    bench.change({"gone": {"x": 2}, "lens": {"x": 3}})
    bench.remove(["gone", "lens", "lens"])
    assert heard == [("changed", ["lens"]), ("removed", ["lens"])]


def test_item_that_is_put_again_is_the_same_object(bench: Bench, heard: Heard) -> None:
    item = bench.items["lens"]
    bench.put("lens", "source", {"y": 5})
    assert bench.items["lens"] is item
    assert (item.kind, item.props) == ("source", {"y": 5})
    assert heard == [("changed", ["lens"])]


def test_missing_takes_a_property_away(bench: Bench) -> None:
    bench.change({"lens": {"x": MISSING, "never there": MISSING, "y": None}})
    assert bench.items["lens"].props == {"y": None}


def test_another_bench_takes_the_place_of_this_one(bench: Bench, heard: Heard) -> None:
    bench.replace([Item("a", "component", {}), Item("b", "source", {})])
    assert list(bench.items) == ["a", "b"]
    assert heard == [("removed", ["lens"]), ("added", ["a", "b"])]


def test_empty_bench_adds_nothing(bench: Bench, heard: Heard) -> None:
    bench.replace([])
    assert heard == [("removed", ["lens"])]


def test_items_have_properties_of_their_own(bench: Bench) -> None:
    given = {"x": 1}
    bench.put("other", "component", given)
    given["x"] = 2
    assert bench.items["other"].props == {"x": 1}


@pytest.mark.parametrize(
    ("props", "name"),
    [
        ({"name": "Lens"}, "Lens"),
        ({"text": "A note"}, "A note"),
        ({"name": "\n  \nBelow empty lines\nand more"}, "Below empty lines"),
        ({"name": "x" * 300}, "x" * 40),
        ({"name": ""}, "component"),
        ({"name": " \n "}, "component"),
        ({"name": 5}, "component"),
        ({"name": None}, "component"),
        ({}, "component"),
    ],
)
def test_item_is_called_by_one_short_line(props: dict[str, Any], name: str) -> None:
    assert Item("id", "component", props).name == name
