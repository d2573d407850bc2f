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
from optiverse_collab.wording.benches import Differences
from tests.helpers.user_input import click, press_key

COPY = Path("copies") / "bench.json"
Make = Callable[[Differences, Path], ChoiceDialog]
FOUND = Differences(['mirror "M1"'], ['lens "L1"', 'lens "L2"'], [], 22)


def note(dialog: ChoiceDialog, choice: Answer) -> str:
    """The description of a button."""
    button = dialog.buttons[choice]
    assert isinstance(button, QCommandLinkButton)
    return button.description()


def rows(dialog: ChoiceDialog) -> list[str]:
    """The lines of the list."""
    items = (dialog.list.item(row) for row in range(dialog.list.count()))
    return [item.text() for item in items if item is not None]


@pytest.mark.parametrize(
    ("make", "choice"),
    [
        *((joining_dialog, choice) for choice in JoiningChoice),
        *((opened_dialog, choice) for choice in ReplacementChoice),
    ],
)
def test_each_button_is_one_answer(qtbot: QtBot, make: Make, choice: Answer) -> None:
    dialog = make(FOUND, COPY)
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.buttons[choice].setEnabled(True)
    with qtbot.waitSignal(dialog.chosen) as chosen:
        click(dialog.buttons[choice])
    assert chosen.args == [choice]
    assert not dialog.isVisible()


def test_merging_is_offered_once_it_is_known_what_it_does(qtbot: QtBot) -> None:
    dialog = joining_dialog(FOUND, COPY)
    qtbot.addWidget(dialog)
    dialog.show()
    assert not dialog.buttons[JoiningChoice.MERGE].isEnabled()
    assert note(dialog, JoiningChoice.MERGE).startswith("Looking in the session's history")
    height = dialog.height()
    dialog.offer(JoiningChoice.MERGE, "This copy left the session on Tuesday. " * 9, True, ["one", "two"])
    assert dialog.buttons[JoiningChoice.MERGE].isEnabled()
    assert rows(dialog) == ["one", "two"]
    assert dialog.height() > height
    dialog.offer(JoiningChoice.CANCEL, "ignored", True)
    assert rows(dialog) == ["one", "two"]


def test_a_bench_with_nothing_in_common_never_left(qtbot: QtBot) -> None:
    dialog = joining_dialog(FOUND._replace(differ=[], same=0), COPY)
    qtbot.addWidget(dialog)
    assert JoiningChoice.MERGE not in dialog.buttons


@pytest.mark.parametrize(
    ("make", "choice"), [(joining_dialog, JoiningChoice.CANCEL), (opened_dialog, ReplacementChoice.BACK)]
)
def test_any_other_way_out_changes_nothing(qtbot: QtBot, make: Make, choice: Answer) -> None:
    def escape(dialog: ChoiceDialog) -> None:
        press_key(dialog, Qt.Key.Key_Escape)

    for leave in (escape, ChoiceDialog.close):
        dialog = make(FOUND, COPY)
        qtbot.addWidget(dialog)
        dialog.show()
        with qtbot.waitSignal(dialog.chosen) as chosen:
            leave(dialog)
        assert chosen.args == [choice]


@pytest.mark.parametrize(
    ("make", "choice"), [(joining_dialog, JoiningChoice.CANCEL), (opened_dialog, ReplacementChoice.BACK)]
)
def test_enter_is_harmless(qtbot: QtBot, make: Make, choice: Answer) -> None:
    dialog = make(FOUND, COPY)
    qtbot.addWidget(dialog)
    dialog.show()
    with qtbot.waitSignal(dialog.chosen) as chosen:
        press_key(dialog.focusWidget() or dialog, Qt.Key.Key_Return)
    assert chosen.args == [choice]


def test_tab_reaches_every_answer_and_enter_gives_it(qtbot: QtBot) -> None:
    dialog = joining_dialog(FOUND, COPY)
    qtbot.addWidget(dialog)
    dialog.show()
    bring = dialog.buttons[JoiningChoice.BRING]
    dialog.offer(JoiningChoice.MERGE, "", True)
    reached = set()
    for _ in range(6):
        press_key(dialog.focusWidget() or dialog, Qt.Key.Key_Tab)
        reached.add(dialog.focusWidget())
    assert {dialog.list, *dialog.buttons.values()} <= reached
    bring.setFocus()
    with qtbot.waitSignal(dialog.chosen) as chosen:
        press_key(bring, Qt.Key.Key_Return)
    assert chosen.args == [JoiningChoice.BRING]


def test_it_lists_what_differs(qtbot: QtBot) -> None:
    dialog = joining_dialog(FOUND._replace(missing=["note"]), COPY)
    qtbot.addWidget(dialog)
    assert rows(dialog) == ['lens "L1": differs', 'lens "L2": differs', 'mirror "M1": only on your bench']


@pytest.mark.parametrize("count", [0, 1, 2000])
def test_many_differences_scroll_and_a_narrow_window_wraps(qtbot: QtBot, count: int) -> None:
    names = [f'lens "{"long name " * 12}{n}"' for n in range(count)]
    dialog = joining_dialog(FOUND._replace(new=names, differ=[]), COPY)
    qtbot.addWidget(dialog)
    dialog.show()
    assert dialog.height() < 600
    dialog.resize(240, dialog.height())
    assert dialog.width() < 500
    assert dialog.list.isVisible() == bool(count)


def test_nothing_new_can_not_be_brought(qtbot: QtBot) -> None:
    dialog = joining_dialog(FOUND._replace(new=[]), COPY)
    qtbot.addWidget(dialog)
    assert set(dialog.buttons) == {JoiningChoice.MERGE, JoiningChoice.REPLACE, JoiningChoice.CANCEL}


def test_it_says_where_the_copy_will_be_as_people_write_it(qtbot: QtBot) -> None:
    dialog = joining_dialog(FOUND, Path.home() / "copies" / "bench.json")
    qtbot.addWidget(dialog)
    for choice in (JoiningChoice.REPLACE, JoiningChoice.BRING):
        assert str(Path("~") / "copies" / "bench.json") in note(dialog, choice)
        assert str(Path.home()) not in note(dialog, choice)
