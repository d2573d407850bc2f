"""Plots of curves: small panels side by side, with logarithmic axes where figures grow by orders."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log10

from benchmarks.spread import figure
from optiverse_collab.report.svg import Svg, dot, line

WIDTH, HEIGHT = 165, 120
"""Of a panel, with its title and the figures at its ends."""

LEFT, TOP, CURVE_WIDTH, CURVE_HEIGHT = 14, 34, 110, 60
HEAD = 24
BLACK, GREY, BLUE = "#000000", "#c9ccd1", "#1769aa"


@dataclass(frozen=True)
class Panel:
    """One curve.

    Attributes:
        title: what is shown.
        points: x and y of each, from left to right; both are shown as logarithms.
        names: of the first and the last x.
    """

    title: str
    points: Sequence[tuple[float, float]]
    names: tuple[str, str]


@dataclass(frozen=True)
class Row:
    """Panels side by side."""

    title: str
    panels: Sequence[Panel]


def svg(title: str, rows: Sequence[Row]) -> str:
    """The whole picture."""
    width = WIDTH * max((len(row.panels) for row in rows), default=1)
    picture = Svg(width, (HEAD + HEIGHT) * max(1, len(rows)), title)
    for number, row in enumerate(rows):
        top = (HEAD + HEIGHT) * number
        picture.text(row.title, 10, top + 16, BLACK)
        for place, panel in enumerate(row.panels):
            _add_panel(picture, panel, WIDTH * place, top + HEAD)
    return picture.written()


def _add_panel(picture: Svg, panel: Panel, left: float, top: float) -> None:
    """The curve with a dot at each point; the first and the last have their figures."""
    picture.text(panel.title, left + LEFT, top + 14, BLACK)
    base = top + TOP + CURVE_HEIGHT
    picture.path(
        line([(left + LEFT, base), (left + LEFT + CURVE_WIDTH, base)]), stroke=GREY, stroke_width="1"
    )
    if not panel.points:
        return
    xs = _scaled([x for x, _ in panel.points], 0.0)
    ys = _scaled([y for _, y in panel.points], 1.0)
    corners = [(left + LEFT + CURVE_WIDTH * x, base - CURVE_HEIGHT * y) for x, y in zip(xs, ys, strict=True)]
    picture.path(line(corners), stroke=BLUE, stroke_width="1.5", fill="none")
    for corner in corners:
        picture.path(dot(corner), stroke=BLUE, stroke_width="5", stroke_linecap="round")
    for (x, y), value, name in zip(
        (corners[0], corners[-1]), (panel.points[0][1], panel.points[-1][1]), panel.names, strict=True
    ):
        picture.text(figure(value), x - 6, y - 6, BLACK)
        picture.text(name, x - 6, base + 14, GREY if not name else BLACK)


def _scaled(values: Sequence[float], least: float) -> list[float]:
    """Logarithms from 0 to 1.

    Args:
        values: 0 counts as a half of the smallest other one, so that it is on the left of it.
        least: the orders that the scale covers at least, so that what is flat looks flat.
    """
    smallest = min((value for value in values if value > 0), default=1.0)
    logs = [log10(value if value > 0 else smallest / 2) for value in values]
    low, high = min(logs), max(logs)
    span = max(high - low, least) or 1.0
    return [(value - low) / span for value in logs]
