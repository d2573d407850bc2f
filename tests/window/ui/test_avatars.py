"""Initials on somebody's colour."""

from __future__ import annotations

import pytest
from PyQt6.QtGui import QColor, QImage

from optiverse_collab.window.ui.avatars import Avatar
from optiverse_collab.window.ui.palette import colour_of, text_on

SIDE = 64


def drawn(avatar: Avatar) -> set[str]:
    """The colours of the avatar's pixels."""
    image: QImage = avatar.icon(SIDE, 1.0).pixmap(SIDE, SIDE).toImage()
    return {image.pixelColor(x, y).name() for x in range(SIDE) for y in range(SIDE)}


@pytest.mark.parametrize("colour", [0, 3, 17, 99])
def test_letters_on_the_colour(qapp: object, colour: int) -> None:
    seen = drawn(Avatar("AB", colour))
    assert {colour_of(colour).name(), text_on(colour_of(colour)).name()} <= seen


def test_pattern_is_around_the_letters_and_not_behind(qapp: object) -> None:
    image = Avatar("", 31).icon(SIDE, 1.0).pixmap(SIDE, SIDE).toImage()
    middle = {image.pixelColor(x, y).name() for x in range(24, 40) for y in range(24, 40)}
    rim = {image.pixelColor(x, SIDE // 2).name() for x in range(2, 8)}
    assert middle == {colour_of(31).name()}
    assert rim != middle
    assert drawn(Avatar("AB", 1)) != drawn(Avatar("AB", 11))
    assert QColor("white").name() in rim
