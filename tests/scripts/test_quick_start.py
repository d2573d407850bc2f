"""`make quick-start` plays the README's quick start, and reports truly whether everything was restored."""

from __future__ import annotations

from pathlib import Path

from tests.helpers.processes import python

QUICK_START = Path(__file__).parents[2] / "scripts" / "quick_start.py"


def test_the_quick_start_plays_to_its_end() -> None:
    with python(str(QUICK_START)) as played:
        output, _ = played.communicate()
    assert played.returncode == 0, output
    assert "27 records added" in output
    assert "Reopened session: demo with 27 record(s)" in output
    assert output.rstrip().endswith("Everything is there, the mirror at its new place.")
