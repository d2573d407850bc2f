"""What was done as CSV: RFC 4180, and nothing that a spreadsheet calculates."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest

from optiverse_collab.core.records import Put, Record, Remove, Set
from optiverse_collab.report.table import COLUMNS, table
from tests.helpers.reports import Change, component, report


def read(start: list[Record], *changes: Change, **others: Any) -> list[dict[str, str]]:
    """The rows of a report's table."""
    text = table(report(start, *changes, **others))
    assert text.count("\n") == text.count("\r\n")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_a_row_has_all_that_is_known_of_a_value() -> None:
    lens = component("l", name="Lens", pos=[0.0, 1 / 3], angle_deg=0.0)
    [moved, turned] = read([lens], ("Ana", Set("l", {"angle_deg": 45.5, "pos": [3, 4]})))
    assert tuple(moved) == COLUMNS
    assert list(moved.values()) == [
        "2027-01-16T12:00:00.000+00:00", "101", "Ana", "1", "Lens", "l", "pos",
        "[0.0,0.3333333333333333]", "[3,4]", "mm",
    ]  # fmt: skip
    assert [turned[name] for name in ("property", "before", "after", "unit")] == [
        "angle_deg",
        "0.0",
        "45.5",
        "°",
    ]


def test_items_that_come_and_go_have_their_kind_first() -> None:
    rows = read(
        [component("l", x=1)], ("Ana", Remove("l")), ("", Put("r", "ruler", {"points": [[0, 1], [2, 3]]}))
    )
    assert [
        [row[name] for name in ("author", "step", "item id", "property", "before", "after")] for row in rows
    ] == [
        ["Ana", "1", "l", "(kind)", "component", ""],
        ["Ana", "1", "l", "x", "1", ""],
        ["Somebody", "2", "r", "(kind)", "", "ruler"],
        ["Somebody", "2", "r", "points", "", "[[0,1],[2,3]]"],
    ]
    assert rows[-1]["unit"] == "mm"


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (-2.5, "-2.5"),
        (True, "true"),
        (None, "null"),
        ("plain", "plain"),
        ('say "a,b"', 'say "a,b"'),
        ("two\nlines", "two\\nlines"),
        ("=1+2", "'=1+2"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("  =1", "'  =1"),
        ("\t=1", "\\t=1"),
        ("\uff1d1", "'\uff1d1"),
        ({"a": "=1"}, '{"a":"=1"}'),
    ],
)
def test_values_are_not_calculated(value: Any, cell: str) -> None:
    [row] = read([component("l")], ("Ana", Set("l", {"x": value})))
    assert (row["before"], row["after"]) == ("", cell)


def test_names_are_not_calculated() -> None:
    [row] = read([component("=id", name="=name")], ("=Ana", Set("=id", {"=x": 1})))
    assert [row[name] for name in ("author", "item name", "item id", "property")] == [
        "'=Ana", "'=name", "'=id", "'=x",
    ]  # fmt: skip


def test_a_name_may_be_missing_or_no_text() -> None:
    rows = read([component("l", name=5)], ("Ana", Set("l", {"x": 1, "name": 6})))
    assert {row["item name"] for row in rows} == {""}
    assert [row["after"] for row in rows] == ["6", "1"]
