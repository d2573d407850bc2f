"""Errors in a file: it is refused as a whole only if it is no bench."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest

from optiverse_collab.convert import bench_from_records, records_from_bench, same_bench
from optiverse_collab.core.records import Record
from optiverse_collab.errors import BenchFileError
from tests.helpers.benches import DATA, bench

LENS = {"_type": "component", "item_uuid": "lens", "name": "Lens", "x_mm": 1.0, "y_mm": 2.0}
MIRROR = {"_type": "component", "item_uuid": "mirror", "name": "Mirror", "x_mm": 3.0, "y_mm": 4.0}


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        (None, "This is not an Optiverse bench: it holds no JSON object."),
        ([LENS], "This is not an Optiverse bench: it holds no JSON object."),
        (
            {"items": []},
            "This states no version of the format, and only '2.0' and older can be read; "
            "update optiverse-collab, or check that this is the right file.",
        ),
        (
            {"version": "1.0", "items": []},
            "This is of version '1.0' of the format, and only '2.0' and older can be read; "
            "update optiverse-collab, or check that this is the right file.",
        ),
        (
            {"version": 2.0, "items": []},
            "This is of version 2.0 of the format, and only '2.0' and older can be read; "
            "update optiverse-collab, or check that this is the right file.",
        ),
        ({"version": "2.0"}, "This is not an Optiverse bench: it has no 'items'."),
        (
            {"version": "2.0", "items": {"a": LENS}},
            "This is not an Optiverse bench: its 'items' are not a list.",
        ),
    ],
)
def test_what_is_no_bench_is_refused(value: Any, sentence: str) -> None:
    with pytest.raises(BenchFileError) as refusal:
        records_from_bench(value)
    assert str(refusal.value) == sentence


@pytest.mark.parametrize("path", sorted((DATA / "library").glob("*.json")), ids=lambda path: path.stem)
def test_a_component_of_the_library_is_no_bench(path: Any) -> None:
    with pytest.raises(BenchFileError, match="is a component of the library, not a bench"):
        records_from_bench(json.loads(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        (17, "number 1 of the 'items' is not an object"),
        (None, "number 1 of the 'items' is not an object"),
        ({**MIRROR, "x_mm": math.nan}, "the component 'Mirror'. The property 'pos' of 'mirror' is nan"),
        ({**MIRROR, "angle_deg": -math.inf}, "only finite numbers can be shared"),
        ({**MIRROR, "notes": "\ud800"}, "half of a character"),
        ({**MIRROR, "n": 2**64}, "more than 64 bits"),
        ({**MIRROR, "": 1}, "is empty"),
        ({**MIRROR, "x" * 129: 1}, "the limit is 128"),
        ({**MIRROR, "deep": json.loads("[" * 40 + "]" * 40)}, "nests too deep"),
        ({**MIRROR, "notes": "x" * (512 * 1024)}, "the component 'Mirror' is longer than 512 KiB"),
    ],
)
def test_bad_item_is_left_out_with_a_warning(bad: Any, why: str) -> None:
    records, [warning] = records_from_bench(bench(items=[bad, LENS]))
    assert warning.startswith("Left out: ")
    assert why in warning
    assert list(records) == ["lens"]


@pytest.mark.parametrize("section", ["rulers", "texts", "rectangles", "path_measures", "angle_measures"])
def test_a_section_that_is_no_list_is_left_out_with_a_warning(section: str) -> None:
    records, warnings = records_from_bench(bench(items=[LENS], **{section: {"a": 1}}))
    assert warnings == [f"Left out: the {section!r} are not a list."]
    assert list(records) == ["lens"]


@pytest.mark.parametrize("twice", [MIRROR, {**MIRROR, "x_mm": 9.0}])
def test_of_two_items_with_one_id_both_are_kept(twice: dict[str, Any]) -> None:
    original = bench(items=[MIRROR, twice])
    records, [warning] = records_from_bench(original)
    assert "The id 'mirror' of number 2 of the 'items' is taken already" in warning
    first, second = records.values()
    assert first.id == "mirror"
    assert second.props["pos"] == [twice["x_mm"], 4.0]
    assert second.id in warning
    assert records_from_bench(original).records == records
    assert same_bench(original, bench_from_records(records)) == []


@pytest.mark.parametrize("id", ["x" * 129, 5, ["a"], "assembly"])
def test_an_item_whose_id_can_not_be_one_gets_another(id: Any) -> None:
    records, [warning] = records_from_bench(bench(items=[{**LENS, "item_uuid": id}]))
    [record] = records.values()
    assert record.props["name"] == "Lens"
    assert record.id in warning


def test_items_without_ids_get_the_same_ones_in_every_import() -> None:
    """Older files have no ids; Optiverse would draw new ones each time it opens the file."""
    lens, mirror = [{key: item[key] for key in item if key != "item_uuid"} for item in (LENS, MIRROR)]
    once = records_from_bench(bench(items=[lens, mirror, mirror]))
    again = records_from_bench(bench(items=[mirror, lens, {**mirror, "item_uuid": None}]))
    assert once.warnings == []
    assert len(once.records) == 3
    assert set(once.records) & set(again.records) >= {id for id in once.records if is_lens(once.records[id])}
    assert set(records_from_bench(bench(items=[mirror, mirror, lens])).records) == set(once.records)


def is_lens(record: Record) -> bool:
    return bool(record.props["name"] == "Lens")


@pytest.mark.parametrize("type_", [None, "", "group", "assembly", "ruler", "item", 5, "x" * 129])
def test_an_item_without_a_usable_type_travels_all_the_same(type_: Any) -> None:
    original = bench(items=[{**LENS, "_type": type_}])
    records, [warning] = records_from_bench(original)
    assert records["lens"].kind == "item"
    assert "Optiverse won't show number 1 of the 'items'" in warning
    assert bench_from_records(records)["items"] == original["items"]


def test_an_unknown_type_is_the_kind_and_its_properties_stay() -> None:
    original = bench(items=[{**LENS, "_type": "grating", "lines_per_mm": 1200}])
    records, warnings = records_from_bench(original)
    assert warnings == []
    lens = Record("lens", "grating", {"pos": [1.0, 2.0], "name": "Lens", "lines_per_mm": 1200, "order": 0.0})
    assert records == {"lens": lens}
    assert bench_from_records(records)["items"] == original["items"]


def test_keys_of_a_later_version_stay() -> None:
    original = bench(items=[LENS], tables=[{"a": 1}], title="Δ")
    records, warnings = records_from_bench(original)
    assert warnings == []
    assert records["assembly"] == Record("assembly", "assembly", {"tables": [{"a": 1}], "title": "Δ"})
    exported = bench_from_records(records)
    assert (exported["tables"], exported["title"]) == ([{"a": 1}], "Δ")


def test_later_version_key_that_can_not_be_shared_is_left_out() -> None:
    records, [warning] = records_from_bench(bench(good=1, bad=math.nan))
    assert "only finite numbers can be shared" in warning
    assert records["assembly"].props == {"good": 1}


def test_what_an_autosave_says_of_itself_does_not_travel() -> None:
    meta = {"timestamp": "2025-01-01T00:00:00", "original_path": "C:\\secret\\bench.json", "version": "2.0"}
    assert records_from_bench(bench(_autosave_meta=meta)) == ({}, [])


def test_linked_file_that_is_too_large_leaves_its_group() -> None:
    node = {"uuid": "g", "type": "group", "name": "Link", "link_metadata": {"source_path": "a.json"}}
    cache = {"g": {"snapshot": {"texts": ["x" * (512 * 1024)]}}}
    records, [warning] = records_from_bench(
        bench(layer_state={"version": 1, "nodes": [node]}, linked_assembly_cache=cache)
    )
    assert "too large to share" in warning
    assert records["g"].props == {"name": "Link", "link": {"source_path": "a.json"}, "order": 0.0}


def test_the_copy_of_a_linked_file_belongs_to_its_group() -> None:
    node = {"uuid": "g", "type": "group", "link_metadata": {"source_path": "a.json"}}
    original = bench(
        layer_state={"version": 1, "nodes": [node]}, linked_assembly_cache={"g": {"a": 1}, "gone": {"b": 2}}
    )
    records, warnings = records_from_bench(original)
    assert warnings == []
    assert records["g"].props["linked_cache"] == {"a": 1}
    assert records["assembly"].props == {"linked_assembly_cache": {"gone": {"b": 2}}}
    assert bench_from_records(records)["linked_assembly_cache"] == original["linked_assembly_cache"]
    del records["g"]
    assert bench_from_records(records)["linked_assembly_cache"] == {"gone": {"b": 2}}


@pytest.mark.parametrize("entry", [5, {}, {"id": "a", "kind": "ruler"}, {"id": "a", "kind": 1, "props": {}}])
def test_what_is_set_aside_and_is_no_record_is_left_out(entry: Any) -> None:
    records, [warning] = records_from_bench(bench(set_aside=[entry]))
    assert records == {}
    assert warning == "Left out: number 1 of what was set aside is not a record."
