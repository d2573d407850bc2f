"""People's colours are distinguishable, even with colour blindness."""

from __future__ import annotations

from itertools import combinations

import pytest
from PyQt6.QtGui import QColor

from optiverse_collab.core.client.people import COLOURS, MOST
from optiverse_collab.window.ui.palette import HALO, PALETTE, brush_of, colour_of, contrast, text_on
from tests.helpers.colour_vision import VISIONS, Lab, difference, seen

CANVASES = QColor("#ffffff"), QColor("#1e1e1e")
"""Roughly the host's backgrounds, in the light and in the dark theme."""


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ((50.0, 2.6772, -79.7751), (50.0, 0.0, -82.7485), 2.0425),
        ((50.0, -1.0, 2.0), (50.0, 0.0, 0.0), 2.3669),
        ((50.0, 2.49, -0.001), (50.0, -2.49, 0.0011), 7.2195),
        ((50.0, 2.5, 0.0), (73.0, 25.0, -18.0), 27.1492),
        ((50.0, 2.5, 0.0), (56.0, -27.0, -3.0), 31.9030),
        ((22.7233, 20.0904, -46.6940), (23.0331, 14.9730, -42.5619), 2.0373),
        ((90.9257, -0.5406, -0.9208), (88.6381, -0.8985, -0.7239), 1.5381),
    ],
)
def test_the_measure_is_that_of_its_authors(one: Lab, other: Lab, expected: float) -> None:
    assert difference(one, other) == pytest.approx(expected, abs=1e-4)
    assert difference(other, one) == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize("vision", VISIONS)
def test_ten_colours_lie_far_apart(vision: str) -> None:
    colours = [seen((one.redF(), one.greenF(), one.blueF()), vision) for one in PALETTE]
    assert len(colours) == COLOURS
    assert min(difference(one, other) for one, other in combinations(colours, 2)) >= 15


def test_a_name_can_be_read_on_every_colour() -> None:
    for colour in PALETTE:
        assert text_on(colour) in (QColor("black"), QColor("white"))
        assert contrast(text_on(colour), colour) >= 4.5


@pytest.mark.parametrize("canvas", CANVASES, ids=QColor.name)
def test_a_halo_stands_out_from_every_canvas(canvas: QColor) -> None:
    assert max(contrast(line, canvas) for line in HALO) >= 4.5


def test_more_people_than_colours_have_patterns() -> None:
    looks = {(brush_of(number).color().name(), brush_of(number).style()) for number in range(MOST)}
    assert len(looks) == MOST
    assert colour_of(COLOURS + 3) == colour_of(3)
