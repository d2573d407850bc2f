"""Every state of the status bar's part."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import QCoreApplication, QSize, Qt
from PyQt6.QtGui import QColor, QPaintEvent, QPalette
from pytestqt.qtbot import QtBot

from optiverse_collab.core.client.connector import ConnectionState
from optiverse_collab.core.client.quality import Grade, Quality
from optiverse_collab.window.ui import signal_bars
from optiverse_collab.window.ui.avatars import Avatar
from optiverse_collab.window.ui.palette import colour_of
from optiverse_collab.window.ui.status import StatusWidget
from optiverse_collab.wording.standing import Standing
from tests.helpers.user_input import click, press_key

NOTHING = Quality(Grade.OFFLINE)
WELL = Standing(ConnectionState.CONNECTED, 2, 0, Quality(Grade.EXCELLENT, 38.0))
STUCK = Standing(ConnectionState.CONNECTED, 2, 250, Quality(Grade.POOR, 812.0, waiting_ms=14_000.0))
LOST = Standing(ConnectionState.RECONNECTING, 0, 3, NOTHING, 12)


@pytest.fixture
def status(qtbot: QtBot) -> StatusWidget:
    widget = StatusWidget()
    qtbot.addWidget(widget)
    widget.show()
    return widget


def shown_at(status: StatusWidget, width: int) -> str:
    """The words in a window of this width."""
    status.resize(width, 20)
    return status.shown


@pytest.mark.parametrize("state", ConnectionState)
def test_colour_of_each_state(status: StatusWidget, state: ConnectionState) -> None:
    grade = Grade.EXCELLENT if state is ConnectionState.CONNECTED else Grade.OFFLINE
    status.show_standing(Standing(state, 2, 0, Quality(grade)), "")
    image = status.grab().toImage()
    side = status._dot() + status._dot() // 2
    seen = {image.pixelColor(x, y).name() for x in range(side + 3) for y in range(image.height())}
    assert status.colour.name() in seen


def test_words_and_what_a_screen_reader_says(status: StatusWidget) -> None:
    status.show_standing(WELL, "tip")
    assert status.text() == "2 users"
    assert shown_at(status, status.sizeHint().width()) == "2 users · 38 ms"
    assert status.accessibleName() == "Collaboration: 2 users · 38 ms"
    assert status.toolTip() == "tip"
    status.show_standing(LOST, "<b>")
    assert shown_at(status, status.sizeHint().width()) == "Reconnecting… · in 12 s · 3 edits waiting"
    assert status.toolTip() == "<qt>&lt;b&gt;</qt>"


class Counting(StatusWidget):
    """Counts how often it was painted."""

    painted = 0

    def paintEvent(self, event: QPaintEvent | None) -> None:
        self.painted += 1
        super().paintEvent(event)


def test_figures_that_are_not_visible_paint_nothing(qtbot: QtBot) -> None:
    """Otherwise an idle window paints every second."""
    status = Counting()
    qtbot.addWidget(status)
    status.show_standing(WELL, "tip")
    status.show()
    qtbot.waitUntil(lambda: status.painted > 0)
    before = status.painted
    status.show_standing(WELL._replace(quality=WELL.quality._replace(history=(1.0,))), "tip")
    QCoreApplication.sendPostedEvents()
    assert status.painted == before
    status.show_standing(WELL._replace(quality=WELL.quality._replace(grade=Grade.GOOD)), "tip")
    qtbot.waitUntil(lambda: status.painted > before)


def test_details_go_where_there_is_little_room(status: StatusWidget) -> None:
    status.show_standing(STUCK, "")
    full = status.sizeHint().width()
    assert shown_at(status, full) == "2 users · 250 edits waiting · 812 ms"
    assert shown_at(status, full - 5) == "2 users · 250 edits waiting"
    assert shown_at(status, status.minimumSizeHint().width()) == "2 users"
    assert status.minimumSizeHint().width() < full // 2


def test_people_stand_before_the_words_and_go_first(status: StatusWidget) -> None:
    status.show_standing(WELL, "")
    without = status.sizeHint().width()
    people = [Avatar("A", 0), Avatar("B", 1)]
    status.show_people(people, "Ann, Ben")
    both = {colour_of(0).name(), colour_of(1).name()}
    assert both <= colours_in(status, status.sizeHint().width())
    assert shown_at(status, status.sizeHint().width()) == "2 users · 38 ms"
    assert both.isdisjoint(colours_in(status, status.sizeHint().width() - 1))
    assert shown_at(status, without) == "2 users · 38 ms"
    assert status.minimumSizeHint().width() < without
    status.show_people([], "")
    assert status.sizeHint().width() == without


def test_five_people_are_shown_and_the_rest_counted(status: StatusWidget) -> None:
    status.show_standing(WELL, "")
    widths = []
    for count in (4, 5, 6, 9):
        status.show_people([Avatar("A", place) for place in range(count)], "")
        widths.append(status.sizeHint().width())
    seen = colours_in(status, widths[-1])
    assert {colour_of(place).name() for place in range(5)} <= seen
    assert {colour_of(place).name() for place in range(5, 9)}.isdisjoint(seen)
    assert status._rest() == "+4"
    disc = widths[1] - widths[0]
    assert widths[2] - widths[1] == status.fontMetrics().horizontalAdvance("+1") != disc


def colours_in(status: StatusWidget, width: int) -> set[str]:
    """The colours of its pixels in a window of this width."""
    status.resize(width, 20)
    image = status.grab().toImage()
    return {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())}


def test_bars_are_as_many_and_coloured_as_the_connection_is_good(status: StatusWidget) -> None:
    colours = [signal_bars.colour_of(bars).name() for bars in range(1, 5)]
    assert colours == sorted(colours, key=colours.index)
    lit: list[int] = []
    for grade in (Grade.POOR, Grade.FAIR, Grade.GOOD, Grade.EXCELLENT):
        status.show_standing(WELL._replace(quality=Quality(grade)), "")
        image = status.grab().toImage()
        columns = range(2 * status._dot())
        lit.append(sum(image.pixelColor(x, image.height() // 2 + 4) == status.colour for x in columns))
    assert lit == sorted(lit)
    assert lit[0] < lit[3]


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
    status.show_standing(WELL, "")
    status.resize(QSize(200, 20))
    image = status.grab().toImage()
    seen = {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())}
    assert QColor(colour).name() in seen
