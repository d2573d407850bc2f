"""The command that measures growth; growth/test_measure.py runs real servers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks import page
from benchmarks.growth import __main__ as command
from benchmarks.growth import measure
from benchmarks.growth.axes import AXES, Size
from benchmarks.growth.measure import Grown
from tests.benchmarks.growth.results import result


def made_up(size: Size, seconds: float) -> Grown:
    """Large benches stop the server, and large crowds get no answer."""
    if size.items > 20_000:
        raise RuntimeError("server ended\nwith a traceback")
    if size.participants > 200:
        raise RuntimeError
    grown = result(size.participants).grown
    assert grown is not None
    return grown


def test_it_writes_tables_a_plot_and_every_figure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(measure, "measure", made_up)
    assert command.main(["--axis", "participants", "--axis", "items", "--out", str(tmp_path)]) == 0
    shown = capsys.readouterr().out
    assert "- 500: stopped: no answer\n" in shown
    assert "- 100,000: stopped: server ended\n" in shown
    axes = json.loads((tmp_path / "growth.json").read_text(encoding="utf-8"))["axes"]
    assert list(axes) == ["participants", "items"]
    assert axes["participants"][0]["grown"]["memory_mb"] == 50.0
    assert (tmp_path / "growth.svg").read_text(encoding="utf-8").startswith("<svg ")


def test_published_tables_go_into_the_documentation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written, picture = tmp_path / "performance.md", tmp_path / "growth.svg"
    written.write_text("<!-- growth -->\n<!-- end of growth -->\n", encoding="utf-8")
    monkeypatch.setattr(measure, "measure", made_up)
    monkeypatch.setattr(page, "PAGE", written)
    monkeypatch.setattr(command, "PICTURE", picture)
    assert command.main(["--publish", "--out", str(tmp_path / "out")]) == 0
    text = written.read_text(encoding="utf-8")
    assert all(f"**{axis.key}** " in text for axis in AXES)
    assert "](images/growth.svg)" in text
    assert picture.is_file()


def test_a_missing_delivery_is_a_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measure, "measure", lambda *_: result(2, missing=1).grown)
    assert command.main(["--quick", "--axis", "age", "--out", str(tmp_path)]) == 1


def test_only_a_whole_run_is_published(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        command.main(["--publish", "--quick"])
    assert "leave out --axis and --quick" in capsys.readouterr().err
