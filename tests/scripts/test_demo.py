"""`make demo` plays the README's quick start, and says truly whether everything was there again."""

from __future__ import annotations

from pathlib import Path

from tests.helpers.processes import python

DEMO = Path(__file__).parents[2] / "scripts" / "demo.py"


def test_the_quick_start_plays_to_its_end() -> None:
    with python(str(DEMO)) as demo:
        output, _ = demo.communicate()
    assert demo.returncode == 0, output
    assert "27 records added" in output
    assert "Reopened session: demo with 27 record(s)" in output
    assert output.rstrip().endswith("Everything is there, the mirror at its new place.")
