"""The picture of a bench: where things are, and where they were."""

from __future__ import annotations

import re
from time import process_time
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PyQt6.QtCore import QByteArray
from PyQt6.QtSvg import QSvgRenderer

from optiverse_collab.core.records import Op, Put, Record, Remove, Set
from optiverse_collab.report.page import page
from optiverse_collab.report.picture import picture
from optiverse_collab.report.table import table
from tests.helpers.reports import component, report

M3 = component("m3", name="M3", pos=[0.0, 0.0], object_height_mm=25.0)


def texts(svg: str) -> list[str]:
    """The lines of text in a picture."""
    return [one.text or "" for one in ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")]


def test_a_picture_shows_start_and_end() -> None:
    lens = component("l", name="Lens", pos=[100.0, 0.0])
    made = picture(report([M3, lens], ("Ana", Set("m3", {"pos": [0.0, 50.0]}))))
    assert texts(made.svg) == ["M3", "Lens", "moved or turned", "unchanged", "50 mm"]
    assert made.notes == ["Dashed symbols and arrows show where things were."]
    assert "<title>The bench of session lab</title>" in made.svg


def test_hostile_names_and_values_give_a_picture_for_any_reader() -> None:
    """By the strict reader above, and by Qt."""
    name = "<script>&\"'\u202e\x00]]>"
    odd = [Record(f"{name}{n}", kind, {"name": name, "pos": [n, n], "color_hex": name, "angle_deg": 1e308})
           for n, kind in enumerate(("component", "source", name, "text"))]  # fmt: skip
    made = picture(report(odd, ("Ana", Set(odd[0].id, {"angle_deg": 1.0})), session=name))
    assert "<script>&\"'\\u202e\\x00]]>" in texts(made.svg)
    assert QSvgRenderer(QByteArray(made.svg.encode())).isValid()


numbers = st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(2**63), 2**64 - 1)
simple = st.none() | st.booleans() | numbers | st.text(max_size=4)
values = st.recursive(
    simple, lambda one: st.lists(one, max_size=3) | st.dictionaries(st.text(), one, max_size=2)
)
points = st.lists(numbers, min_size=2, max_size=2)
interfaces = st.fixed_dictionaries({}, optional=dict.fromkeys(("x1_mm", "y1_mm", "x2_mm", "y2_mm"), numbers))
props = st.fixed_dictionaries(
    {},
    optional={
        "name": values,
        "pos": points | values,
        "angle_deg": numbers | values,
        "object_height_mm": numbers | values,
        "size_mm": points | numbers | values,
        "points": st.lists(points, max_size=3) | values,
        "vertex": points | values,
        "interfaces": st.lists(interfaces | values, max_size=3) | values,
        "image_path": values,
    },
)
kinds = st.sampled_from(
    ["component", "source", "ruler", "text", "rectangle", "angle_measure", "group", "assembly", "x"]
)


@given(st.lists(st.tuples(kinds, props, props), min_size=1, max_size=4))
def test_whatever_others_share_gives_a_report(
    items: list[tuple[str, dict[str, Any], dict[str, Any]]],
) -> None:
    start = [Record(str(n), kind, before) for n, (kind, before, _) in enumerate(items)]
    changes: list[Op] = [Set(str(n), after) for n, (_, _, after) in enumerate(items)]
    made = report(start, ("Ana", *changes, Put("new", "component", {"pos": [1.0, 2.0]})))
    svg = picture(made).svg
    ElementTree.fromstring(svg)
    assert not re.search(r"[ \"ML](nan|inf)", svg)
    assert page(made, "x.svg").count("\n") > 10
    assert "component" in table(made)


def test_what_is_not_shown_is_said() -> None:
    far = [component(f"f{n}", name=f"F{n}" if n != 1 else "", pos=[1e8, float(n)]) for n in range(2)]
    gone = component("gone", pos=[1e300, 0])
    changes: list[Op] = [Set("gone", {"pos": [0, 1e300]}), Set("m3", {"notes": "x"})]
    made = picture(report([M3, M3, *far, gone, *(component(str(n), pos=[n, 0]) for n in range(30))],
                          *(("Ana", op) for op in changes)))  # fmt: skip
    assert made.notes == [
        'Too far away to be shown: "F0" and 1 other thing.',
        "The picture lacks 1 changed item without a place.",
    ]
    nameless = [component(str(n), pos=[1e8 * (n > 2), 0]) for n in range(4)]
    assert picture(report(nameless, ("Ana", Remove("0")))).notes == ["1 thing too far away to be shown."]


@pytest.mark.parametrize("places", [[], [[1e9, -1e9]], [[-1e9, 1e9], [1e9, 1e9]]])
def test_there_may_be_little_to_see(places: list[list[float]]) -> None:
    start = [component("x"), *(component(str(n), pos=place) for n, place in enumerate(places))]
    made = picture(report(start, ("Ana", Put("y", "of a newer version", {"a": 1}))))
    assert QSvgRenderer(QByteArray(made.svg.encode())).isValid()
    assert not re.search(r"nan|inf", made.svg)


def test_a_picture_of_10_000_items_is_small() -> None:
    start = [
        component(f"i{n}", name=f"Item {n}", pos=[20.0 * (n % 100), 20.0 * (n // 100)]) for n in range(10_000)
    ]
    moves: list[Op] = [Set(f"i{n}", {"pos": [n / 5, 2500.0]}) for n in range(0, 10_000, 250)]
    made = picture(report(start, ("Ana", *moves)))
    assert len(made.svg) < 300_000
    assert "300 of 10000 things have a symbol, the others are dots." in made.notes
    assert any("There was no room for" in note for note in made.notes)
    assert "Item 250" in texts(made.svg)


def test_of_many_moves_some_have_an_arrow() -> None:
    start = [component(f"i{n}", pos=[20.0 * n, 0.0]) for n in range(100)]
    moves: list[Op] = [Set(one.id, {"pos": [20.0 * n, 400.0]}) for n, one in enumerate(start)]
    made = picture(report(start, ("Ana", *moves)))
    assert made.notes == ["Dashed symbols and arrows show where 60 of the moved things were."]


def test_the_same_history_gives_the_same_picture() -> None:
    one, other = (picture(report([M3], ("Ana", Set("m3", {"pos": [1, 1]})))) for _ in range(2))
    assert one == other


def seconds(steps: int) -> float:
    """The processor time of a report about many steps, without reading the history."""
    start = [component(f"i{n}", name=f"Item {n}", pos=[20.0 * n, 0.0]) for n in range(100)]
    changes = [("Ana", Set(f"i{n % 100}", {"pos": [float(n), 5.0]})) for n in range(steps)]
    made = report(start, *changes)
    began = process_time()
    page(made, "x.svg", picture(made).notes)
    table(made)
    return process_time() - began


def test_a_long_report_takes_time_in_proportion() -> None:
    short = min(seconds(250) for _ in range(3))
    long = min(seconds(1000) for _ in range(3))
    print(f"1,000 steps: {long * 1000:.0f} ms")  # noqa: T201 - for whoever asks for it
    assert long < 12 * short
