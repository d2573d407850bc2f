"""Plots of curves."""

from __future__ import annotations

from xml.etree import ElementTree

from benchmarks.curves import CURVE_WIDTH, LEFT, Panel, Row, svg

SVG = "{http://www.w3.org/2000/svg}"


def paths(*points: tuple[float, float]) -> list[str]:
    """The axis, the curve and the dots of a plot with one panel."""
    picture = ElementTree.fromstring(svg("plot", [Row("row", [Panel("panel", points, ("a", "z"))])]))
    return [path.attrib["d"] for path in picture.findall(f"{SVG}path")]


def test_orders_are_as_far_apart_everywhere() -> None:
    _, curve, *dots = paths((1.0, 1.0), (10.0, 10.0), (100.0, 100.0))
    half, end = LEFT + CURVE_WIDTH / 2, LEFT + CURVE_WIDTH
    assert curve == f"M{LEFT} 118L{half:g} 88L{end} 58"
    assert len(dots) == 3


def test_what_changes_little_looks_flat() -> None:
    """The scale covers a factor of ten at least."""
    _, curve, *_ = paths((1.0, 50.0), (10.0, 55.0))
    assert curve == f"M{LEFT} 118L{LEFT + CURVE_WIDTH} 115.5"


def test_nothing_at_all_has_its_place_on_a_logarithmic_axis() -> None:
    _, curve, *_ = paths((0.0, 1.0), (10.0, 1.0), (100.0, 1.0))
    assert curve.startswith(f"M{LEFT} 118L")


def test_a_panel_without_points_is_an_axis() -> None:
    assert len(paths()) == 1
    assert svg("plot", []).startswith("<svg ")


def test_the_ends_have_their_figures_and_names() -> None:
    panel = Panel("memory MB", [(2.0, 51.0), (500.0, 64.0)], ("2", "500"))
    picture = ElementTree.fromstring(svg("plot", [Row("participants", [panel])]))
    texts = [element.text for element in picture.findall(f"{SVG}text")]
    assert texts == ["participants", "memory MB", "51.0", "2", "64.0", "500"]
