"""The tables of the comparison."""

from __future__ import annotations

from benchmarks.peers.table import section
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
