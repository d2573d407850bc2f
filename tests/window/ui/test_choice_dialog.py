"""Joining never destroys work: the question, and all its answers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QCommandLinkButton
from pytestqt.qtbot import QtBot

from optiverse_collab.window.ui.choice_dialog import (
    Answer,
    ChoiceDialog,
    JoiningChoice,
    ReplacementChoice,
    joining_dialog,
    opened_dialog,
)
from tests.helpers.user_input import click, press_key

COPY = Path("copies") / "bench.json"
Make = Callable[[int, int, Path], ChoiceDialog]


def note(dialog: ChoiceDialog, choice: Answer) -> str:
    """What a button says about itself."""
    button = dialog.buttons[choice]
    assert isinstance(button, QCommandLinkButton)
    return button.description()


@pytest.mark.parametrize(
    ("make", "choice"),
    [
        *((joining_dialog, choice) for choice in JoiningChoice),
        *((opened_dialog, choice) for choice in ReplacementChoice),
    ],
)
def test_each_button_is_one_answer(qtbot: QtBot, make: Make, choice: Answer) -> None:
    dialog = make(15, 300, COPY)
    qtbot.addWidget(dialog)
    dialog.show()
    with qtbot.waitSignal(dialog.chosen) as chosen:
        click(dialog.buttons[choice])
    assert chosen.args == [choice]
    assert not dialog.isVisible()


@pytest.mark.parametrize(
    ("make", "choice"), [(joining_dialog, JoiningChoice.CANCEL), (opened_dialog, ReplacementChoice.BACK)]
)
def test_any_other_way_out_changes_nothing(qtbot: QtBot, make: Make, choice: Answer) -> None:
    def escape(dialog: ChoiceDialog) -> None:
        press_key(dialog, Qt.Key.Key_Escape)

    for leave in (escape, ChoiceDialog.close):
        dialog = make(1, 1, COPY)
        qtbot.addWidget(dialog)
        dialog.show()
        with qtbot.waitSignal(dialog.chosen) as chosen:
            leave(dialog)
        assert chosen.args == [choice]


def test_it_says_where_the_copy_will_be(qtbot: QtBot) -> None:
    dialog = joining_dialog(15, 300, COPY)
    qtbot.addWidget(dialog)
    assert str(COPY) in note(dialog, JoiningChoice.REPLACE)
    assert "your 15 items" in note(dialog, JoiningChoice.BRING)


def test_it_counts_and_writes_paths_as_people_do(qtbot: QtBot) -> None:
    dialog = joining_dialog(1, 300, Path.home() / "copies" / "bench.json")
    qtbot.addWidget(dialog)
    assert "your 1 item in" in note(dialog, JoiningChoice.BRING)
    assert str(Path("~") / "copies" / "bench.json") in note(dialog, JoiningChoice.REPLACE)
    assert str(Path.home()) not in note(dialog, JoiningChoice.REPLACE)
