"""The benchmark from the mouse to pixels, which itself checks that both windows show the same bench."""

from __future__ import annotations

import pytest

from benchmarks.photon import __main__ as photon
from benchmarks.photon.screen import missing
from optiverse_collab.host.optiverse.upstream import version
from tests.helpers.processes import python


@pytest.mark.optiverse
@pytest.mark.skipif(bool(missing()), reason="needs Xvfb and xdotool")
def test_every_figure_is_there() -> None:
    """In processes of its own, as from the command line."""
    with python("-m", "benchmarks.photon", "--components", "25", "--sweeps", "1", "--no-idle") as process:
        output, _ = process.communicate()
    assert process.returncode == 0, output
    rows = [line.split("|")[1:-1] for line in output.splitlines() if line.startswith("| 25 ")]
    assert [[cell.strip() for cell in row[:3]] for row in rows] == 3 * [
        ["25", "no", "1"],
        ["25", "no", "25"],
        ["25", "yes", "1"],
        ["25", "yes", "25"],
    ]
    assert "`Connection._on_text`" in output


def test_without_the_editor_a_sentence_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(version, "is_installed", lambda: False)
    assert photon.main([]) == 0
    assert capsys.readouterr().out == (
        "Photon to pixel: not measured, because Optiverse can't be imported here.\n"
    )


def test_without_a_screen_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(version, "is_installed", lambda: True)
    monkeypatch.setattr(photon, "missing", lambda: ["Xvfb", "xdotool"])
    assert photon.main([]) == 0
    assert "apt-get install xvfb xdotool" in capsys.readouterr().out


@pytest.mark.parametrize("part", [["--components", "25"], ["--no-idle"]])
def test_a_part_is_not_published(capsys: pytest.CaptureFixture[str], part: list[str]) -> None:
    with pytest.raises(SystemExit):
        photon.main(["--publish", *part])
    assert "--publish writes about all benches" in capsys.readouterr().err
