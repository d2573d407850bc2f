"""Light and dark: all text is readable."""

from __future__ import annotations

import pytest
from PyQt6.QtGui import QColor, QPalette

from optiverse_collab_demo.theme import DARK, LIGHT, Theme

both = pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)


def luminance(colour: QColor) -> float:
    """Relative luminance, as WCAG 2 defines it."""

    def linear(part: float) -> float:
        return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4

    return 0.2126 * linear(colour.redF()) + 0.7152 * linear(colour.greenF()) + 0.0722 * linear(colour.blueF())


def contrast(a: QColor, b: QColor) -> float:
    light, dark = sorted((luminance(a), luminance(b)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@both
def test_text_stands_out_from_what_it_is_written_on(theme: Theme) -> None:
    for on in (theme.window, theme.base, theme.button):
        assert contrast(theme.text, on) >= 7.0
    assert contrast(theme.ink, theme.canvas) >= 7.0
    assert contrast(theme.muted, theme.canvas) >= 3.0
    assert contrast(theme.accent, theme.canvas) >= 3.0


@both
def test_palette_has_the_colours_of_the_theme(theme: Theme) -> None:
    palette, role = theme.palette(), QPalette.ColorRole
    assert palette.color(role.Window) == theme.window
    assert palette.color(role.WindowText) == palette.color(role.ButtonText) == theme.text
    assert palette.color(QPalette.ColorGroup.Disabled, role.ButtonText) == theme.muted


def test_one_is_light_and_the_other_is_dark() -> None:
    assert DARK.window.lightnessF() < 0.5 < LIGHT.window.lightnessF()


@both
@pytest.mark.parametrize("colour", ["#000000", "#ffffff", "#0a0a28", "#14181d", "#808890", "no colour"])
def test_note_of_any_colour_can_be_read(theme: Theme, colour: str) -> None:
    assert contrast(theme.legible(QColor(colour)), theme.canvas) >= 2.0


@both
def test_colour_that_can_be_read_stays(theme: Theme) -> None:
    red = QColor("#d02020")
    assert theme.legible(red) == red
