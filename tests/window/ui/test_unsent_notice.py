"""The notice at closing: one sentence, one button, and it disappears again."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from optiverse_collab.window.ui.unsent_notice import UnsentNotice
from tests.helpers.user_input import press_key

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

SOON = 10_000  # ms


@pytest.fixture
def parent(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    return made


@pytest.fixture
def notice(parent: QWidget) -> UnsentNotice:
    made = UnsentNotice("3 edits wait for the server; they will be sent when you join again.", parent)
    made.open()
    return made


def test_the_keyboard_closes_it(notice: UnsentNotice) -> None:
    assert notice.text().startswith("3 edits wait")
    press_key(notice, Qt.Key.Key_Return)
    assert not notice.isVisible()


def test_it_goes_where_nobody_is(qtbot: QtBot, notice: UnsentNotice) -> None:
    notice._patience.start(1)
    qtbot.waitUntil(lambda: not notice.isVisible(), timeout=SOON)
