"""Every state of the status bar's part."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QColor, QPalette
from pytestqt.qtbot import QtBot

from optiverse_collab.core.client.connector import ConnectionState
from optiverse_collab.window.ui.status import StatusWidget
from tests.helpers.user_input import click, press_key


@pytest.fixture
def status(qtbot: QtBot) -> StatusWidget:
    widget = StatusWidget()
    qtbot.addWidget(widget)
    widget.show()
    return widget


@pytest.mark.parametrize(
    ("state", "users", "text"),
    [
        (ConnectionState.OFFLINE, 0, "Not connected"),
        (ConnectionState.CONNECTING, 0, "Connecting…"),
        (ConnectionState.SYNCING, 2, "Loading…"),
        (ConnectionState.CONNECTED, 1, "1 user"),
        (ConnectionState.CONNECTED, 2, "2 users"),
        (ConnectionState.CONNECTED, 137, "137 users"),
        (ConnectionState.RECONNECTING, 0, "Reconnecting…"),
        (ConnectionState.FAILED, 0, "Connection failed"),
    ],
)
def test_words_and_colour_of_each_state(
    status: StatusWidget, state: ConnectionState, users: int, text: str
) -> None:
    status.show_state(state, users)
    assert status.text() == text
    dot = status.grab().toImage().pixelColor(status._dot(), status.height() // 2)
    assert dot == status.colour


def test_tooltip_says_where_and_how_fast(status: StatusWidget) -> None:
    status.show_state(ConnectionState.CONNECTED, 2)
    status.show_place("default", "ws://lab:8765", "12 ms", "good")
    assert status.toolTip() == "Session: default\nServer: ws://lab:8765\nLatency: 12 ms\nConnection: good"
    status.show_state(ConnectionState.OFFLINE, 0)
    assert status.toolTip() == "Collaboration: not connected"


def test_a_poor_connection_shows_in_words_and_colour(status: StatusWidget) -> None:
    status.show_state(ConnectionState.CONNECTED, 2)
    good = status.colour
    status.show_state(ConnectionState.CONNECTED, 2, slow=True)
    assert status.text() == "2 users (slow)"
    assert status.colour != good
    status.show_state(ConnectionState.RECONNECTING, 0, slow=True)
    assert status.text() == "Reconnecting…"


def test_click_and_space_are_the_same(qtbot: QtBot, status: StatusWidget) -> None:
    with qtbot.waitSignal(status.clicked):
        click(status)
    with qtbot.waitSignal(status.clicked):
        press_key(status, Qt.Key.Key_Space)


@pytest.mark.parametrize("colour", ["white", "black"])
def test_text_has_the_colour_of_the_theme(status: StatusWidget, colour: str) -> None:
    palette = status.palette()
    palette.setColor(QPalette.ColorRole.WindowText, QColor(colour))
    palette.setColor(QPalette.ColorRole.Window, QColor("#7f7f7f"))
    status.setPalette(palette)
    status.show_state(ConnectionState.CONNECTED, 2)
    image = status.grab().toImage()
    seen = {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())}
    assert QColor(colour).name() in seen
