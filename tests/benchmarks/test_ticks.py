"""CPU time and latency at ticks of different lengths; no test asserts how long anything takes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks import fanout, page, ticks
from benchmarks.fanout import Load
from benchmarks.targets import server
from tests.benchmarks.seen import seen

TINY = Load(participants=2, editors=2, seconds=0.3, components=2, warm_up_s=0.1)


def test_a_server_with_another_tick_delivers_everything() -> None:
    """PUSH-5: whatever its tick is."""
    result = fanout.measure(server(tick_ms=33.0), TINY)
    assert result.missing == result.unseen == 0
    assert result.expected > 0


def test_each_workload_has_a_row_for_each_tick(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(fanout, "measure", lambda *_: seen())
    assert ticks.main(["--workload", "class", "--runs", "2", "--out", str(tmp_path)]) == 0
    rows = [line for line in capsys.readouterr().out.splitlines() if line.startswith("| ")]
    assert [row.split("|")[1].strip() for row in rows] == ["tick ms", *map(str, ticks.TICKS_MS)]
    assert [field.strip() for field in rows[1].split("|")[2:5]] == ["1.00", "1.00", "1.00"]
    workloads = json.loads((tmp_path / "ticks.json").read_text(encoding="utf-8"))["workloads"]
    assert [len(runs) for runs in workloads["class"].values()] == [2] * len(ticks.TICKS_MS)
    assert (tmp_path / "ticks.svg").read_text(encoding="utf-8").count("p99 ms at a CPU time") == 1


def test_tables_and_plot_go_into_the_documentation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written, picture = tmp_path / "performance.md", tmp_path / "ticks.svg"
    written.write_text("<!-- ticks -->\n<!-- end of ticks -->\n", encoding="utf-8")
    monkeypatch.setattr(fanout, "measure", lambda *_: seen(missing=1))
    monkeypatch.setattr(page, "PAGE", written)
    monkeypatch.setattr(ticks, "PICTURE", picture)
    assert ticks.main(["--publish", "--out", str(tmp_path / "out")]) == 1  # a delivery is missing
    assert written.read_text(encoding="utf-8").count("**") == 2 * len(ticks.MEASURED)
    assert picture.is_file()


def test_only_all_workloads_are_published(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        ticks.main(["--publish", "--workload", "team"])
    assert "leave out --workload" in capsys.readouterr().err
