"""The colours of people, distinguishable even with colour blindness.

Ten colours lie at least 15 apart (CIEDE2000), for normal vision and for each of the three kinds of
colour-blindness. They were found by random search; a test computes the distances. More than
ten people are distinguished by a pattern. Contrast with a light or dark canvas comes from a dark line and
a light one around all that is drawn (`HALO`).
"""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QBrush, QColor

from optiverse_collab.core.client.people import COLOURS

PALETTE = tuple(
    map(
        QColor,
        (
            "#6080ff",
            "#a06000",
            "#208060",
            "#c080a0",
            "#60e0ff",
            "#604020",
            "#a0e000",
            "#004080",
            "#ffc0c0",
            "#a0a060",
        ),
    )
)

HALO = QColor("#202020"), QColor("#ffffff")
"""The outer line and the inner one."""

_PATTERNS = (
    Qt.BrushStyle.SolidPattern,
    Qt.BrushStyle.BDiagPattern,
    Qt.BrushStyle.VerPattern,
    Qt.BrushStyle.Dense4Pattern,
    Qt.BrushStyle.HorPattern,
    Qt.BrushStyle.CrossPattern,
    Qt.BrushStyle.FDiagPattern,
    Qt.BrushStyle.DiagCrossPattern,
    Qt.BrushStyle.Dense6Pattern,
    Qt.BrushStyle.Dense2Pattern,
)


def colour_of(number: int) -> QColor:
    """The colour with a number (`People.colour_of`)."""
    return PALETTE[number % COLOURS]


def brush_of(number: int) -> QBrush:
    """The fill of an area of this colour; a pattern lies on top of white."""
    return QBrush(colour_of(number), _PATTERNS[number // COLOURS % len(_PATTERNS)])


def text_on(colour: QColor) -> QColor:
    """Black or white, whichever can be read better on a colour."""
    black, white = QColor("black"), QColor("white")
    return black if contrast(black, colour) >= contrast(white, colour) else white


def contrast(one: QColor, other: QColor) -> float:
    """The contrast ratio of WCAG 2, from 1 to 21."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: QColor) -> float:
    red, green, blue = (_linear(part) for part in (colour.redF(), colour.greenF(), colour.blueF()))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)
