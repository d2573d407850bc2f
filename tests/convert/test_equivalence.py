"""Real differences, and mere differences in how editors write (docs/bench-format.md)."""

from __future__ import annotations

from typing import Any

import pytest

from optiverse_collab.convert import bench_from_records, records_from_bench
from optiverse_collab.convert.equivalence import Comparison, alike, compare, differing, differs, overwriting
from optiverse_collab.core.records import Record, Set
from tests.helpers import benches
from tests.helpers.benches import REAL


def record(kind: str = "component", **props: Any) -> Record:
    return Record("id", kind, props)


@pytest.mark.parametrize(
    ("kind", "a", "b"),
    [
        ("component", {"n": 1}, {"n": 1.0}),
        ("component", {"n": 0.0}, {"n": -0.0}),
        ("ruler", {"points": [[0.1 + 0.2, 0.0]]}, {"points": [[0.3, 0.0]]}),
        ("component", {"angle_deg": 370.0}, {"angle_deg": 10.0}),
        ("component", {"angle_deg": -90.0}, {"angle_deg": 270.0}),
        ("component", {"angle_deg": 359.9999999}, {"angle_deg": 0.0}),
        ("component", {"z_value": 1.0, "order": 3.0, "parent": "a"}, {"z_value": 2.0, "order": 0.0}),
        ("component", {}, {"locked": False, "mm_per_pixel": 0.1, "reference_line_mm": None}),
        ("component", {"interfaces": [{"efl_mm": 1.0}]}, {"interfaces": [{"efl_mm": 1, "name": ""}]}),
        ("component", {"locked": True}, {"locked": False}),
        ("source", {"color_hex": "#DC143C"}, {"color_hex": "#dc143c"}),
        ("text", {"color": "#0A0A28"}, {"color": "#000000"}),
        ("text", {"color": "#ffffff"}, {"color": "#0a0a28"}),
        ("component", {"image_path": "@component/lens/images/a.png"}, {"image_path": "C:\\x\\images\\a.png"}),
        ("component", {"image_path": "objects/a.png"}, {"image_path": None}),
        ("group", {"link": {"source_path": "@assembly/a.json"}}, {"link": {"source_path": "/home/a.json"}}),
        (
            "group",
            {"name": "A", "absent_items": [1], "z_base": 1},
            {"name": "A", "absent_items": [], "z_base": 2},
        ),
    ],
)
def test_what_editors_write_otherwise_is_the_same(kind: str, a: dict[str, Any], b: dict[str, Any]) -> None:
    for one, other in ((record(kind, **a), record(kind, **b)), (record(kind, **b), record(kind, **a))):
        assert not differs(one, other)
        assert overwriting(one, other, has_tree=True) is None


@pytest.mark.parametrize(
    ("kind", "a", "b"),
    [
        ("component", {"n": 1}, {"n": True}),
        ("component", {"n": None}, {"n": 0}),
        ("component", {"n": "1"}, {"n": 1}),
        ("component", {"n": 1.0}, {"n": 1.00001}),
        ("component", {"n": 370.0}, {"n": 10.0}),
        ("component", {"n": [1]}, {"n": [1, 1]}),
        ("component", {"n": [1, 2]}, {"n": [2, 1]}),
        ("component", {"angle_deg": 10.0}, {"angle_deg": 190.0}),
        ("component", {"interfaces": [{"efl_mm": 1.0}]}, {"interfaces": [{"efl_mm": 2.0}]}),
        ("component", {"name": "Lens"}, {"name": "lens"}),
        ("component", {"image_path": "a.png"}, {"image_path": "b.png"}),
        ("text", {"color": "#0a0a28"}, {"color": "#ff0000"}),
        ("source", {"color_hex": "#000000"}, {"color_hex": "#ffffff"}),
        ("component", {"n": float("nan")}, {"n": 1.0}),
    ],
)
def test_what_people_change_differs(kind: str, a: dict[str, Any], b: dict[str, Any]) -> None:
    [name] = a
    assert differing(record(kind, **a), record(kind, **b)) == [name]
    assert differs(record(kind, **b), record(kind, **a))


@pytest.mark.parametrize(
    ("kind", "there", "file", "expected"),
    [
        ("component", {"n": 1}, {"n": 2, "m": 3}, Set("id", {"n": 2, "m": 3})),
        ("component", {"n": 1}, {}, None),
        (
            "component",
            {},
            {"notes": "x", "name": "", "mm_per_pixel": 0.2},
            Set("id", {"notes": "x", "mm_per_pixel": 0.2}),
        ),
        (
            "component",
            {"interfaces": [{"efl_mm": 1.0}]},
            {"interfaces": [{"efl_mm": 1.0, "reflectivity": 50.0}]},
            Set("id", {"interfaces": [{"efl_mm": 1.0, "reflectivity": 50.0}]}),
        ),
        (
            "component",
            {"interfaces": [{"a": {"b": 1}}]},
            {"interfaces": [{"a": {"b": 1, "c": 0.0}}]},
            Set("id", {"interfaces": [{"a": {"b": 1, "c": 0.0}}]}),
        ),
        (
            "component",
            {"interfaces": [{"efl_mm": 1.0, "name": "x"}]},
            {"interfaces": [{"efl_mm": 1.0}]},
            None,
        ),
        ("component", {"layer_visible": False}, {}, Set("id", {}, ["layer_visible"])),
        ("component", {}, {"layer_locked": True}, Set("id", {"layer_locked": True})),
        ("component", {}, {"layer_visible": True, "visible": False}, None),
        (
            "group",
            {"locked": True, "z_base": 1},
            {"visible": False},
            Set("id", {"visible": False}, ["locked"]),
        ),
        ("group", {"collapsed": False}, {}, None),
    ],
)
def test_only_what_differs_is_overwritten(
    kind: str, there: dict[str, Any], file: dict[str, Any], expected: Set | None
) -> None:
    """Filled-in and missing values are no difference, except for the tree's flags."""
    assert overwriting(record(kind, **there), record(kind, **file), has_tree=True) == expected


def test_without_a_tree_nothing_is_said_of_flags() -> None:
    """As in a file of 0.2."""
    assert overwriting(record("group", locked=True), record("group"), has_tree=False) is None
    hidden = record("group", visible=False)
    assert overwriting(record("group"), hidden, has_tree=False) == Set("id", {"visible": False})


def test_another_kind_differs() -> None:
    assert differs(record("component"), record("source"))


def test_items_are_compared_and_nothing_else() -> None:
    lens, mirror = Record("lens", "component", {"n": 1}), Record("mirror", "component", {"n": 1})
    group, rest = Record("group", "group", {"name": "A"}), Record("assembly", "assembly", {"n": 1})
    mine = {"lens": lens, "mirror": mirror, "group": group, "new": Record("new", "text", {})}
    theirs = {"lens": lens, "mirror": Record("mirror", "component", {"n": 2}), "assembly": rest, "old": lens}
    assert compare(mine, theirs) == Comparison(["new"], ["mirror"], ["lens"], ["old"])


@pytest.mark.parametrize("name", REAL)
def test_a_real_bench_is_the_same_as_its_export(name: str) -> None:
    records = records_from_bench(benches.load(name)).records
    found = compare(records_from_bench(bench_from_records(records)).records, records)
    assert (found.new, found.differ, found.missing) == ([], [], [])


def test_benches_are_alike_if_nobody_sees_a_difference() -> None:
    bench = {
        "group": Record("group", "group", {"name": "Arm", "z_base": 5.0}),
        "lens": Record(
            "lens", "component", {"name": "Lens", "parent": "group", "order": 1.0, "z_value": 7.0}
        ),
        "mirror": Record("mirror", "component", {"name": "Mirror", "parent": "group", "order": 2.0}),
        "assembly": Record("assembly", "assembly", {"camera": 1}),
    }

    def with_(id: str, **props: object) -> dict[str, Record]:
        return {**bench, id: Record(id, bench[id].kind, {**bench[id].props, **props})}

    same = with_("lens", order=0.5, z_value=1.0, mm_per_pixel=0.1), with_("group", z_base=0.0)
    assert all(alike(bench, other) and alike(other, bench) for other in same)
    other = (
        with_("lens", order=3.0),
        with_("lens", parent=""),
        with_("group", name="Leg"),
        with_("mirror", name="M"),
    )
    assert not any(alike(bench, one) or alike(one, bench) for one in other)
    assert not alike(bench, {id: record for id, record in bench.items() if id != "lens"})
