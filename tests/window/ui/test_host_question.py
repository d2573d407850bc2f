"""The question before somebody hosts from their bench."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QMainWindow
from pytestqt.qtbot import QtBot

from optiverse_collab.window.ui.host_question import HostQuestion
from tests.helpers.user_input import click, press_key


@pytest.fixture
def question(qtbot: QtBot) -> Iterator[HostQuestion]:
    window = QMainWindow()
    qtbot.addWidget(window)
    question = HostQuestion("<b>lab</b>", "Ana", window)
    question.open()
    yield question
    window.close()


def test_it_names_the_session_as_plain_text(question: HostQuestion) -> None:
    assert question.text().replace("\u200b", "") == "Host session '<b>lab</b>' on this computer?"
    assert question.textFormat() == Qt.TextFormat.PlainText
    click(question.yes)
    assert question.clickedButton() is question.yes


def test_escape_is_a_no(question: HostQuestion) -> None:
    press_key(question, Qt.Key.Key_Escape)
    assert not question.isVisible()
    assert question.clickedButton() is not question.yes
