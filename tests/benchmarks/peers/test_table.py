"""The tables of the comparison, and the page that they are written into."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.peers.table import figure, section, write_section
from tests.benchmarks.peers.results import TEAM, result, results, run


def test_each_server_has_a_row_with_median_and_range() -> None:
    text = section(TEAM, results())
    ours, tldraw = (
        [field.strip() for field in line.strip("| ").split("|")]
        for line in text.splitlines()
        if line.startswith(("| optiverse", "| tldraw"))
    )
    assert ours[1:4] == ["the bench, on disk", "1.50 (1.00-2.00)", "1.00"]
    assert tldraw[2:4] == ["3.00 (2.00-3.00)", "2.00 (1.00-3.00)"]


def test_what_is_lost_is_said_with_its_reason() -> None:
    text = section(TEAM, results())
    lost = "bare relay, Node ws 8.23.0 (CPU 0.33, p50 0.10, p99 0.08)"
    why = "They keep no bench: they check and order nothing, and a newcomer gets nothing"
    assert f"\n- Lost, as shares of ours, to {lost}. {why}.\n- Ours gathers edits" in text
    assert "to tldraw" not in text


def test_where_ours_wins_nothing_is_added() -> None:
    assert "Ours gathers" not in section(TEAM, results()[:2])


def test_a_server_that_collapses_is_named() -> None:
    text = section(TEAM, [*results(), result("y-websocket", run(9.0, missing=0.123))])
    assert "collapses: up to 12.30% missing" in text


def test_a_server_that_could_not_run_has_its_reason() -> None:
    text = section(TEAM, [*results(), result("hocuspocus", problem="left out: npm is not installed")])
    assert "left out: npm is not installed" in text


@pytest.mark.parametrize(
    ("value", "shown"), [(0.153, "0.15"), (9.99, "9.99"), (10.04, "10.0"), (2569.4, "2,569")]
)
def test_figures_have_about_three_digits(value: float, shown: str) -> None:
    assert figure(value) == shown


def test_only_the_section_of_the_page_is_replaced(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("a\n<!-- peers -->\nold\n<!-- end of peers -->\nb\n", encoding="utf-8")
    write_section("peers", r"new \1", page)
    assert page.read_text(encoding="utf-8") == "a\n<!-- peers -->\nnew \\1\n<!-- end of peers -->\nb\n"
    with pytest.raises(ValueError, match="needs one section 'others'"):
        write_section("others", "new", page)
