"""One item ↔ one record."""

from __future__ import annotations

from typing import Any

import pytest

from optiverse_collab.convert import is_item, item_from_record, record_from_item
from optiverse_collab.core.records import Record


@pytest.mark.parametrize("kind", ["group", "assembly"])
def test_a_group_is_no_item(kind: str) -> None:
    record = Record("g", kind, {})
    assert not is_item(record)
    with pytest.raises(ValueError, match="is not an item"):
        item_from_record(record)


@pytest.mark.parametrize("pos", [None, 5, "ab", [1.0], [1.0, 2.0, 3.0], {"x": 1}])
def test_of_a_position_that_is_none_nothing_is_written(pos: Any) -> None:
    item = item_from_record(Record("lens", "component", {"pos": pos, "name": "Lens"}))
    assert item == {"_type": "component", "item_uuid": "lens", "name": "Lens"}


def test_half_a_position_stays_unchanged() -> None:
    item = {"type": "text", "item_uuid": "note", "x": 1.0, "text": "n"}
    record = record_from_item(item)
    assert record == Record("note", "text", {"x": 1.0, "text": "n"})
    assert item_from_record(record) == item


def test_item_without_an_id_gets_one_from_its_content() -> None:
    item = {"_type": "component", "x_mm": 0, "y_mm": 0}
    assert record_from_item(item) == record_from_item(dict(item))
    assert record_from_item(item).id != record_from_item({**item, "x_mm": 1}).id


@pytest.mark.parametrize(
    ("item", "record"),
    [
        (
            {"_type": "component", "item_uuid": "a", "x_mm": 1, "y_mm": 2.5, "notes": None},
            Record("a", "component", {"pos": [1, 2.5], "notes": None}),
        ),
        (
            {
                "_type": "source",
                "item_uuid": "a",
                "x_mm": 1,
                "y_mm": 2,
                "size_mm": 10.0,
                "custom_jones_ex_real": 0.1,
                "custom_jones_ex_imag": 0.2,
                "custom_jones_ey_real": 0.3,
                "custom_jones_ey_imag": 0.4,
            },
            Record("a", "source", {"pos": [1, 2], "size_mm": 10.0, "custom_jones": [0.1, 0.2, 0.3, 0.4]}),
        ),
        (
            {"type": "ruler", "item_uuid": "a", "points": [[0, 0], [1, 1]], "z_value": 1.0},
            Record("a", "ruler", {"points": [[0, 0], [1, 1]], "z_value": 1.0}),
        ),
        (
            {
                "type": "text",
                "item_uuid": "a",
                "text": "n",
                "x": 1,
                "y": 2,
                "owner_uuid": "b",
                "owner_offset_x": 3,
                "owner_offset_y": 4,
            },
            Record("a", "text", {"text": "n", "owner_uuid": "b", "pos": [1, 2], "owner_offset": [3, 4]}),
        ),
        (
            {"type": "rectangle", "item_uuid": "a", "x": 1, "y": 2, "width_mm": 3, "height_mm": 4},
            Record("a", "rectangle", {"pos": [1, 2], "size_mm": [3, 4]}),
        ),
        (
            {"type": "path_measure", "item_uuid": "a", "ray_index": 0, "start_param": 0.1, "end_param": 0.2},
            Record("a", "path_measure", {"ray_index": 0, "start_param": 0.1, "end_param": 0.2}),
        ),
        (
            {"type": "angle_measure", "item_uuid": "a", "vertex": [0, 0], "point1": [1, 0], "point2": [0, 1]},
            Record("a", "angle_measure", {"vertex": [0, 0], "point1": [1, 0], "point2": [0, 1]}),
        ),
    ],
    ids=lambda value: value.kind if isinstance(value, Record) else "",
)
def test_each_kind_has_its_table(item: dict[str, Any], record: Record) -> None:
    assert record_from_item(item) == record
    assert item_from_record(record) == item


def test_what_the_layers_say_of_an_item_is_no_part_of_it() -> None:
    place = {"parent": "g", "order": 1.5, "layer_visible": False}
    item = item_from_record(Record("a", "component", {"name": "Lens", **place}))
    assert item == {"_type": "component", "item_uuid": "a", "name": "Lens"}


@pytest.mark.parametrize("name", ["pos", "parent", "order", "layer_x", "file:pos", "file:file:parent"])
def test_a_property_of_the_file_with_a_name_of_ours_is_escaped(name: str) -> None:
    item = {"_type": "component", "item_uuid": "a", "x_mm": 1, "y_mm": 2, name: "its own"}
    record = record_from_item(item)
    assert record.props == {"pos": [1, 2], f"file:{name}": "its own"}
    assert item_from_record(record) == item


def test_a_property_that_only_looks_escaped_stays() -> None:
    item = {"_type": "component", "item_uuid": "a", "file:name": 1}
    assert record_from_item(item).props == {"file:name": 1}
    assert item_from_record(record_from_item(item)) == item
