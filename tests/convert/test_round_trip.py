"""Benches survive import and export: real ones, and arbitrary ones."""

from __future__ import annotations

import json
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optiverse_collab.convert import (
    bench_from_records,
    item_from_record,
    record_from_item,
    records_from_bench,
    same_bench,
    tree_of,
)
from optiverse_collab.convert.kinds import SECTIONS, is_item
from optiverse_collab.convert.layers import shows_file
from optiverse_collab.core.checks import check_change
from optiverse_collab.core.limits import Limits
from optiverse_collab.core.records import Record, put
from tests.helpers import benches
from tests.helpers.benches import REAL, Bench


@pytest.mark.parametrize("name", REAL)
def test_real_bench_comes_back_the_same(name: str) -> None:
    original = benches.load(name)
    imported = records_from_bench(original)
    assert imported.warnings == []
    exported = bench_from_records(imported.records)
    assert same_bench(original, exported) == []
    assert records_from_bench(exported) == imported


@pytest.mark.parametrize("name", ["bench_small", "bench_300"])
def test_items_of_a_real_bench_come_back_to_the_letter(name: str) -> None:
    """Checked without the converter's own comparison."""
    original = benches.load(name)
    exported = bench_from_records(records_from_bench(original).records)
    for section in ("items", "rulers", "texts", "rectangles", "path_measures"):
        assert by_id(exported[section]) == by_id(original[section])
    members = {group["group_uuid"]: sorted(group["item_uuids"]) for group in original["groups"]}
    assert {group["group_uuid"]: sorted(group["item_uuids"]) for group in exported["groups"]} == members
    for old, new in zip(original["groups"], sorted_like(original["groups"], exported["groups"]), strict=True):
        assert {**new, "item_uuids": []} == {**old, "item_uuids": []}


def test_layers_of_the_newer_form_come_back_to_the_letter() -> None:
    original = benches.load("bench_layers")
    exported = bench_from_records(records_from_bench(original).records)
    [arm] = [node for node in original["layer_state"]["nodes"] if node.get("name") == "Pump arm"]
    assert arm["children"].pop()["name"] == "Still empty"
    assert exported["layer_state"] == original["layer_state"]
    assert exported["linked_assembly_cache"] == original["linked_assembly_cache"]
    for section in ("items", "rulers", "texts", "rectangles", "path_measures"):
        assert by_id(exported[section]) == by_id(original[section])


def by_id(items: list[Bench]) -> dict[str, Bench]:
    return {item["item_uuid"]: item for item in items}


def sorted_like(originals: list[Bench], groups: list[Bench]) -> list[Bench]:
    order = [group["group_uuid"] for group in originals]
    return sorted(groups, key=lambda group: order.index(group["group_uuid"]))


@given(benches.benches)
def test_any_bench_comes_back_the_same(original: Bench) -> None:
    before = json.dumps(original)
    imported = records_from_bench(original)
    assert json.dumps(original) == before
    exported = bench_from_records(imported.records)
    assert same_bench(original, exported) == []
    again = records_from_bench(exported)
    assert again.records == imported.records


@given(benches.benches)
def test_a_session_accepts_whatever_is_imported(original: Bench) -> None:
    """LIM-2 to LIM-5."""
    check_change([put(record) for record in records_from_bench(original).records.values()], Limits())


@given(benches.benches)
def test_ids_of_an_import_do_not_depend_on_the_file_order(original: Bench) -> None:
    once = records_from_bench(original).records
    assert records_from_bench(json.loads(json.dumps(original))).records == once


@given(benches.records)
def test_any_records_make_a_bench_with_everything_in_it_once(records: dict[str, Record]) -> None:
    exported = bench_from_records(records)
    json.dumps(exported, allow_nan=False)
    shown = [item["item_uuid"] for section in SECTIONS for item in exported.get(section, ())]
    aside = [entry["id"] for entry in exported.get("set_aside", ())]
    items = {record.id for record in records.values() if is_item(record)}
    assert Counter(shown + aside) == Counter(items)
    groups = [group["group_uuid"] for group in exported["groups"]]
    assert Counter(groups) == Counter(groups_to_write(records, aside))
    own = [uuid for uuid in uuids(exported["layer_state"]["nodes"]) if uuid in records]
    assert Counter(own) == Counter(shown + groups)


def groups_to_write(records: dict[str, Record], aside: list[str]) -> set[str]:
    """The groups that have members; docs/bench-format.md, "Groups without members"."""
    tree = tree_of({id: records[id] for id in records if id not in aside}, lambda group: True)
    parents_of_aside = [records[id].props.get("parent") for id in aside]

    def has_members(id: str) -> bool:
        if id in parents_of_aside or is_item(records[id]) or shows_file(records[id]):
            return True
        return any(has_members(child.id) for child in tree.get(id, ()))

    return {id for id in records if not is_item(records[id]) and has_members(id)}


def uuids(nodes: list[Bench]) -> list[str]:
    return [uuid for node in nodes for uuid in (node["uuid"], *uuids(node.get("children", [])))]


@given(benches.records)
def test_items_of_any_records_keep_every_property(records: dict[str, Record]) -> None:
    """This includes items that Optiverse can't open; only their place may be corrected."""
    again = records_from_bench(bench_from_records(records)).records
    for record in filter(is_item, records.values()):
        assert again[record.id].kind == record.kind
        assert without_place(again[record.id]) == without_place(record)


def without_place(record: Record) -> Bench:
    """The properties that an import gives an item; layer flags only if they differ from the default."""
    return {
        name: value
        for name, value in record.props.items()
        if name not in ("parent", "order") and not name.startswith("layer_")
    }


@given(st.one_of(benches.items, benches.rulers, benches.texts_on_bench))
def test_any_item_comes_back_the_same(item: Bench) -> None:
    record = record_from_item(item)
    again = item_from_record(record)
    assert record_from_item(again) == record
    assert {**again, **item, "item_uuid": record.id} == again
