"""Light and dark."""

from __future__ import annotations

from dataclasses import dataclass

from PyQt6.QtGui import QColor, QPalette


@dataclass(frozen=True)
class Theme:
    """The colours of the editor.

    Attributes:
        name: ``light`` or ``dark``.
        canvas: behind the bench.
        grid: lines of the grid.
        ink: outlines and text on the bench.
        muted: names of items.
        glass: inside of lenses and beamsplitters.
        accent: selection.
        window, base, text, button: of menus, dialogs and lists.
    """

    name: str
    canvas: QColor
    grid: QColor
    ink: QColor
    muted: QColor
    glass: QColor
    accent: QColor
    window: QColor
    base: QColor
    text: QColor
    button: QColor

    def palette(self) -> QPalette:
        """The same for Qt's widgets."""
        palette = QPalette(self.button, self.window)
        role = QPalette.ColorRole
        for which, colour in (
            (role.WindowText, self.text),
            (role.Text, self.text),
            (role.ButtonText, self.text),
            (role.ToolTipText, self.text),
            (role.ToolTipBase, self.base),
            (role.Base, self.base),
            (role.AlternateBase, self.window),
            (role.PlaceholderText, self.muted),
            (role.Highlight, self.accent),
            (role.HighlightedText, QColor("#ffffff")),
            (role.Link, self.accent),
        ):
            palette.setColor(which, colour)
        for which in (role.WindowText, role.Text, role.ButtonText):
            palette.setColor(QPalette.ColorGroup.Disabled, which, self.muted)
        return palette

    def legible(self, colour: QColor) -> QColor:
        """`colour`, or ink where it would hardly be seen on the canvas."""
        difference = abs(colour.lightnessF() - self.canvas.lightnessF())
        return colour if colour.isValid() and difference > 0.25 else self.ink


def _theme(name: str, **colours: str) -> Theme:
    return Theme(name, **{part: QColor(colour) for part, colour in colours.items()})


LIGHT = _theme(
    "light",
    canvas="#fbfcfd", grid="#e4e9ee", ink="#27313b", muted="#7b8794", glass="#6aa9dc", accent="#1f78d1",
    window="#f1f3f5", base="#ffffff", text="#1f2830", button="#e8ebee",
)  # fmt: skip
DARK = _theme(
    "dark",
    canvas="#14181d", grid="#232a32", ink="#d7dee6", muted="#8593a1", glass="#5fa3d9", accent="#3d94e6",
    window="#1e242b", base="#181d23", text="#dde3ea", button="#2a323b",
)  # fmt: skip
