"""The list of people who wait outside: what it shows, and whom its buttons answer."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from optiverse_collab.window.ui.knock_list import KnockList, Waiting
from tests.helpers.accessible import accessible
from tests.helpers.user_input import click

ANA, BEN = Waiting("k1", "Ana", ("Ana", "as a viewer")), Waiting("k2", "Ben", ("Ben", "as an editor"))


@pytest.fixture
def shown(qtbot: QtBot) -> KnockList:
    found = KnockList(None)  # type: ignore[arg-type]
    qtbot.addWidget(found)
    found.show_waiting([ANA, BEN])
    return found


@pytest.fixture
def answers(shown: KnockList) -> list[tuple[str, bool]]:
    found: list[tuple[str, bool]] = []
    shown.answered.connect(lambda knock, admitted: found.append((knock, admitted)))
    return found


def test_it_shows_while_somebody_waits(shown: KnockList) -> None:
    assert shown.isVisible()
    assert accessible(shown.people).name == "People who wait to be let in"
    assert [one.name for one in accessible(shown.people).children][-2:] == [
        "Ana, as a viewer",
        "Ben, as an editor",
    ]
    shown.show_waiting([])
    assert not shown.isVisible()


def test_buttons_answer_whoever_is_selected(shown: KnockList, answers: list[tuple[str, bool]]) -> None:
    shown.people.setCurrentRow(-1)
    assert not shown.let_in.isEnabled()
    assert not shown.not_now.isEnabled()
    shown.people.setCurrentRow(0)
    assert [row.text() for row in shown.people.selectedItems()] == ["Ana\nas a viewer"]
    click(shown.let_in)
    shown.people.setCurrentRow(1)
    click(shown.not_now)
    assert answers == [("k1", True), ("k2", False)]


def test_a_button_answers_nobody_else(shown: KnockList, answers: list[tuple[str, bool]]) -> None:
    """The selected person left at this moment."""
    shown.people.setCurrentRow(0)
    shown.show_waiting([BEN, ANA])
    assert shown.selected == "k1"
    shown.show_waiting([BEN])
    assert shown.selected == ""
    shown.let_in.clicked.emit()
    assert answers == []


def test_names_of_others_are_no_markup(shown: KnockList) -> None:
    shown.show_waiting([Waiting("k1", "<img src=x>", ("<img src=x>", "as a viewer"))])
    row = shown.people.item(0)
    assert row is not None
    assert row.text().startswith("<img src=x>")
    assert row.toolTip() == "<qt>&lt;img src=x&gt;</qt>"
