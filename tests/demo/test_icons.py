"""Icons of what can be inserted: each different, within its square, sharp on any screen."""

from __future__ import annotations

import pytest
from PyQt6.QtGui import QImage
from pytestqt.qtbot import QtBot

from optiverse_collab_demo.icons import template_icon
from optiverse_collab_demo.templates import TEMPLATES, Template
from optiverse_collab_demo.theme import DARK, LIGHT, Theme


def drawn(image: QImage) -> list[tuple[int, int]]:
    """The pixels that are not empty."""
    return [
        (x, y)
        for x in range(image.width())
        for y in range(image.height())
        if image.pixelColor(x, y).alpha() > 0
    ]


@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0])
@pytest.mark.parametrize("template", TEMPLATES, ids=lambda template: template.key)
def test_picture_shows_something_in_its_middle(qtbot: QtBot, template: Template, ratio: float) -> None:
    picture = template_icon(template, LIGHT, ratio)
    assert picture.devicePixelRatio() == ratio
    assert picture.width() == picture.height() == round(30 * ratio)
    pixels = drawn(picture.toImage())
    xs, ys = [x for x, _ in pixels], [y for _, y in pixels]
    assert (min(xs) + max(xs)) / 2 == pytest.approx(15 * ratio, abs=4 * ratio)
    assert (min(ys) + max(ys)) / 2 == pytest.approx(15 * ratio, abs=4 * ratio)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_pictures_can_be_told_apart(qtbot: QtBot, theme: Theme) -> None:
    pictures = [template_icon(template, theme, 1.0).toImage() for template in TEMPLATES]
    assert all(a != b for n, a in enumerate(pictures) for b in pictures[:n])
