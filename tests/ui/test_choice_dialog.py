"""Joining never destroys work: the question, and all its answers."""

from __future__ import annotations

from pathlib import Path

import pytest
from PyQt6.QtCore import Qt
from pytestqt.qtbot import QtBot

from optiverse_collab.ui.choice_dialog import ChoiceDialog

COPY = Path("copies") / "bench.json"


@pytest.mark.parametrize(
    ("button", "choice"), [("bring", "bring"), ("replace", "replace"), ("dont", "cancel")]
)
def test_each_button_is_one_answer(qtbot: QtBot, button: str, choice: str) -> None:
    dialog = ChoiceDialog(15, 300, COPY)
    qtbot.addWidget(dialog)
    dialog.show()
    with qtbot.waitSignal(dialog.chosen) as chosen:
        qtbot.mouseClick(getattr(dialog, button), Qt.MouseButton.LeftButton)
    assert chosen.args == [choice]
    assert not dialog.isVisible()


def test_any_other_way_out_is_not_joining(qtbot: QtBot) -> None:
    for leave in (lambda d: qtbot.keyClick(d, Qt.Key.Key_Escape), lambda d: d.close()):
        dialog = ChoiceDialog(1, 1, COPY)
        qtbot.addWidget(dialog)
        dialog.show()
        with qtbot.waitSignal(dialog.chosen) as chosen:
            leave(dialog)
        assert chosen.args == ["cancel"]


def test_it_says_where_the_copy_will_be(qtbot: QtBot) -> None:
    dialog = ChoiceDialog(15, 300, COPY)
    qtbot.addWidget(dialog)
    assert str(COPY) in dialog.replace.description()
    assert "your 15 items" in dialog.bring.description()


def test_it_counts_and_writes_paths_as_people_do(qtbot: QtBot) -> None:
    dialog = ChoiceDialog(1, 300, Path.home() / "copies" / "bench.json")
    qtbot.addWidget(dialog)
    assert "your 1 item in" in dialog.bring.description()
    assert str(Path("~") / "copies" / "bench.json") in dialog.replace.description()
    assert str(Path.home()) not in dialog.replace.description()
