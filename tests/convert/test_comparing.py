"""The defined comparison: which differences count, and which do not."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given

from optiverse_collab.convert import same_bench
from optiverse_collab.errors import BenchFileError
from tests.helpers import benches
from tests.helpers.benches import REAL, Bench, bench

Change = Callable[[Bench], Any]


def changed(name: str, change: Change) -> tuple[Bench, Bench]:
    """A bench of tests/data, and the same bench after `change`."""
    original = benches.load(name)
    other = copy.deepcopy(original)
    change(other)
    return original, other


@pytest.mark.parametrize("other", [None, [], {"version": "1.0", "items": []}])
def test_only_benches_are_compared(other: Any) -> None:
    with pytest.raises(BenchFileError):
        same_bench(bench(), other)
    with pytest.raises(BenchFileError):
        same_bench(other, bench())


CHANGES: list[tuple[str, str, Change]] = [
    ("bench_small", "'x_mm' of the component 'Beam Block'", lambda b: b["items"][0].update(x_mm=-150.876)),
    ("bench_small", "is absent instead of None", lambda b: b["items"][0].pop("notes")),
    ("bench_small", "is 0 instead of False", lambda b: b["items"][0].update(locked=0)),
    ("bench_small", "is 'new' instead of absent", lambda b: b["items"][0].update(later="new")),
    ("bench_small", "'interfaces' of", lambda b: b["items"][0]["interfaces"].reverse()),
    ("bench_small", "is missing", lambda b: b["items"].pop(0)),
    ("bench_small", "is new", lambda b: b["items"].append({"_type": "component", "z_value": -1})),
    ("bench_small", "is of kind mirror instead", lambda b: b["items"][0].update(_type="mirror")),
    ("bench_small", "is of kind text instead", lambda b: b["texts"].append(b["rulers"].pop())),
    ("bench_small", "'points' of the ruler", lambda b: b["rulers"][0]["points"].reverse()),
    ("bench_small", "'name' of the group 'Pump arm'", lambda b: b["groups"][0].update(name="Arm")),
    ("bench_small", "'z_base' of the group", lambda b: b["groups"][0].update(z_base=1.0)),
    ("bench_small", "The group 'Pump arm'", lambda b: b["groups"].pop(0)),
    ("bench_small", "The layers at the root", lambda b: b["groups"][0]["item_uuids"].pop(0)),
    ("bench_small", "The layers at the root", lambda b: b["groups"][2].pop("parent_group_uuid")),
    ("bench_small", "in another order", lambda b: b["items"][0].update(z_value=6.0)),
    ("bench_small", "'absent_items' of the group", lambda b: b["groups"][0]["item_uuids"].append("gone")),
    ("bench_layers", "in another order", lambda b: b["layer_state"]["nodes"].reverse()),
    ("bench_layers", "'collapsed' of the group", lambda b: b["layer_state"]["nodes"][1].pop("collapsed")),
    ("bench_layers", "'in the layers' of", lambda b: b["layer_state"]["nodes"][0].update(visible=False)),
    ("bench_layers", "'link' of", lambda b: b["layer_state"]["nodes"][2]["link_metadata"].update(offset_x=1)),
    ("bench_layers", "'linked_cache' of the group", lambda b: b.pop("linked_assembly_cache")),
    ("bench_layers", "'title' of the file", lambda b: b.update(title="Δ")),
    (
        "bench_layers",
        "is new",
        lambda b: b.update(set_aside=[{"id": "x", "kind": "ruler", "props": {"points": 5}}]),
    ),
]


@pytest.mark.parametrize(("name", "sentence", "change"), CHANGES)
def test_each_difference_is_told(name: str, sentence: str, change: Change) -> None:
    original, other = changed(name, change)
    told = same_bench(original, other)
    assert any(sentence in difference for difference in told), told
    assert same_bench(other, original)


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("bench_layers", lambda b: b["items"].reverse()),
        ("bench_layers", lambda b: b["items"][0].update(x_mm=-400)),
        ("bench_layers", lambda b: b.update(groups=[])),
        ("bench_layers", lambda b: b["layer_state"]["nodes"][0].update(visible=True, locked=False)),
        ("bench_layers", lambda b: b["layer_state"]["nodes"].append({"uuid": "gone", "type": "item"})),
        ("bench_layers", lambda b: b["rulers"][0].pop("type")),
        ("bench_layers", lambda b: b.update(_autosave_meta={"timestamp": "now"})),
        ("bench_layers", lambda b: b.update(items=[dict(reversed(item.items())) for item in b["items"]])),
        ("bench_small", lambda b: b["groups"][0]["item_uuids"].reverse()),
        ("bench_small", lambda b: b.update(layer_state={})),
    ],
)
def test_what_has_no_meaning_is_no_difference(name: str, change: Change) -> None:
    assert same_bench(*changed(name, change)) == []


@pytest.mark.parametrize("name", REAL)
def test_a_bench_is_the_same_as_itself(name: str) -> None:
    assert same_bench(benches.load(name), benches.load(name)) == []


@given(benches.benches)
def test_any_bench_is_the_same_as_itself(any_bench: Bench) -> None:
    assert same_bench(any_bench, copy.deepcopy(any_bench)) == []


@given(benches.benches, benches.benches)
def test_two_benches_differ_both_ways_or_not_at_all(a: Bench, b: Bench) -> None:
    assert bool(same_bench(a, b)) == bool(same_bench(b, a))


def test_a_difference_is_one_sentence_that_is_not_too_long() -> None:
    original, other = changed("bench_300", lambda b: b["items"].clear())
    assert max(len(difference) for difference in same_bench(original, other)) < 250
