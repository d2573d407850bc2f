"""The differences of two benches, in words."""

from __future__ import annotations

from typing import Any

import pytest

from optiverse_collab.convert.displacement import displacement
from optiverse_collab.core.records import Record
from optiverse_collab.wording.comparison import Row, how_far, rows


def item(id: str = "m", kind: str = "component", **props: Any) -> Record:
    return Record(id, kind, props)


def only_row(before: Record | None, after: Record | None) -> Row:
    [row] = rows(*({} if one is None else {one.id: one} for one in (before, after)))
    return row


def test_equal_benches_have_no_rows() -> None:
    bench = {"m": item(name="M1", pos=[1.0, 2.0])}
    assert rows(bench, dict(bench)) == []
    assert rows({}, {}) == []


def test_a_move_and_a_turn() -> None:
    before = item(name="M1", pos=[0.0, 0.0], angle_deg=359.0)
    row = only_row(before, item(name="M1", pos=[3.0, 4.0], angle_deg=4.0))
    assert row == Row(
        "m",
        '"M1"',
        "moved by 5.0 mm, rotated by 5.0°",
        "position (0.0, 0.0) mm, angle 359.0°",
        "position (3.0, 4.0) mm, angle 4.0°",
    )


def test_added_and_removed() -> None:
    mirror = item(name="M1", pos=[1.0, 2.0], angle_deg=45.0)
    words = "position (1.0, 2.0) mm, angle 45.0°"
    assert only_row(None, mirror) == Row("m", '"M1"', "added", "", words)
    assert only_row(mirror, None) == Row("m", '"M1"', "removed", words, "")
    assert only_row(item(kind="group", name="G"), None)[2:] == ("removed", "", "")


def test_other_properties_and_the_layers() -> None:
    before = item(name="L1", efl_mm=100.0, notes="old", order=1.0)
    row = only_row(before, item(name="L2", efl_mm=75.0, parent="g", order=2.0))
    assert row.item == '"L2"'
    assert row.change == "renamed, changed efl and notes, moved in the layers"
    assert row.before == 'name "L1", efl 100.0 mm, notes "old"'
    assert row.after == 'name "L2", efl 75.0 mm, no notes'


def test_many_values_are_cut() -> None:
    before, after = (Record("m", "component", {f"p{n}": n + more for n in range(6)}) for more in (0, 1))
    row = only_row(before, after)
    assert row.before == "p0 0, p1 1, p2 2, p3 3, …"
    assert row.change == "changed p0, p1, p2, p3, p4 and p5"


def test_another_kind_is_a_replacement() -> None:
    row = only_row(item(name="M1"), item(kind="text", text="M1"))
    assert row == Row("m", 'text "M1"', "replaced", '"M1"', 'text "M1"')


def test_a_move_without_a_position_has_no_length() -> None:
    row = only_row(item(name="M1", pos="here"), item(name="M1", pos=[0.0, 0.0], angle_deg=5.0))
    assert row.change == "moved, rotated"


def test_order_is_that_of_the_benches() -> None:
    before = {id: item(id, name=id) for id in "abc"} | {"f": item("f", "assembly", version="2.0")}
    after = {id: item(id, name=id.upper()) for id in "cb"} | {"f": item("f", "assembly", version="2.1")}
    assert [row.id for row in rows(before, after)] == ["c", "b", "a"]


@pytest.mark.parametrize(
    ("pos", "angle", "text"),
    [
        ([3.0, 4.0], 5.0, "5.0 mm, 5.0°"),
        ([0.0, 0.01], 0.0, "0.01 mm"),
        ([0.0, 0.0], -12.34, "12.3°"),
        ([0.0, 0.0], 0.01, "0.01°"),
        ([0.0, 0.0], 0.0, ""),
    ],
)
def test_text_at_an_arrow(pos: list[float], angle: float, text: str) -> None:
    moved = displacement(item(pos=[0.0, 0.0], angle_deg=0.0), item(pos=pos, angle_deg=angle))
    assert moved is not None
    assert how_far(moved) == text


def test_hostile_names_stay_on_one_line() -> None:
    row = only_row(None, item(name="a\nb\u202e", pos=[0.0, 0.0]))
    assert row.item == '"a\\nb\\u202e"'
