"""The tree in a file: Optiverse 0.2 and 0.3 can both open it, whatever the records contain."""

from __future__ import annotations

from typing import Any

import pytest

from optiverse_collab.convert import bench_from_records
from optiverse_collab.core.records import Record


def exported(*records: Record) -> dict[str, Any]:
    return bench_from_records({record.id: record for record in records})


def nodes(*records: Record) -> Any:
    return exported(*records)["layer_state"]["nodes"]


@pytest.mark.parametrize(
    "link",
    [
        None,
        5,
        {},
        {"source_path": 5},
        {"source_path": "a.json", "offset_x": "left"},
        {"source_path": "a.json", "rotation_deg": None},
    ],
)
def test_link_that_stops_the_newer_optiverse_is_not_written(link: Any) -> None:
    inside = Record("a", "component", {"parent": "g"})
    children = [{"uuid": "a", "type": "item"}]
    assert nodes(Record("g", "group", {"link": link}), inside) == [
        {"uuid": "g", "type": "group", "children": children}
    ]


def test_layer_properties_of_a_wrong_type_are_not_written() -> None:
    props = {"name": 5, "collapsed": "yes", "visible": None, "locked": 0, "z_base": "high", "type": "item"}
    bench = exported(Record("g", "group", props), Record("a", "component", {"parent": "g"}))
    inside = [{"uuid": "a", "type": "item"}]
    node = {"uuid": "g", "type": "group", "collapsed": True, "visible": False, "children": inside}
    assert bench["layer_state"] == {"version": 1, "nodes": [node]}
    entry = {"item_uuids": ["a"], "group_uuid": "g", "collapsed": True, "z_base": 0.0}
    assert bench["groups"] == [entry]


def test_an_item_can_not_be_another_node_than_its_own() -> None:
    item = Record("a", "component", {"layer_uuid": "b", "layer_type": "group", "layer_children": 5})
    assert nodes(item) == [{"uuid": "a", "type": "item"}]


def test_both_forms_tell_the_same() -> None:
    bench = exported(
        Record("outer", "group", {"name": "Arm", "z_base": 2.5, "order": 1.0, "colour": "red"}),
        Record("inner", "group", {"parent": "outer", "order": 0.0, "visible": False}),
        Record("lens", "component", {"parent": "inner", "order": 0.0, "layer_locked": True}),
        Record("label", "text", {"parent": "lens", "order": 0.0}),
        Record("ruler", "ruler", {"parent": "outer", "order": -1.0, "points": [[0, 0], [1, 1]]}),
        Record("free", "component", {"order": 0.0}),
    )
    assert bench["groups"] == [
        {
            "name": "Arm",
            "z_base": 2.5,
            "colour": "red",
            "item_uuids": ["ruler"],
            "group_uuid": "outer",
            "collapsed": False,
        },
        {
            "item_uuids": ["lens", "label"],
            "group_uuid": "inner",
            "collapsed": False,
            "z_base": 0.0,
            "parent_group_uuid": "outer",
        },
    ]
    label = {"uuid": "label", "type": "item"}
    lens = {"uuid": "lens", "type": "item", "locked": True, "children": [label]}
    inner = {"uuid": "inner", "type": "group", "visible": False, "children": [lens]}
    ruler = {"uuid": "ruler", "type": "item"}
    assert bench["layer_state"]["nodes"] == [
        {"uuid": "free", "type": "item"},
        {"uuid": "outer", "type": "group", "name": "Arm", "colour": "red", "children": [ruler, inner]},
    ]


def test_what_lies_on_top_is_loaded_last() -> None:
    """Optiverse 0.2 stacks items of one z_value in the order in which it loads them."""
    bench = exported(
        Record("g", "group", {"order": 1.0}),
        Record("in group", "component", {"parent": "g", "order": 0.0}),
        Record("top", "component", {"order": 0.0}),
        Record("bottom", "component", {"order": 2.0}),
    )
    assert [item["item_uuid"] for item in bench["items"]] == ["bottom", "in group", "top"]


def test_item_missed_by_a_group_is_there_once_when_it_comes() -> None:
    absent = [{"uuid": "a", "type": "item"}, {"uuid": "b"}, 5, {}]
    group = Record("g", "group", {"absent_items": absent, "link": {"source_path": "a.json"}})
    bench = exported(group, Record("a", "component", {"order": 0.0}))
    assert bench["groups"][0]["item_uuids"] == ["b"]
    assert [(node["uuid"], len(node.get("children", []))) for node in bench["layer_state"]["nodes"]] == [
        ("g", 1),
        ("a", 0),
    ]


def test_the_layers_of_a_linked_file_are_written() -> None:
    link, inner = {"source_path": "a.json"}, {"uuid": "b", "type": "item", "visible": False}
    [node] = nodes(Record("g", "group", {"link": link, "absent_items": [inner, {"uuid": "g"}]}))
    assert node == {"uuid": "g", "type": "group", "link_metadata": link, "children": [inner]}


def test_groups_without_members_are_not_written() -> None:
    """Nor is their data about the file; docs/bench-format.md, "Groups without members"."""
    bench = exported(
        Record("empty", "group", {"name": "Empty", "linked_cache": {"snapshot": {}}}),
        Record("outer", "group", {"name": "Outer"}),
        Record("inner", "group", {"name": "Inner", "parent": "outer"}),
        Record("bad", "text", {"text": 5, "parent": "aside"}),
        Record("aside", "group", {"name": "Of what is set aside"}),
    )
    assert [node["uuid"] for node in bench["layer_state"]["nodes"]] == ["aside"]
    assert [group["group_uuid"] for group in bench["groups"]] == ["aside"]
    assert "linked_assembly_cache" not in bench
