"""When an editor closes, it asks what happens to its server."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QMainWindow
from pytestqt.qtbot import QtBot

from optiverse_collab.window.ui.keep_server import KeepServerQuestion
from tests.helpers.user_input import click, press_key


@pytest.fixture
def question(qtbot: QtBot) -> Iterator[KeepServerQuestion]:
    window = QMainWindow()
    qtbot.addWidget(window)
    question = KeepServerQuestion(["<b>Ben</b>"], 4711, "/tmp/server.log", window)
    question.open()
    yield question
    window.close()


def test_it_says_who_is_connected_as_plain_text(question: KeepServerQuestion) -> None:
    assert question.text().startswith("<b>Ben</b> is connected")
    assert question.textFormat() == Qt.TextFormat.PlainText


@pytest.mark.parametrize("key", [Qt.Key.Key_Escape, Qt.Key.Key_Return])
def test_the_keyboard_keeps_it_at_first(question: KeepServerQuestion, key: Qt.Key) -> None:
    press_key(question, key)
    assert not question.isVisible()
    assert question.keeps


def test_only_the_button_ends_it(question: KeepServerQuestion) -> None:
    click(question.end)
    assert not question.keeps
