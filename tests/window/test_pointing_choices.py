"""Chords that a user chose in the dialog appear in the window's menu."""

from __future__ import annotations

from PyQt6.QtGui import QKeySequence
from PyQt6.QtWidgets import QDialogButtonBox, QMenu

from optiverse_collab.manifest import ActionId
from tests.helpers.user_input import click
from tests.helpers.windows import Desk


def chords(desk: Desk) -> dict[str, str]:
    """The entries of the Pointing menu that have a chord."""
    menu = desk.menu["Pointing"].menu()
    assert isinstance(menu, QMenu)
    found = {action.text().replace("&", ""): action.shortcut().toString() for action in menu.actions()}
    return {text: chord for text, chord in found.items() if chord}


def test_another_chord_acts_at_once_and_is_remembered(pair: tuple[Desk, Desk]) -> None:
    ann, bob = pair
    assert chords(ann) == {"Point here": "Ctrl+Shift+P", "Laser pointer": "Ctrl+Shift+B"}
    choices = ann.controller.pointing_choices
    choices.open()
    dialog = choices.dialog
    assert dialog is not None
    choices.open()
    assert choices.dialog is dialog
    dialog.fields[0].setKeySequence(QKeySequence("Ctrl+S"))
    assert "Save" in dialog.message.text()
    dialog.fields[0].setKeySequence(QKeySequence("F7"))
    ok = dialog.buttons.button(QDialogButtonBox.StandardButton.Ok)
    assert ok is not None
    click(ok)
    assert not dialog.isVisible()
    assert chords(ann) == {"Point here": "F7", "Laser pointer": "Ctrl+Shift+B"}
    assert chords(bob) == chords(ann)
    settings = ann.controller.connecting.settings
    assert settings.chord(ActionId.POINT_HERE.value, "") == "F7"
