"""What is promised; the figures are made up here, since other tests run the measurements."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks import aims, fanout, join, page, presence
from benchmarks.aims import Row, table
from benchmarks.presence import Moved
from tests.benchmarks.seen import seen


@pytest.fixture(autouse=True)
def made_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is really measured."""
    monkeypatch.setattr(fanout, "measure", lambda *_: seen(latency_ms=25.0))
    monkeypatch.setattr(join, "measure", lambda *_: 0.05)
    monkeypatch.setattr(presence, "measure", lambda *_: Moved(0.5, 1000.0, 0.9, [1.0, 30.0], 0.2))


def test_each_figure_is_shown_with_its_aim(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The command does not fail if one is missed: the machine may be busy."""
    assert aims.main(["--runs", "2", "--out", str(tmp_path)]) == 0
    lines = {
        what.strip(): [field.strip() for field in rest]
        for what, *rest in (line.strip("|").split("|") for line in capsys.readouterr().out.splitlines())
        if rest
    }
    assert lines["two participants: p50 of a delivery above a relay's, ms"] == ["0.00", "at most 1.00", "met"]
    assert lines["10 of 50 edit: p99 of a delivery, ms"] == ["25.0", "at most 20.0", "**missed**"]
    assert lines["5 of 200 edit: p99 of a delivery, ms"] == ["25.0", "at most 40.0", "met"]
    assert lines["join of 10,000 items, ms"] == ["50.0", "at most 100", "met"]
    assert lines["10 of 50 edit, wss: times the CPU of ws"] == ["1.00", "", ""]
    assert lines["idle, 50 participants and 1,000 items: memory, MB"] == ["50.0", "", ""]
    assert lines["200 cursors at 30 Hz: p99 of the age of a position, ms"] == ["30.0", "", ""]
    rows = json.loads((tmp_path / "aims.json").read_text(encoding="utf-8"))["rows"]
    assert [len(row["values"]) for row in rows] == [2] * len(rows)


def test_the_table_goes_into_the_documentation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written = tmp_path / "performance.md"
    written.write_text("<!-- aims -->\n<!-- end of aims -->\n", encoding="utf-8")
    monkeypatch.setattr(page, "PAGE", written)
    aims.main(["--runs", "1", "--publish", "--out", str(tmp_path)])
    assert "| join of 10,000 items, ms" in written.read_text(encoding="utf-8")


def test_the_median_counts() -> None:
    assert not Row("x", [1.0, 5.0, 1.0], aim=2.0).is_missed
    assert Row("x", [3.0, 1.0, 3.0], aim=2.0).is_missed
    assert "3.00 (1.00-3.00)" in table([Row("x", [3.0, 1.0, 3.0], aim=2.0)])
