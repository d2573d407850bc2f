"""The benchmark of the editor's window, which itself checks that the window shows the session's bench."""

from __future__ import annotations

import re

import pytest

from benchmarks import __main__ as benchmarks
from benchmarks import window
from optiverse_collab.host.optiverse.upstream import version
from tests.helpers.processes import python


@pytest.mark.optiverse
def test_every_figure_is_there() -> None:
    """In a process of its own, since the stopwatch stays in the plugin's classes."""
    sizes = "--components 60 --selected 5 --joined 200 --seconds 0.5".split()
    with python("-m", "benchmarks", "--runs", "1", "window", *sizes) as process:
        output, _ = process.communicate()
    assert process.returncode == 0
    drag, moves, with_laser, cursors, slider, join = output.splitlines()
    capture, plugin = figures(r"([\d.]+) ms per tick to capture it, ([\d.]+) with the answer", drag)
    assert 0 < capture < plugin
    assert "laser" in with_laser
    for line in (moves, with_laser, join):
        half, most, longest = figures(r"gaps p50/p99/max (\d+)/(\d+)/(\d+) ms \(work", line)
        assert 0 < half <= most <= longest
    share, frames, ratio = figures(r"([\d.]+) s of CPU per s, (\d+) frames/s of .* ms, ([\d.]+) of", cursors)
    assert 0 < share < 1
    assert 5 < frames < 80
    assert ratio > 0
    assert min(figures(r"([\d.]+) ms to show one and ([\d.]+) ms to paint it, ([\d.]+) of", slider)) > 0
    assert figures(r"(\d+) steps of progress", join)[0] > 1


def test_without_the_editor_a_sentence_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(version, "is_installed", lambda: False)
    assert benchmarks.main(["window"]) == 0
    assert capsys.readouterr().out == f"{window.NOT_INSTALLED}\n"


def figures(pattern: str, line: str) -> list[float]:
    found = re.search(pattern, line)
    assert found is not None, line
    return list(map(float, found.groups()))
