"""A second copy of a bench shares no id with the first, and otherwise equals it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
from hypothesis import given

from optiverse_collab.convert import records_from_bench, with_fresh_ids
from tests.helpers import benches
from tests.helpers.benches import REAL, Bench, bench


def copy_of(original: Bench) -> Bench:
    numbers = count()
    return with_fresh_ids(original, lambda: f"new {next(numbers)}")


@pytest.mark.parametrize("name", REAL)
def test_a_copy_shares_no_id_and_has_the_same_tree(name: str) -> None:
    original = benches.load(name)
    before = json.dumps(original)
    copy = copy_of(original)
    assert json.dumps(original) == before
    old, new = records_from_bench(original).records, records_from_bench(copy).records
    assert old.keys() & new.keys() <= {"assembly"}
    assert all(id.startswith("new ") for id in new if id != "assembly")
    ids = dict(zip(old, new, strict=True))
    for id, record in old.items():
        props = {name: value for name, value in record.props.items() if name not in ("parent", "owner_uuid")}
        twin = {name: value for name, value in new[ids[id]].props.items() if name in props}
        assert (new[ids[id]].kind, twin) == (record.kind, props)
        for reference in ("parent", "owner_uuid"):
            assert new[ids[id]].props.get(reference) == ids.get(record.props.get(reference, ""))


def test_whatever_names_an_id_names_the_new_one() -> None:
    copy = copy_of(
        bench(
            items=[{"_type": "component", "item_uuid": "lens", "name": "lens"}],
            texts=[{"type": "text", "item_uuid": "label", "owner_uuid": "lens"}],
            groups=[
                {"group_uuid": "arm", "name": "arm", "item_uuids": ["lens", "elsewhere"]},
                {"group_uuid": "inner", "parent_group_uuid": "arm", "item_uuids": ["label"]},
            ],
            layer_state={
                "version": 1,
                "nodes": [
                    {
                        "uuid": "arm",
                        "type": "group",
                        "children": [{"uuid": "lens", "type": "item"}, {"uuid": "linked", "type": "item"}],
                    }
                ],
            },
        )
    )
    assert copy == bench(
        items=[{"_type": "component", "item_uuid": "new 0", "name": "lens"}],
        texts=[{"type": "text", "item_uuid": "new 1", "owner_uuid": "new 0"}],
        groups=[
            {"group_uuid": "new 2", "name": "arm", "item_uuids": ["new 0", "elsewhere"]},
            {"group_uuid": "new 3", "parent_group_uuid": "new 2", "item_uuids": ["new 1"]},
        ],
        layer_state={
            "version": 1,
            "nodes": [
                {
                    "uuid": "new 2",
                    "type": "group",
                    "children": [{"uuid": "new 0", "type": "item"}, {"uuid": "linked", "type": "item"}],
                }
            ],
        },
    )


def test_what_is_not_in_the_bench_keeps_its_id() -> None:
    """The label of a component that is not copied, items of a linked file, and text that is no id."""
    cache = {"arm": {"snapshot": {"items": [{"item_uuid": "theirs"}]}}, "lens": 5}
    original = bench(
        items=[{"item_uuid": 5}, {"item_uuid": None}, {"item_uuid": ""}, 7],
        texts=[{"owner_uuid": "lens"}],
        linked_assembly_cache=cache,
    )
    assert copy_of(original) == original


@given(benches.benches)
def test_any_bench_can_be_copied(original: Bench) -> None:
    copy = copy_of(original)
    assert _shape({**copy, "linked_assembly_cache": 0}) == _shape({**original, "linked_assembly_cache": 0})
    named = {name for name in _ids_in(original) if not name.startswith("new ")}
    assert not any(id in named for id in _ids_in(copy))


def _shape(part: Any) -> Any:
    """A part of a bench without its texts."""
    if isinstance(part, dict):
        return {name: _shape(inner) for name, inner in part.items()}
    if isinstance(part, list):
        return [_shape(inner) for inner in part]
    return "text" if isinstance(part, str) else part


def _ids_in(original: Bench) -> Iterator[str]:
    """The ids of the items and groups of a bench."""
    for section in ("items", "rulers", "texts", "rectangles", "angle_measures"):
        yield from (id for entry in original.get(section, []) if (id := entry.get("item_uuid")))
    yield from (id for group in original.get("groups", []) if (id := group.get("group_uuid")))
