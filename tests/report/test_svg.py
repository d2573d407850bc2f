"""SVG is well-formed, and has finite numbers."""

from __future__ import annotations

from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from optiverse_collab.core.text import printable
from optiverse_collab.report.svg import Svg, dot, line, number

SVG = "{http://www.w3.org/2000/svg}"


@given(st.text(st.characters()), st.text("<>&\"'\x00\x0b\ufffe]]>"))
def test_any_text_is_read_as_it_was_written(name: str, odd: str) -> None:
    svg = Svg(100, 50, odd)
    svg.path("M0 0h.1", name, stroke=odd.replace("\x00", "").replace("\x0b", "").replace("\ufffe", ""))
    svg.text(odd + name, 1, 2.25, "#000000")
    root = ElementTree.fromstring(svg.written())
    texts = [element.text or "" for element in root.iter() if element.tag in (f"{SVG}title", f"{SVG}text")]
    assert texts == [printable(odd), *([printable(name)] if name else []), printable(odd + name)]


def test_attributes_have_hyphens() -> None:
    svg = Svg(100, 50.25, "x")
    svg.path("M0 0h.1", stroke_width="2")
    text = svg.written()
    assert 'stroke-width="2"' in text
    assert 'viewBox="0 0 100 50.2"' in text
    assert text.endswith("</svg>\n")


def test_paths() -> None:
    assert line([(0, 0), (1, 2.04)]) == "M0 0L1 2"
    assert line([(0, 0), (1, 2), (3, 4), (0, 0)]) == "M0 0L1 2L3 4Z"
    assert line([(1, 1), (1, 1)]) == "M1 1L1 1"
    assert dot((1, -0.01)) == "M1 0h.1"
    assert [number(value) for value in (1.26, -0.04, 1000000.0, -1.5)] == ["1.3", "0", "1000000", "-1.5"]
