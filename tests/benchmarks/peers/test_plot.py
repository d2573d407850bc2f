"""The plot of the comparison."""

from __future__ import annotations

from xml.etree import ElementTree

from benchmarks.peers.plot import svg
from tests.benchmarks.peers.results import TEAM, result, results, run

SVG = "{http://www.w3.org/2000/svg}"


def test_each_server_has_two_bars_with_their_ranges() -> None:
    """The three at the end are the legend's."""
    picture = ElementTree.fromstring(svg([(TEAM, results())]))
    paths = picture.findall(f"{SVG}path")[:-3]
    bars, ranges = paths[::2], paths[1::2]
    assert len(bars) == len(ranges) == 2 * len(results())
    widths = [bar.attrib["d"].partition("h")[2].partition("v")[0] for bar in bars[::2]]
    assert widths == ["125", "250", "41.7"]  # CPU: 1.5, 3 and 0.5
    assert ranges[0].attrib["d"] == "M313.3 54.5L396.7 54.5"  # 1 to 2


def test_titles_and_figures_stand_beside_the_bars() -> None:
    lost = result("y-websocket", run(4.0, p99_ms=2500.0, missing=0.5))
    left_out = result("hocuspocus", problem="left out")
    picture = ElementTree.fromstring(svg([(TEAM, [*results(), lost, left_out])]))
    texts = [element.text for element in picture.findall(f"{SVG}text")]
    assert TEAM.title in texts
    assert "2,500 ✗" in texts
    assert "Hocuspocus 4.7.0" not in texts


def test_a_picture_of_nothing_is_a_legend() -> None:
    picture = ElementTree.fromstring(svg([]))
    assert len(picture.findall(f"{SVG}text")) == 4
