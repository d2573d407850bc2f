"""SVG that is well-formed whatever people call their things."""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree import ElementTree as ET

from optiverse_collab.convert.outlines import Point
from optiverse_collab.core.text import printable

FONT_SIZE = 11
"""In px."""


class Svg:
    """A drawing on white; what is drawn later covers what is there.

    Args:
        width, height: in px.
        title: for those who can't see it.
    """

    def __init__(self, width: float, height: float, title: str) -> None:
        self._width, self._height = width, height
        size = {"width": number(width), "height": number(height)}
        self._root = ET.Element(
            "svg",
            {
                "xmlns": "http://www.w3.org/2000/svg",
                **size,
                "viewBox": f"0 0 {size['width']} {size['height']}",
                "font-family": "sans-serif",
                "font-size": str(FONT_SIZE),
                "role": "img",
            },
        )
        self._add("title").text = printable(title)
        self.clear(0.0)

    def clear(self, top: float) -> None:
        """Cover everything below a line with white."""
        height = number(self._height - top)
        self._add("rect", y=number(top), width=number(self._width), height=height, fill="#ffffff")

    def path(self, d: str, title: str = "", **attributes: str) -> None:
        """A path with a title, which viewers show at the pointer."""
        element = self._add("path", d=d, **attributes)
        if title:
            ET.SubElement(element, "title").text = printable(title)

    def text(self, text: str, left: float, baseline: float, colour: str) -> None:
        """A line of text."""
        self._add("text", x=number(left), y=number(baseline), fill=colour).text = printable(text)

    def written(self) -> str:
        """The file."""
        ET.indent(self._root)
        return ET.tostring(self._root, encoding="unicode") + "\n"

    def _add(self, tag: str, **attributes: str) -> ET.Element:
        """An element; underscores in the names of attributes stand for hyphens."""
        return ET.SubElement(
            self._root, tag, {name.replace("_", "-"): value for name, value in attributes.items()}
        )


def line(points: Sequence[Point]) -> str:
    """The path through points; closed if it ends where it begins."""
    corners = [f"{number(x)} {number(y)}" for x, y in points]
    if len(points) > 2 and points[0] == points[-1]:
        return f"M{'L'.join(corners[:-1])}Z"
    return f"M{'L'.join(corners)}"


def dot(point: Point) -> str:
    """The path of a dot, as wide as the stroke if that has round ends; Qt draws no line without a length."""
    return f"M{number(point[0])} {number(point[1])}h.1"


def number(value: float) -> str:
    """A number of px, to a tenth."""
    text = f"{value:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text
