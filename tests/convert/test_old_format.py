"""Files older than version 2.0: their elements become components at the same positions."""

from __future__ import annotations

import copy
import math
from typing import Any

import pytest

from optiverse_collab.convert import bench_from_records, read_bench, records_from_bench, same_bench
from optiverse_collab.convert.old_format import ELEMENTS, converted, is_old
from optiverse_collab.errors import BenchFileError
from tests.helpers.benches import DATA, Bench, load

LENS = {"x_mm": -100.0, "y_mm": 5.0, "angle_deg": 30.0, "efl_mm": 75.0, "name": "L1", "item_uuid": "lens"}
SOURCE = {"x_mm": -300.0, "y_mm": 0.0, "angle_deg": 30.0, "n_rays": 5, "item_uuid": "source"}


def items_of(old: Bench) -> list[dict[str, Any]]:
    """The items of an old bench, converted without warnings except the one about its age."""
    before, warnings = copy.deepcopy(old), list[str]()
    items: list[dict[str, Any]] = converted(old, warnings)["items"]
    assert old == before
    [warning] = warnings
    assert f"its {len(items)} elements and sources were converted" in warning
    return items


def ends(item: dict[str, Any]) -> list[tuple[float, float]]:
    """The ends of an item's first interface on the bench [mm], as Optiverse 0.2.7 and 0.3.4 place them."""
    line, turn = item["interfaces"][0], -math.radians(item["angle_deg"])
    shift = [0.0, 0.0]
    if item.get("image_path"):  # then the item's position is the middle of the line
        shift = [(line[f"{axis}1_mm"] + line[f"{axis}2_mm"]) / 2 for axis in "xy"]
    found = []
    for end in "12":
        x, y = (line[f"{axis}{end}_mm"] - shift["xy".index(axis)] for axis in "xy")
        found.append(
            (
                item["x_mm"] + x * math.cos(turn) - y * math.sin(turn),
                item["y_mm"] + x * math.sin(turn) + y * math.cos(turn),
            )
        )
    return sorted((round(x, 6) + 0.0, round(y, 6) + 0.0) for x, y in found)


def test_example_of_the_editor_keeps_every_element() -> None:
    items = items_of(load("bench_old_format"))
    kinds = [item.get("category", item["_type"]) for item in items]
    assert kinds == ["source", "lenses", "beamsplitters", "dichroics", "waveplates", "misc"]
    source, lens, splitter, _, plate, slm = items
    assert source["custom_jones_ex_real"] == 1.0
    assert lens["interfaces"][0]["efl_mm"] == 100.0
    assert {"line_px", "efl_mm"}.isdisjoint(lens)
    assert splitter["interfaces"][0]["pbs_transmission_axis_deg"] == 30.0
    subtype, axis = (plate["interfaces"][0][name] for name in ("polarizer_subtype", "fast_axis_deg"))
    assert (subtype, axis) == ("waveplate", 45.0)
    # Their lengths are those of the lines picked in their pictures, 30.5 mm and 50.8 mm high.
    half = 30.5 * 0.833 / 2
    assert ends(lens) == [(-200.0, round(-half, 6)), (-200.0, round(half, 6))]
    assert ends(splitter) == [(-25.4, -25.4), (25.4, 25.4)]
    assert ends(slm) == [(272.0, 0.0), (328.0, 0.0)]


def test_line_without_a_picture_is_as_long_as_stated() -> None:
    [lens] = items_of({"lenses": [{**LENS, "object_height_mm": 20.0}]})
    x, y = 10 * math.cos(math.radians(30)), -10 * math.sin(math.radians(30))
    assert ends(lens) == [(round(-100 - x, 6), round(5 - y, 6)), (round(-100 + x, 6), round(5 + y, 6))]
    assert lens["angle_deg"] == 30.0


@pytest.mark.parametrize("mark", [{"line_px": None}, {"length_mm": 20.0}])
def test_angles_of_the_oldest_files_count_the_other_way(mark: dict[str, Any]) -> None:
    source, lens = items_of({"sources": [SOURCE], "lenses": [{**LENS, **mark}]})
    assert (source["angle_deg"], lens["angle_deg"]) == (330.0, 330.0)


@pytest.mark.parametrize("picture", ["", "lens.png"])
def test_interfaces_of_their_own_stay_on_the_line_of_the_element(picture: str) -> None:
    own = {"x1_mm": 2.0, "y1_mm": 12.0, "x2_mm": 2.0, "y2_mm": -12.0, "element_type": "lens", "efl_mm": 50.0}
    twin = {**own, "x1_mm": 4.0, "x2_mm": 4.0}
    old = {**LENS, "angle_deg": 90.0, "image_path": picture, "interfaces": [own, twin]}
    [lens] = items_of({"lenses": [old]})
    assert ends(lens) == [(-100.0, -7.0), (-100.0, 17.0)]
    first, second = lens["interfaces"]
    assert second["x1_mm"] - first["x1_mm"] == 2.0
    assert first["efl_mm"] == 50.0


@pytest.mark.parametrize("name", ELEMENTS)
def test_bare_element_has_the_size_that_its_kind_had(name: str) -> None:
    [item] = items_of({name: [{"x_mm": 1.0, "y_mm": 2.0, "interfaces": [17], "line_px": "x"}]})
    [(x1, y1), (x2, y2)] = ends(item)
    assert math.hypot(x2 - x1, y2 - y1) == pytest.approx(ELEMENTS[name].height_mm)
    assert ((x1 + x2) / 2, (y1 + y2) / 2) == pytest.approx((1.0, 2.0), abs=1e-5)


def test_everything_else_of_the_file_stays() -> None:
    old = {"lenses": [LENS], "rulers": [{"p1": [0.0, 0.0], "p2": [50.0, 0.0]}], "camera": 1}
    records, [warning] = records_from_bench(old)
    assert [record.kind for record in records.values()] == ["component", "ruler", "assembly"]
    assert "before version 2.0" in warning
    assert same_bench(bench_from_records(records), bench_from_records(records_from_bench(old).records)) == []


def test_what_is_no_object_is_left_out_with_a_warning() -> None:
    warnings: list[str] = []
    bench = converted({"lenses": [LENS, 17], "mirrors": "none"}, warnings)
    assert len(bench["items"]) == 1
    assert [warning for warning in warnings if "Left out" in warning] == [
        "Left out: what of the 'lenses' is not an object.",
        "Left out: what of the 'mirrors' is not an object.",
    ]


@pytest.mark.parametrize("value", [{"items": []}, {"version": "2.0", "lenses": []}, {"lenses": 1}, {}])
def test_what_is_not_old(value: Bench) -> None:
    assert not is_old(value)


def test_file_is_read_from_disk() -> None:
    records, _ = records_from_bench(read_bench(DATA / "bench_old_format.json"))
    assert set(records) == {"source-123", "lens-456", "bs-789", "dichroic-101", "wp-202", "slm-303"}
    with pytest.raises(BenchFileError, match="states no version"):
        records_from_bench({"lenses": 1})
