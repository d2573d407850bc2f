"""Importing into a session that holds something already."""

from __future__ import annotations

from typing import Any

from hypothesis import given

from optiverse_collab.convert import import_ops, records_from_bench, tree_of
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
        view = after(view, import_ops(view, records_from_bench(file).records))
    return view


def roots(records: dict[str, Record]) -> list[str]:
    """Ids at the root, from top to bottom."""
    return [record.id for record in tree_of(records)[None]]


def file(*ids: str, **rest: Any) -> Bench:
    """A bench of the newer form with these items, from top to bottom."""
    return bench(
        items=[{"_type": "component", "item_uuid": id} for id in ids],
        layer_state={"version": 1, "nodes": [{"uuid": id, "type": "item"} for id in ids]},
        **rest,
    )


def test_import_lies_on_top_of_what_the_session_holds() -> None:
    records = imported({}, file("a", "b"), file("c", "d"), file("e"))
    assert roots(records) == ["e", "c", "d", "a", "b"]


def test_two_files_keep_what_belongs_to_each_as_a_whole() -> None:
    records = imported({}, file("a", title="one", by="Ann"), file("b", title="two", scale=2))
    assert records["assembly"].props == {"title": "two", "by": "Ann", "scale": 2}


def test_an_import_takes_what_was_changed_back_to_the_file() -> None:
    """Of all that the session knows of an item only what the file says is left."""
    view = imported({}, file("a", "b"))
    view["a"] = Record("a", "component", {"pos": [9, 9], "order": 5.0})
    assert import_ops(view, records_from_bench(file("a", "b")).records) == [Set("a", {"order": 0.0}, ["pos"])]


def test_an_import_puts_back_what_was_removed() -> None:
    view = imported({}, file("a", "b"))
    del view["b"]
    assert import_ops(view, records_from_bench(file("a", "b")).records) == [
        Put("b", "component", {"order": 1.0})
    ]


def test_groups_come_before_what_is_in_them() -> None:
    for name in REAL:
        ops = import_ops({}, records_from_bench(benches.load(name)).records)
        kinds = [op.kind == "group" for op in ops if isinstance(op, Put)]
        assert kinds == sorted(kinds, reverse=True)


@given(benches.benches, benches.benches)
def test_the_same_import_again_does_nothing(first: Bench, second: Bench) -> None:
    view = imported({}, first, second)
    assert import_ops(view, records_from_bench(second).records) == []
    assert set(view) == {id for file in (first, second) for id in records_from_bench(file).records}
