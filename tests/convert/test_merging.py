"""Importing into a session that already has items."""

from __future__ import annotations

from typing import Any

from hypothesis import example, given

from optiverse_collab.convert import additions, records_from_bench, replacements, tree_of
from optiverse_collab.core.records import Op, Put, Record, Set, apply
from tests.helpers import benches
from tests.helpers.benches import REAL, Bench, bench


def after(view: dict[str, Record], ops: list[Op]) -> dict[str, Record]:
    records = dict(view)
    for op in ops:
        assert apply(records, op)
    return records


def imported(view: dict[str, Record], *files: Bench) -> dict[str, Record]:
    for file in files:
        view = after(view, additions(view, records_from_bench(file).records))
    return view


def roots(records: dict[str, Record]) -> list[str]:
    """Ids at the root, from top to bottom."""
    return [record.id for record in tree_of(records)[None]]


def file(*ids: str, **rest: Any) -> Bench:
    """A bench in the newer form with these items, from top to bottom."""
    return bench(
        items=[{"_type": "component", "item_uuid": id} for id in ids],
        layer_state={"version": 1, "nodes": [{"uuid": id, "type": "item"} for id in ids]},
        **rest,
    )


def test_import_lies_on_top_of_what_the_session_holds() -> None:
    records = imported({}, file("a", "b"), file("c", "d"), file("e"))
    assert roots(records) == ["e", "c", "d", "a", "b"]


def test_two_files_keep_what_belongs_to_each_as_a_whole() -> None:
    first, second = (
        records_from_bench(one).records
        for one in (file("a", title="one", by="Ann"), file("b", title="two", scale=2))
    )
    records = replaced(first, second)
    assert records["assembly"].props == {"title": "two", "by": "Ann", "scale": 2}


def replaced(view: dict[str, Record], records: dict[str, Record]) -> dict[str, Record]:
    return after(view, replacements(view, records))


def test_what_was_changed_becomes_as_the_file_has_it() -> None:
    """Properties that the file doesn't state stay."""
    there = {"pos": [9, 9], "notes": "Ann's", "order": 0.0}
    view = {"a": Record("a", "component", there)}
    records = {"a": Record("a", "component", {"pos": [1, 1], "name": "L1", "order": 5.0})}
    assert replacements(view, records) == [Set("a", {"pos": [1, 1], "name": "L1"})]


def test_another_kind_keeps_its_place() -> None:
    view = {"a": Record("a", "text", {"text": "x", "order": 3.0, "z_value": 2.0})}
    records = {"a": Record("a", "component", {"name": "L1", "order": 0.0, "z_value": 9.0})}
    assert replaced(view, records)["a"].props == {"name": "L1", "order": 3.0, "z_value": 2.0}


def test_what_was_put_elsewhere_goes_back_and_nothing_else() -> None:
    records = imported({}, file("a", "b", "c"))
    view = {**records, "others": Record("others", "component", {"order": -5.0})}
    view["c"] = Record("c", "component", {"order": -1.0})
    [op] = replacements(view, records)
    assert (op.id, roots(after(view, [op]))) == ("c", ["others", "a", "b", "c"])


def test_what_left_its_group_goes_back_into_it() -> None:
    group = Record("g", "group", {"name": "Arm", "order": 0.0})
    lens = Record("a", "component", {"parent": "g", "order": 0.0})
    view = {"g": group, "b": Record("b", "component", {"parent": "g", "order": 0.0})}
    view["a"] = Record("a", "component", {"order": 1.0})
    result = replaced(view, {"g": group, "a": lens})
    assert result["a"].props["parent"] == "g"
    assert "parent" not in replaced({"a": lens, "g": group}, {"g": group, "a": view["a"]})["a"].props


def test_a_file_without_a_tree_says_no_owners_and_group_orders() -> None:
    """0.2 writes neither."""
    view = {
        "g": Record("g", "group", {"order": 0.0}),
        "h": Record("h", "group", {"order": 1.0}),
        "a": Record("a", "component", {"parent": "g", "order": 0.0}),
        "b": Record("b", "component", {"parent": "h", "order": 0.0}),
        "label": Record("label", "text", {"parent": "a", "order": 0.0}),
    }
    records = {
        **view,
        "g": Record("g", "group", {"order": 2.0}),
        "label": Record("label", "text", {"parent": "g", "order": 5.0}),
    }
    assert replacements(view, records, has_tree=False) == []
    assert "label" in {op.id for op in replacements(view, records)}
    records["a"] = Record("a", "component", {"parent": "h", "order": 5.0})
    records["h"] = Record("h", "group", {"parent": "g", "order": 2.0})
    moves = {op.id: op for op in replacements(view, records, has_tree=False)}
    assert {id: isinstance(op, Set) and op.props["parent"] for id, op in moves.items()} == {
        "a": "h",
        "h": "g",
    }


def test_what_is_new_lies_where_it_does_in_the_file() -> None:
    view = imported({}, file("a", "b"))
    records = records_from_bench(file("a", "new", "b")).records
    assert roots(replaced(view, records)) == ["a", "new", "b"]
    assert [op.id for op in replacements(view, records)] == ["new"]


def test_what_was_removed_is_put_back() -> None:
    view = imported({}, file("a", "b"))
    records = records_from_bench(file("a", "b")).records
    del view["b"]
    for ops in (additions(view, records), replacements(view, records)):
        assert ops == [Put("b", "component", {"order": 1.0})]


def test_groups_come_before_what_is_in_them() -> None:
    for name in REAL:
        records = records_from_bench(benches.load(name)).records
        for ops in (additions({}, records), replacements({}, records)):
            kinds = [op.kind == "group" for op in ops if isinstance(op, Put)]
            assert kinds == sorted(kinds, reverse=True)


def component(id: str, **rest: Any) -> dict[str, Any]:
    return {"_type": "component", "item_uuid": id, **rest}


@given(benches.benches, benches.benches)
@example(
    {"version": "2.0", "items": [component("b", z_value=1), {"pos": None}, component("a", z_value=0)]},
    {"version": "2.0", "items": [component("b", z_value=1), component("a"), {}]},
)
@example(
    {"version": "2.0", "items": [{}, {}, component("a")]},
    {
        "version": "2.0",
        "items": [{}, {"item_uuid": "a"}],
        "layer_state": {
            "version": 1,
            "nodes": [{"uuid": "g", "type": "group", "children": [{"uuid": "a", "type": "item"}]}],
        },
    },
)
def test_the_same_import_again_does_nothing(first: Bench, second: Bench) -> None:
    view = imported({}, first, second)
    records = records_from_bench(second).records
    assert additions(view, records) == []
    assert replacements(imported({}, second), records) == []
    assert replacements(replaced(view, records), records) == []
    assert set(view) == {id for file in (first, second) for id in records_from_bench(file).records}
