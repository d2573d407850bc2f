"""A slider through the moments of a session, which plays them at any speed."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from optiverse_collab.core.client.past_effects import EntriesArrived, PastArrived, Span
from optiverse_collab.core.client.past_reading import PastReading
from optiverse_collab.core.client.timeline import Timeline
from optiverse_collab.core.protocol.past import PastEntry
from optiverse_collab.core.records import Record, Set
from optiverse_collab.window.ui.scrubber import Scrubber
from tests.helpers.user_input import click, press_key
from tests.helpers.windows import SOON

LENS = {"lens": Record("lens", "component", {"x": 0})}


def timeline(*times_ms: int, after: int = 10) -> Timeline:
    """A change at each of these times."""
    entries = [
        PastEntry(after + number, ms, "ana", [Set("lens", {"x": number})])
        for number, ms in enumerate(times_ms, start=1)
    ]
    reading = PastReading(Span(after, after + len(times_ms)))
    reading.take(EntriesArrived(Span(after, after + len(times_ms)), after, entries))
    reading.take(PastArrived(after, LENS))
    return Timeline(reading)


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    return made


@pytest.fixture
def scrubber(window: QWidget) -> Scrubber:
    made = Scrubber(window)
    window.resize(400, 100)
    made.resize(400, 100)
    window.show()
    return made


def test_a_position_for_each_moment(scrubber: Scrubber) -> None:
    assert not scrubber.isEnabled()
    scrubber.show_timeline(timeline(0, 1000, 2000))
    assert scrubber.isEnabled()
    assert (scrubber.slider.minimum(), scrubber.slider.maximum(), scrubber.clock) == (10, 13, 13)
    moved: list[int] = []
    scrubber.moved.connect(moved.append)
    scrubber.slider.setFocus()
    press_key(scrubber.slider, Qt.Key.Key_Left)
    press_key(scrubber.slider, Qt.Key.Key_Home)
    assert moved == [12, 10]
    scrubber.go_to(11)
    assert scrubber.clock == 11
    assert moved == [12, 10]


def test_the_end_follows_what_is_new(scrubber: Scrubber) -> None:
    """Another place stays where it is, as does one that is being looked at."""
    scrubber.show_timeline(timeline(0, 1000))
    scrubber.show_timeline(timeline(0, 1000, 2000))
    assert scrubber.clock == 13
    scrubber.go_to(11)
    scrubber.show_timeline(timeline(0, 1000, 2000, 3000))
    assert scrubber.clock == 11
    scrubber.go_to(14)
    scrubber.stays = True
    scrubber.show_timeline(timeline(0, 1000, 2000, 3000, 4000))
    assert scrubber.clock == 14
    scrubber.show_timeline(None)
    assert not scrubber.isEnabled()


def test_a_session_is_played(qtbot: QtBot, scrubber: Scrubber) -> None:
    """From the start if it is at the end; a pause of a day is no pause."""
    day = 86_400_000
    scrubber.show_timeline(timeline(0, 40, 80, day, day + 40))
    scrubber.speed.setCurrentIndex(scrubber.speed.count() - 1)
    moved: list[int] = []
    scrubber.moved.connect(moved.append)
    click(scrubber.play)
    assert scrubber.play.isChecked()
    assert moved == [10]
    qtbot.waitUntil(lambda: not scrubber.play.isChecked(), timeout=SOON)
    assert moved == sorted(moved)
    assert moved[-1] == 15


def test_playing_goes_on_from_where_the_user_moves_it(qtbot: QtBot, scrubber: Scrubber) -> None:
    scrubber.show_timeline(timeline(*range(0, 500_000, 5_000)))
    click(scrubber.play)
    moved: list[int] = []
    scrubber.moved.connect(moved.append)
    scrubber.slider.setValue(60)
    qtbot.waitUntil(lambda: len(moved) > 1, timeout=SOON)
    assert moved[:2] == [60, 61]
    click(scrubber.play)
    assert not scrubber.play.isChecked()
    count = len(moved)
    qtbot.wait(200)
    assert len(moved) == count


def test_without_a_history_nothing_plays(scrubber: Scrubber) -> None:
    scrubber.show_timeline(timeline(0, 5000))
    click(scrubber.play)
    scrubber.show_timeline(None)
    assert not scrubber.play.isChecked()
