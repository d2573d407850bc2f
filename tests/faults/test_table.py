"""The page about faults has a place for each cell, and reports problems."""

from __future__ import annotations

import re

from tests.faults.cells import FAULTS, Phase, cell
from tests.faults.play import Outcome
from tests.faults.table import PAGE, legend, table


def test_table_shows_times_and_names_what_went_wrong() -> None:
    outcomes = [
        Outcome(cell("RST", Phase.IDLE), 0.04, "Reconnecting…", 1.26, []),
        Outcome(cell("latency", Phase.CLOSING), None, "", 0.5, []),
        Outcome(cell("cut", Phase.PUSHING), 0.02, "Reconnecting…", None, ["the drag was lost"]),
    ]
    made = table(outcomes)
    no = "not run | not run"
    assert f"| RST | {no} | told 0.0 s, back 1.3 s | {no} | not run |" in made
    assert f"| latency | {no} | {no} | not run | back 0.5 s |" in made
    assert f"| cut | {no} | {no} | told 0.0 s, not back ✗ | not run |" in made
    assert made.endswith("- cut, pushing: the drag was lost")
    assert table(outcomes[:2]).endswith("Nothing went wrong in any of them.")


def test_page_knows_every_fault_and_phase() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert legend() in page
    assert "| " + " | ".join(phase.value for phase in Phase) + " |" in page
    assert [fault.name for fault in FAULTS if f"\n| {fault.name} | " not in page] == []


def test_the_readme_claims_what_was_measured() -> None:
    """After a new measurement, this test shows that the page has to be updated."""
    page, readme = PAGE.read_text("utf-8"), (PAGE.parents[1] / "README.md").read_text("utf-8")
    [soak] = re.findall(r"minutes, ([\d,]+) edits that can be counted, (\d+) faults", page)
    [hour] = re.findall(r"with (\d+) network faults, all ([\d,]+) edits got there", readme)
    assert hour == soak[::-1]
    [(kinds, seconds)] = re.findall(r"(\d+) kinds of fault, .* were back within (\d+) s", readme)
    assert int(kinds) == len(FAULTS)
    assert max(map(float, re.findall(r"back (\d+\.\d) s", page))) <= float(seconds)
    assert "Nothing went wrong in any of them." in page
