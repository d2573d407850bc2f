"""The tables, and what they say about growth."""

from __future__ import annotations

from benchmarks.growth.axes import AXES, Size
from benchmarks.growth.table import TITLES, Result, row_of_plot, section
from tests.benchmarks.growth.results import result

PARTICIPANTS, ITEMS, *_ = AXES


def test_each_size_has_a_row() -> None:
    text = section(PARTICIPANTS, [result(2), result(500, missing=3)])
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    assert [row.split("|")[1].strip() for row in rows] == ["participants", "2", "500"]
    assert "50.0, 3 deliveries missing" in rows[2]


def test_what_grew_has_its_reason_and_the_rest_is_flat() -> None:
    text = section(PARTICIPANTS, [result(2), result(500, factor=3.0)])
    assert f"- p99 ms: 4.00 to 12.0; {PARTICIPANTS.reasons['p99_ms']}.\n" in text
    assert "- restart ms: 400 to 1,200; the reason is not known.\n" in text
    assert text.endswith("- Flat, or falling: memory MB, CPU s per 100,000, p50 ms, join ms, all back ms.")


def test_a_size_that_could_not_be_measured_says_why() -> None:
    results = [result(2), Result(Size(participants=500), problem="refused: too many")]
    assert "\n- 500: refused: too many\n" in section(PARTICIPANTS, results) + "\n"
    assert row_of_plot(PARTICIPANTS, results).panels[0].points == [(2, 50.0)]


def test_each_figure_has_a_panel_with_the_ends_of_the_axis() -> None:
    row = row_of_plot(PARTICIPANTS, [result(2), result(500)])
    assert [panel.title for panel in row.panels] == list(TITLES.values())
    assert row.panels[0].names == ("2", "500")
    assert not row_of_plot(ITEMS, []).panels[0].points
