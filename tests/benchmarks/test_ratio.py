"""The quick ratio to a relay, and how a loss is shown; no test asserts how fast anything is."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from benchmarks import fanout, ratio
from benchmarks.fanout import Load
from benchmarks.spread import Spread

needs_cpu_time = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="CPU time of another process is known only on Linux."
)

EDGE = "!" * 80


@needs_cpu_time
def test_each_load_has_a_ratio_of_pairs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The time is up after the first round, and the file is written with the machine."""
    load = Load(participants=3, editors=3, seconds=0.3, components=3, warm_up_s=0.1)
    [(name, span)] = ratio.measure(5, 0.0, {"tiny": load}).items()
    assert name == "tiny"
    assert 0 < span.low == span.middle == span.high
    monkeypatch.setattr(ratio, "KEPT", tmp_path / "ratio.json")
    ratio.keep({name: span})
    assert ratio.kept() == {name: span.middle}
    assert '"cores"' in ratio.KEPT.read_text(encoding="utf-8")


def test_something_is_kept_of_each_load() -> None:
    assert ratio.kept().keys() == ratio.LOADS.keys()


def test_a_ratio_like_the_kept_one_is_a_line() -> None:
    [_, line] = ratio.report({"team": Spread(2.3, 1.0, 2.5)}, {"team": 2.0}).splitlines()
    assert line == "  team   2.30 (1.00-2.50), kept 2.00"


def test_a_loss_of_a_fifth_is_a_block() -> None:
    found = {"team": Spread(2.4, 1.0, 2.5), "class": Spread(1.0, 1.0, 1.0)}
    text = ratio.report(found, {"team": 2.0, "class": 1.0})
    assert text.count(EDGE) == 2
    assert "!! SLOWER: team takes 20% more CPU time than the kept figure." in text
    assert f"!! {ratio.KEEP}" in text
    assert "SLOWER: class" not in text


def test_a_gain_is_worth_keeping() -> None:
    text = ratio.report({"team": Spread(1.5, 1.0, 2.0)}, {"team": 2.0})
    assert text.endswith(f"To keep the new figures: {ratio.KEEP}\n")
    assert EDGE not in text


def test_whatever_goes_wrong_is_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A busy or broken machine fails nothing."""

    def refuse(*_: object) -> None:
        raise OSError("no port is free")

    monkeypatch.setattr(fanout, "measure", refuse)
    monkeypatch.setattr(sys, "platform", "linux")
    assert ratio.main([]) == 0
    assert capsys.readouterr().out == "The ratio to a relay could not be measured: no port is free\n"
    monkeypatch.setattr(sys, "platform", "win32")
    assert ratio.main([]) == 0
    assert "known only on Linux" in capsys.readouterr().out
