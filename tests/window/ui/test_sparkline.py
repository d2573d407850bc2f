"""The curve of response times in the last minute."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from PyQt6.QtGui import QImage
from pytestqt.qtbot import QtBot

from optiverse_collab.window.ui import colours
from optiverse_collab.window.ui.sparkline import Sparkline


@pytest.fixture
def curve(qtbot: QtBot) -> Sparkline:
    curve = Sparkline()
    qtbot.addWidget(curve)
    curve.resize(200, 60)
    return curve


def highest(curve: Sparkline, values: Sequence[float | None]) -> int | None:
    """The highest point of the curve above the bottom, in pixels; None without a curve."""
    curve.set_values(values)
    image: QImage = curve.grab().toImage()
    blue = [
        y
        for y in range(image.height())
        for x in range(image.width())
        if image.pixelColor(x, y) == colours.BLUE
    ]
    return image.height() - min(blue) if blue else None


def test_without_answers_there_is_no_curve(curve: Sparkline) -> None:
    assert highest(curve, ()) is None
    assert highest(curve, [None] * 60) is None
    assert curve.accessibleName() == "Answers of the last minute: no answers yet"


def test_a_good_line_stays_low_and_a_slow_answer_sticks_out(curve: Sparkline) -> None:
    low, high = highest(curve, [5.0] * 60), highest(curve, [5.0] * 59 + [400.0])
    assert low is not None
    assert high is not None
    assert low < 15
    assert high > 30
    assert curve.accessibleName() == "Answers of the last minute: up to 400 ms"


def test_answers_every_ten_seconds_are_a_curve_too(curve: Sparkline) -> None:
    assert highest(curve, [20.0 if second % 10 == 0 else None for second in range(60)]) is not None
    assert highest(curve, [None] * 59 + [20.0]) is not None
