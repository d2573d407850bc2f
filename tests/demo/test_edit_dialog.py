"""The dialog writes only the fields that the user edited, on a bench that keeps changing."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QColor
from PyQt6.QtWidgets import QColorDialog, QDialogButtonBox, QWidget
from pytestqt.qtbot import QtBot

from optiverse_collab_demo.edit_dialog import EditDialog
from optiverse_collab_demo.editor import Editor
from optiverse_collab_demo.model import Bench, Item
from tests.helpers.demo_window import GARBAGE, KEYS
from tests.helpers.user_input import click, press_key, type_text

OK = QDialogButtonBox.StandardButton.Ok
APPLY = QDialogButtonBox.StandardButton.Apply
CANCEL = QDialogButtonBox.StandardButton.Cancel


@pytest.fixture
def editor(qtbot: QtBot) -> Editor:
    return Editor(Bench())


def opened(editor: Editor, id: str, qtbot: QtBot) -> EditDialog:
    dialog = EditDialog(editor, id)
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def enter(dialog: EditDialog, key: str, text: str) -> None:
    """Replace the text of a field, and leave it with Tab."""
    entry: Any = dialog.entries[key]
    entry.setFocus()
    entry.selectAll()
    type_text(entry, text)
    press_key(entry, Qt.Key.Key_Tab)


def press(dialog: EditDialog, which: QDialogButtonBox.StandardButton) -> None:
    buttons = dialog.findChild(QDialogButtonBox)
    assert buttons is not None
    button: QWidget | None = buttons.button(which)
    assert button is not None
    click(button)


def shown(dialog: EditDialog, key: str) -> str:
    entry: Any = dialog.entries[key]
    return str(entry.toPlainText() if hasattr(entry, "toPlainText") else entry.text())


def props(editor: Editor, id: str) -> dict[str, Any]:
    return editor.bench.items[id].props


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=60)
@given(GARBAGE)
def test_dialog_of_any_item_leaves_what_was_not_touched(qtbot: QtBot, item: Item) -> None:
    editor = Editor(Bench())
    editor.bench.put(item.id, item.kind, item.props)
    dialog = EditDialog(editor, item.id)
    dialog.accept()
    assert editor.undo_stack.count() == 0
    assert props(editor, item.id) == item.props
    dialog.deleteLater()


def test_item_that_goes_closes_its_dialog(editor: Editor, qtbot: QtBot) -> None:
    lens = editor.add(KEYS["lens"], (0.0, 0.0))
    dialog = opened(editor, lens, qtbot)
    enter(dialog, "name", "Never written")
    with qtbot.waitSignal(dialog.rejected):
        editor.bench.remove([lens])
    assert not dialog.isVisible()
    dialog.write()
    assert editor.bench.items == {}


def test_others_changes_show_except_where_somebody_types(editor: Editor, qtbot: QtBot) -> None:
    lens = editor.add(KEYS["lens"], (0.0, 0.0))
    dialog = opened(editor, lens, qtbot)
    enter(dialog, "name", "Mine")
    editor.bench.change({lens: {"name": "Theirs", "angle_deg": 30.0}})
    assert (shown(dialog, "name"), shown(dialog, "angle_deg")) == ("Mine", "30.000 °")
    assert dialog.windowTitle() == "Edit Theirs"


def test_only_what_was_touched_is_written(editor: Editor, qtbot: QtBot) -> None:
    """The dialog shows three digits; untouched values keep the rest."""
    lens = editor.add(KEYS["lens"], (1.23456789, 2.0))
    dialog = opened(editor, lens, qtbot)
    enter(dialog, "y", "7.5")
    editor.bench.change({lens: {"name": "Theirs"}})
    press(dialog, OK)
    assert props(editor, lens)["pos"] == [1.23456789, 7.5]
    assert props(editor, lens)["name"] == "Theirs"
    assert not dialog.isVisible()


def test_cancel_and_escape_write_nothing(editor: Editor, qtbot: QtBot) -> None:
    lens = editor.add(KEYS["lens"], (0.0, 0.0))
    before = dict(props(editor, lens))

    def cancel(dialog: EditDialog) -> None:
        press(dialog, CANCEL)

    def escape(dialog: EditDialog) -> None:
        press_key(dialog, Qt.Key.Key_Escape)

    for leave in (cancel, escape):
        dialog = opened(editor, lens, qtbot)
        enter(dialog, "name", "Mine")
        leave(dialog)
        assert not dialog.isVisible()
        assert props(editor, lens) == before


def test_apply_writes_all_as_one_step_and_stays_open(editor: Editor, qtbot: QtBot) -> None:
    lens = editor.add(KEYS["lens"], (0.0, 0.0))
    before = dict(props(editor, lens))
    editor.undo_stack.clear()
    dialog = opened(editor, lens, qtbot)
    for key, text in (("name", "Mine"), ("x", "3"), ("y", "-4"), ("angle_deg", "45"), ("efl_mm", "250")):
        enter(dialog, key, text)
    press(dialog, APPLY)
    after = props(editor, lens)
    assert (after["name"], after["pos"], after["angle_deg"]) == ("Mine", [3.0, -4.0], 45.0)
    assert after["interfaces"][0]["efl_mm"] == 250.0
    assert dialog.isVisible()
    assert editor.undo_stack.count() == 1
    editor.undo()
    assert props(editor, lens) == before
    assert shown(dialog, "name") == "Lens"


def test_apply_without_a_touch_is_no_step(editor: Editor, qtbot: QtBot) -> None:
    lens = editor.add(KEYS["lens"], (0.0, 0.0))
    editor.undo_stack.clear()
    press(opened(editor, lens, qtbot), APPLY)
    assert editor.undo_stack.count() == 0


def test_source_has_a_count_of_rays(editor: Editor, qtbot: QtBot) -> None:
    source = editor.add(KEYS["source"], (0.0, 0.0))
    dialog = opened(editor, source, qtbot)
    enter(dialog, "n_rays", "12")
    press(dialog, OK)
    assert props(editor, source)["n_rays"] == 12


def test_corners_of_a_ruler_are_entered(editor: Editor, qtbot: QtBot) -> None:
    ruler = editor.add(KEYS["ruler"], (0.0, 0.0))
    dialog = opened(editor, ruler, qtbot)
    enter(dialog, "x2", "80")
    press(dialog, OK)
    assert props(editor, ruler)["points"] == [[-50.0, 0.0], [80.0, 0.0]]


def test_text_of_a_note_has_lines(editor: Editor, qtbot: QtBot) -> None:
    note = editor.add(KEYS["note"], (0.0, 0.0))
    dialog = opened(editor, note, qtbot)
    entry = dialog.entries["text"]
    type_text(entry, "First")
    press_key(entry, Qt.Key.Key_Return)
    press(dialog, OK)
    assert props(editor, note)["text"] == "First\nNote"


def choose(dialog: EditDialog, colour: str | None) -> None:
    """Press the colour button, and choose a colour or cancel."""
    click(dialog.entries["color"])
    (chooser,) = (child for child in dialog.findChildren(QColorDialog) if child.isVisible())
    if colour is None:
        chooser.reject()
    else:
        chooser.setCurrentColor(QColor(colour))
        chooser.accept()


def test_colour_is_chosen_or_not(editor: Editor, qtbot: QtBot) -> None:
    note = editor.add(KEYS["note"], (0.0, 0.0))
    dialog = opened(editor, note, qtbot)
    choose(dialog, None)
    assert dialog.touched == set()
    choose(dialog, "#12ab34")
    assert shown(dialog, "color") == "#12ab34"
    press(dialog, OK)
    assert props(editor, note)["color"] == "#12ab34"


def test_an_invalid_colour_shows_as_written(editor: Editor, qtbot: QtBot) -> None:
    note = editor.add(KEYS["note"], (0.0, 0.0))
    dialog = opened(editor, note, qtbot)
    assert "#808890" in dialog.entries["color"].styleSheet()
    editor.bench.change({note: {"color": "mauve-ish"}})
    assert shown(dialog, "color") == "mauve-ish"
    assert dialog.entries["color"].styleSheet() == ""
