"""The tree in a file, in the form of Optiverse 0.2 and in that of 0.3."""

from __future__ import annotations

from typing import Any

import pytest

from optiverse_collab.convert import records_from_bench
from tests.helpers import benches
from tests.helpers.benches import bench


def items(*ids: str, **z_values: float) -> list[dict[str, Any]]:
    named = [{"_type": "component", "item_uuid": id} for id in ids]
    return [*named, *({"_type": "component", "item_uuid": id, "z_value": z} for id, z in z_values.items())]


def places(original: dict[str, Any]) -> dict[str | None, list[str]]:
    """Parent → ids in it, from top to bottom, according to an import's records."""
    found: dict[str | None, list[str]] = {}
    records = records_from_bench(original).records.values()
    for record in sorted(records, key=lambda record: record.props.get("order", 0.0)):
        found.setdefault(record.props.get("parent"), []).append(record.id)
    return found


def state(*nodes: Any) -> dict[str, Any]:
    return {"version": 1, "nodes": list(nodes)}


def node(uuid: Any, *children: Any, **props: Any) -> dict[str, Any]:
    return {"uuid": uuid, "type": "item", **props, **({"children": list(children)} if children else {})}


def group(uuid: Any, *children: Any, **props: Any) -> dict[str, Any]:
    return {**node(uuid, *children, **props), "type": "group"}


@pytest.mark.parametrize("layers", [5, [1], {"version": 2, "nodes": []}, {"version": 1, "nodes": {}}])
def test_layers_of_an_unknown_form_are_said_and_the_rest_counts(layers: Any) -> None:
    groups = [{"group_uuid": "g", "name": "Arm", "item_uuids": ["a"]}]
    original = bench(items=items("a", "b"), layer_state=layers, groups=groups)
    records, [warning] = records_from_bench(original)
    assert "unknown form" in warning
    assert records["a"].props["parent"] == "g"


@pytest.mark.parametrize("layers", [None, {}])
def test_no_layers_are_no_fault(layers: Any) -> None:
    assert records_from_bench(bench(items=items("a"), layer_state=layers)).warnings == []


@pytest.mark.parametrize("bad", [5, None, "a", {"type": "item"}, {"uuid": "", "type": "item"}])
def test_a_bad_node_is_left_out_and_the_rest_counts(bad: Any) -> None:
    original = bench(items=items("a"), layer_state=state(group("g", bad, node("a"))))
    records, [warning] = records_from_bench(original)
    assert warning.startswith("Left out of the layers: ")
    assert places(original) == {None: ["g"], "g": ["a"]}
    assert set(records) == {"a", "g"}


@pytest.mark.parametrize("groups", [5, {"g": 1}])
def test_groups_that_are_no_list_are_left_out(groups: Any) -> None:
    assert records_from_bench(bench(groups=groups)).warnings == [
        "The groups of this file are not a list; they are left out."
    ]


def test_a_bad_group_is_left_out_and_the_rest_counts() -> None:
    original = bench(items=items("a"), groups=[3, {"group_uuid": "g", "item_uuids": [1, None, {}, "a"]}])
    assert records_from_bench(original).warnings == ["Left out of the groups: '3' is not an object."]
    assert places(original) == {None: ["g"], "g": ["a"]}


def test_an_item_that_stands_twice_is_where_it_stands_first() -> None:
    original = bench(items=items("a"), layer_state=state(group("g", node("a")), node("a")))
    assert len(records_from_bench(original).warnings) == 1
    assert places(original) == {None: ["g"], "g": ["a"]}


def test_group_with_the_id_of_an_item_gets_another_one() -> None:
    groups = [
        {"group_uuid": "a", "name": "Arm", "item_uuids": ["b"]},
        {"group_uuid": "inner", "parent_group_uuid": "a", "item_uuids": ["c"]},
    ]
    records, [warning] = records_from_bench(bench(items=items("a", "b", "c"), groups=groups))
    [arm] = [record for record in records.values() if record.props.get("name") == "Arm"]
    assert arm.id != "a"
    assert arm.id in warning
    assert records["b"].props["parent"] == records["inner"].props["parent"] == arm.id


def test_groups_in_each_other_are_cut() -> None:
    groups = [
        {"group_uuid": "h", "parent_group_uuid": "g", "item_uuids": ["a"]},
        {"group_uuid": "g", "parent_group_uuid": "h", "item_uuids": []},
    ]
    assert places(bench(items=items("a"), groups=groups)) == {None: ["g"], "g": ["h"], "h": ["a"]}


def test_an_item_that_two_groups_name_is_in_the_first() -> None:
    groups = [{"group_uuid": "h", "item_uuids": ["a"]}, {"group_uuid": "g", "item_uuids": ["a", "b"]}]
    original = bench(items=items("a", "b"), groups=groups)
    assert places(original) == {None: ["h", "g"], "h": ["a"], "g": ["b"]}


def test_order_without_layers_is_that_of_the_newer_optiverse() -> None:
    """Groups first, then items by z_value; among items of one height, the last one loaded is on top."""
    original = bench(
        items=items(low=0.0, high=5.0, mid_1=1.0, mid_2=1.0, inner=9.0, one=0.0, three=0.0),
        rulers=[{"item_uuid": "ruler", "points": [[0, 0], [1, 1]]}],
        groups=[
            {"group_uuid": "g2", "item_uuids": ["inner", "low"]},
            {"group_uuid": "g1", "item_uuids": ["one"]},
            {"group_uuid": "g3", "item_uuids": ["three"], "parent_group_uuid": "g2"},
        ],
    )
    assert places(original) == {
        None: ["g2", "g1", "ruler", "high", "mid_2", "mid_1"],
        "g1": ["one"],
        "g2": ["g3", "inner", "low"],
        "g3": ["three"],
    }


def test_layers_have_the_word_where_a_file_has_both_forms() -> None:
    original = bench(
        items=items("a", "b", "e", c=1.0, d=2.0),
        layer_state=state(node("b"), group("g", node("a"), name="new", locked=True)),
        groups=[
            {"group_uuid": "g", "name": "old", "item_uuids": ["b", "c"], "collapsed": True, "z_base": 3.0},
            {"group_uuid": "h", "item_uuids": ["e"], "parent_group_uuid": "g"},
        ],
    )
    assert places(original) == {None: ["d", "b", "g"], "g": ["h", "c", "a"], "h": ["e"]}
    props = records_from_bench(original).records["g"].props
    assert props == {"name": "new", "locked": True, "z_base": 3.0, "order": 2.0}


def test_records_hold_what_the_layers_say_of_them() -> None:
    records = records_from_bench(benches.load("bench_layers")).records
    by_name = {record.props["name"]: record for record in records.values() if record.kind == "group"}
    assert by_name["Pump arm"].props == {"name": "Pump arm", "collapsed": True, "order": 1.0}
    assert by_name["Telescope"].props == {
        "name": "Telescope",
        "visible": False,
        "locked": True,
        "parent": by_name["Pump arm"].id,
        "order": 1.0,
    }
    link = by_name["spectrometer"].props
    assert link["link"]["source_path"] == "@assembly/spectrometer.json"
    assert link["linked_cache"]["source_hash"] == "sha256:0f0e0d"
    assert [item["visible"] for item in link["absent_items"]] == [False]
    [label] = [record for record in records.values() if record.kind == "text"]
    assert records[label.props["parent"]].kind == "component"
    [rectangle] = [record for record in records.values() if record.kind == "rectangle"]
    assert rectangle.props["layer_visible"] is False
    assert rectangle.props["layer_locked"] is True


def test_a_group_remembers_items_that_are_not_in_the_file() -> None:
    """For example angle measures, which Optiverse doesn't save."""
    groups = [{"group_uuid": "g", "item_uuids": ["angle", "a"]}]
    records = records_from_bench(bench(items=items("a"), groups=groups)).records
    assert records["g"].props["absent_items"] == [{"uuid": "angle", "type": "item"}]


@pytest.mark.parametrize("form", ["layers", "groups"])
def test_groups_without_members_are_left_out(form: str) -> None:
    """Including groups that contain only such groups; docs/bench-format.md, "Groups without members"."""
    link = {"source_path": "a.json"}
    layers = [
        group("empty"),
        group("outer", group("inner", name="Inner"), group("named", node("gone"))),
        group("linked", link_metadata=link),
        group("holder", group("held", node("a"))),
    ]
    listed = [
        {"group_uuid": "empty", "item_uuids": []},
        {"group_uuid": "outer", "item_uuids": []},
        {"group_uuid": "inner", "item_uuids": [], "parent_group_uuid": "outer"},
        {"group_uuid": "named", "item_uuids": ["gone"], "parent_group_uuid": "outer"},
        {"group_uuid": "holder", "item_uuids": []},
        {"group_uuid": "held", "item_uuids": ["a"], "parent_group_uuid": "holder"},
    ]
    tree = {"layer_state": state(*layers)} if form == "layers" else {"groups": listed}
    shown = places(bench(items=items("a"), **tree))
    linked = ["linked"] if form == "layers" else []
    assert shown == {None: [*linked, "holder"], "holder": ["held"], "held": ["a"]}


def test_a_group_of_what_was_set_aside_is_kept() -> None:
    note = {"id": "n", "kind": "text", "props": {"text": 5, "parent": "g"}}
    original = bench(set_aside=[note, 7, {"props": 3}], layer_state=state(group("g"), group("h")))
    assert set(records_from_bench(original).records) == {"n", "g"}


def test_a_copy_of_an_empty_groups_file_belongs_to_none() -> None:
    original = bench(layer_state=state(group("g")), linked_assembly_cache={"g": {"snapshot": {}}})
    records = records_from_bench(original).records
    assert list(records) == ["assembly"]
    assert records["assembly"].props["linked_assembly_cache"] == {"g": {"snapshot": {}}}


@pytest.mark.parametrize("members", [5, "a", {"a": 1}, None, 0.5])
def test_group_whose_members_are_no_list_has_none(members: object) -> None:
    found = records_from_bench(bench(items=items("a"), groups=[{"group_uuid": "g", "item_uuids": members}]))
    assert "parent" not in found.records["a"].props
