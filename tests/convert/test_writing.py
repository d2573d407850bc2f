"""Records become a bench that Optiverse opens."""

from __future__ import annotations

import json
from typing import Any

import pytest

from optiverse_collab.convert import bench_from_records, records_from_bench
from optiverse_collab.core.records import Record

EMPTY = {
    "version": "2.0",
    "items": [],
    "rulers": [],
    "texts": [],
    "rectangles": [],
    "path_measures": [],
    "groups": [],
    "layer_state": {"version": 1, "nodes": []},
}


@pytest.mark.parametrize(
    "record",
    [
        Record("a", "ruler", {}),
        Record("a", "ruler", {"points": [[0, 0]]}),
        Record("a", "ruler", {"points": [[0, 0], [1, "x"]]}),
        Record("a", "ruler", {"p1": [0, 0]}),
        Record("a", "text", {"text": 5}),
        Record("a", "text", {"color": None}),
        Record("a", "text", {"pos": "left"}),
        Record("a", "text", {"point_size": [9]}),
        Record("a", "rectangle", {"size_mm": [1, None]}),
        Record("a", "rectangle", {"angle_deg": True}),
        Record("a", "angle_measure", {"vertex": [0, 0], "point1": [1, 0]}),
        Record("a", "path_measure", {"start_param": "0.5"}),
        Record("a", "component", {"interfaces": ["lens"]}),
        Record("a", "component", {"image_path": 5}),
        Record("a", "source", {"custom_jones": [1, 0, 0]}),
        Record("a", "source", {"color_hex": 2**63}),
        Record("a", "grating", {"pos": {}}),
    ],
)
def test_what_would_stop_optiverse_is_set_aside_and_comes_back(record: Record) -> None:
    exported = bench_from_records({"a": record, "b": Record("b", "text", {"text": "n", "order": 0.0})})
    aside = {"id": "a", "kind": record.kind, "props": record.props}
    assert exported["set_aside"] == [aside]
    assert [text["item_uuid"] for text in exported["texts"]] == ["b"]
    assert exported["layer_state"]["nodes"] == [{"uuid": "b", "type": "item"}]
    records, warnings = records_from_bench(json.loads(json.dumps(exported)))
    assert records["a"] == record
    assert warnings == []


def test_an_old_ruler_with_two_ends_is_written() -> None:
    ruler = {"type": "ruler", "p1": [0, 0], "p2": [1, 1], "item_uuid": "a"}
    assert bench_from_records({"a": Record("a", "ruler", {"p1": [0, 0], "p2": [1, 1]})})["rulers"] == [ruler]


def test_an_empty_session_is_an_empty_bench() -> None:
    assert bench_from_records({}) == EMPTY


@pytest.mark.parametrize("value", [5, [], "x", {"g": "x"}, {"g": []}])
def test_a_link_cache_that_is_none_is_not_written(value: Any) -> None:
    """Optiverse 0.3.4 doesn't open a file with an unreadable one."""
    assert (
        bench_from_records({"assembly": Record("assembly", "assembly", {"linked_assembly_cache": value})})
        == EMPTY
    )


@pytest.mark.parametrize("name", ["version", "items", "groups", "layer_state", "set_aside", "_autosave_meta"])
def test_keys_of_our_own_are_not_taken_from_a_record(name: str) -> None:
    assert bench_from_records({"assembly": Record("assembly", "assembly", {name: "other"})}) == EMPTY


def test_angle_measures_have_a_section_of_their_own() -> None:
    """Optiverse neither writes nor reads it; an import into a session does."""
    angle = Record("a", "angle_measure", {"vertex": [0, 0], "point1": [1, 0], "point2": [0, 1], "order": 0.0})
    exported = bench_from_records({"a": angle})
    assert [measure["item_uuid"] for measure in exported["angle_measures"]] == ["a"]
    assert records_from_bench(exported).records == {"a": angle}


def test_records_are_not_touched() -> None:
    records = records_from_bench(
        {**EMPTY, "items": [{"_type": "component", "item_uuid": "a", "n": {}}]}
    ).records
    exported = bench_from_records(records)
    exported["items"][0]["item_uuid"] = "changed"
    assert list(records) == ["a"]
    assert bench_from_records(records)["items"][0]["item_uuid"] == "a"
