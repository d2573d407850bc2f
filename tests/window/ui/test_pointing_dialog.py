"""The dialog about pointing, by keyboard and for screen readers."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QKeySequence
from PyQt6.QtWidgets import QDialogButtonBox, QWidget
from pytestqt.qtbot import QtBot

from optiverse_collab.window.ui.pointing_dialog import PointingDialog
from optiverse_collab.wording import pointing as texts
from tests.helpers import user_input
from tests.helpers.accessible import accessible

PEOPLE = {"p1": "Ana", "p2": "<b>Ben</b>\u202e"}


class Stage:
    """The dialog over a window, and the choices that it sent."""

    def __init__(self, qtbot: QtBot, people: Mapping[str, str]) -> None:
        self.parent = QWidget()
        qtbot.addWidget(self.parent)
        self.wanted: list[tuple[list[str], dict[str, str]]] = []
        chords = ("Ctrl+Shift+P", "Ctrl+Shift+B")
        muted = {"p2": "Ben"}
        self.dialog = PointingDialog(chords, self.fault, people, muted, self.parent)
        self.dialog.wanted.connect(lambda chords, muted: self.wanted.append((chords, muted)))
        self.dialog.open()

    def fault(self, new: str, old: str) -> str:
        """Only Ctrl+S is taken."""
        return "It is taken." if new == "Ctrl+S" else ""

    @property
    def ok(self) -> QWidget:
        """The OK button."""
        found = self.dialog.buttons.button(QDialogButtonBox.StandardButton.Ok)
        assert found is not None
        return found


@pytest.fixture
def stage(qtbot: QtBot) -> Stage:
    return Stage(qtbot, PEOPLE)


def test_chords_and_people_are_chosen(stage: Stage) -> None:
    stage.dialog.fields[0].setKeySequence(QKeySequence("F7"))
    stage.dialog.fields[1].clear()
    ana, ben = (stage.dialog.names.item(row) for row in range(2))
    assert ana is not None
    assert ben is not None
    assert ben.text() == "<b>Ben</b>\\u202e"
    assert ben.checkState() is Qt.CheckState.Unchecked
    ana.setCheckState(Qt.CheckState.Unchecked)
    ben.setCheckState(Qt.CheckState.Checked)
    user_input.click(stage.ok)
    assert stage.wanted == [(["F7", ""], {"p1": "Ana"})]


def test_a_chord_that_is_taken_cannot_be_chosen(stage: Stage) -> None:
    assert stage.dialog.message.isHidden()
    stage.dialog.fields[0].setKeySequence(QKeySequence("Ctrl+S"))
    assert stage.dialog.message.text() == "It is taken."
    assert not stage.ok.isEnabled()
    stage.dialog.fields[0].setKeySequence(QKeySequence("Ctrl+Shift+B"))
    assert stage.dialog.message.text() == texts.TAKEN.format(chord="Ctrl+Shift+B", name="Laser pointer")
    stage.dialog.fields[0].setKeySequence(QKeySequence("Ctrl+Shift+P"))
    assert stage.ok.isEnabled()


def test_cancelled_it_asks_for_nothing(stage: Stage) -> None:
    stage.dialog.fields[0].setKeySequence(QKeySequence("F7"))
    stage.dialog.reject()
    assert stage.wanted == []


def test_screen_readers_can_name_all_of_it(stage: Stage) -> None:
    names = [accessible(widget).name for widget in (*stage.dialog.fields, stage.dialog.names)]
    assert names == ["Point here", "Laser pointer", "Show it when they point"]
    assert accessible(stage.dialog.fields[1]).description == texts.LASER_HINT


def test_all_of_it_is_reached_by_keyboard(stage: Stage) -> None:
    """Tab leaves a field, and Escape in a field closes the dialog; neither is recorded as a chord."""
    stage.dialog.activateWindow()
    stage.dialog.fields[0].setFocus()
    reached = list[QWidget | None]()
    for _ in range(8):
        reached.append(stage.dialog.focusWidget())
        focus = stage.dialog.focusWidget()
        assert focus is not None
        user_input.press_key(focus, Qt.Key.Key_Tab)
    assert {*stage.dialog.fields, stage.dialog.names, stage.ok} <= {*reached}
    assert stage.dialog.chords == ["Ctrl+Shift+P", "Ctrl+Shift+B"]
    user_input.press_key(stage.dialog.fields[1], Qt.Key.Key_Escape)
    assert not stage.dialog.isVisible()
    assert stage.wanted == []


def test_alone_there_is_no_list(qtbot: QtBot) -> None:
    assert Stage(qtbot, {}).dialog.names.isHidden()
