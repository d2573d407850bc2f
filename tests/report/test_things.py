"""The things in a picture, and what became of them."""

from __future__ import annotations

from typing import Any

import pytest

from optiverse_collab.core.records import Record
from optiverse_collab.report.things import Fate, things, without_place
from tests.helpers.reports import component


def bench(*records: Record) -> dict[str, Record]:
    """A bench."""
    return {record.id: record for record in records}


def mirror(**props: Any) -> Record:
    """A mirror with a place."""
    return component("m", **{"pos": [0, 0], "name": "M", **props})


@pytest.mark.parametrize(
    ("start", "end", "fate", "places"),
    [
        (bench(mirror()), bench(mirror()), Fate.SAME, ((0, 0), None)),
        (bench(mirror()), bench(mirror(pos=[1, 0])), Fate.MOVED, ((1, 0), (0, 0))),
        (bench(mirror()), bench(mirror(angle_deg=1)), Fate.MOVED, ((0, 0), None)),
        (
            bench(Record("m", "ruler", {"points": [[0, 0], [1, 1]]})),
            bench(Record("m", "ruler", {"points": [[0, 0], [2, 2]]})),
            Fate.MOVED,
            ((2, 2), (1, 1)),
        ),
        (bench(mirror()), bench(mirror(notes="x")), Fate.CHANGED, ((0, 0), None)),
        (bench(mirror()), bench(mirror(order=1, z_value=2, parent="g")), Fate.SAME, ((0, 0), None)),
        (bench(mirror()), {}, Fate.REMOVED, (None, (0, 0))),
        ({}, bench(mirror()), Fate.ADDED, ((0, 0), None)),
        (bench(component("m")), bench(mirror()), Fate.ADDED, ((0, 0), None)),
        (bench(mirror()), bench(component("m")), Fate.REMOVED, (None, (0, 0))),
        (bench(mirror()), bench(Record("m", "text", {"pos": [0, 0]})), Fate.CHANGED, ((0, 0), None)),
        (bench(mirror()), bench(mirror(object_height_mm=9)), Fate.CHANGED, ((0, 0), (0, 0))),
        (bench(mirror()), bench(mirror(angle_deg=360.0)), Fate.CHANGED, ((0, 0), None)),
    ],
)
def test_what_became_of_a_thing(start: Any, end: Any, fate: Fate, places: Any) -> None:
    [thing] = things(start, end)
    assert thing.fate is fate
    assert (thing.now and thing.now.at, thing.old and thing.old.at) == places
    assert thing.at == next(place for place in places if place)
    assert {*filter(None, places)} <= {*thing.points()}


def test_changed_things_come_first() -> None:
    start = bench(*(component(id, pos=[0, 0]) for id in "abc"))
    end = {**start, "c": component("c", pos=[0, 1]), "d": component("d", pos=[0, 0])}
    assert [thing.fate for thing in things(start, end)] == [Fate.MOVED, Fate.ADDED, Fate.SAME, Fate.SAME]
    assert things({}, {}) == []


@pytest.mark.parametrize(
    ("props", "name"),
    [
        ({"name": "M3"}, "M3"),
        ({"text": "A note"}, "A note"),
        ({"name": "x" * 25}, "x" * 23 + "…"),
        ({"name": "\u202eabc\n"}, "\\u202eabc\\n"),
        ({"name": "  "}, ""),
        ({"name": 5}, ""),
        ({}, ""),
    ],
)
def test_a_name_is_short_and_on_one_line(props: dict[str, Any], name: str) -> None:
    [thing] = things({}, bench(component("m", pos=[0, 0], **props)))
    assert thing.name == name


def test_changed_items_without_a_place_are_counted() -> None:
    start = bench(
        component("a", x=1), component("b", x=1), component("c", pos=[0, 0]), Record("g", "group", {})
    )
    end = bench(component("a", x=1), component("b", x=2), component("c", pos=[0, 1]), component("d"))
    assert without_place(start, end) == 2
