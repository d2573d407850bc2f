"""The watch reads the quality once a second while a connection is used, and less often at rest."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import QObject, QTimer
from pytestqt.qtbot import QtBot

from optiverse_collab.core.client.quality import Grade, Quality, QualityMeter
from optiverse_collab.core.client.questions import Questions
from optiverse_collab.drivers.qt import quality_watch, timers
from optiverse_collab.drivers.qt.quality_watch import QualityWatch, now_ms
from tests.helpers.attempt import DEADLINE_MS


class Watched:
    """A connection's meter, with its watch.

    Attributes:
        news: the qualities that a status bar would have shown.
    """

    def __init__(self, owner: QObject) -> None:
        self.questions = Questions()
        self.meter = QualityMeter(self.questions)
        self.watch = QualityWatch(self.meter, owner)
        self.news: list[Quality] = []
        self.watch.changed.connect(self.news.append)

    def connect(self) -> None:
        """Begin a connection."""
        self.meter.connected(now_ms())
        self.watch.connected()

    @property
    def ticks(self) -> bool:
        """Whether it reads the quality periodically."""
        return self.timer.isActive()

    @property
    def timer(self) -> QTimer:
        """What it reads the quality by."""
        [timer] = self.watch.findChildren(QTimer)
        return timer


@pytest.fixture
def watched(owner: QObject, monkeypatch: pytest.MonkeyPatch) -> Watched:
    """A watch without a connection."""
    monkeypatch.setattr(quality_watch, "LOOK_MS", 1)
    monkeypatch.setattr(timers, "rest_ms", lambda: 2)
    return Watched(owner)


def test_before_the_first_connection_it_is_offline(watched: Watched) -> None:
    assert watched.watch.quality == Quality(Grade.OFFLINE)
    assert not watched.ticks
    watched.watch.disconnected()
    assert watched.news == []


def test_connection_is_told_of_at_once(watched: Watched) -> None:
    watched.connect()
    assert [quality.grade for quality in watched.news] == [Grade.GOOD]
    assert watched.watch.quality == watched.news[-1]


def test_what_is_measured_is_told_of_soon(qtbot: QtBot, watched: Watched) -> None:
    watched.connect()
    watched.meter.answered(12.0, now_ms())
    qtbot.waitUntil(lambda: watched.watch.quality.latency_ms == 12, timeout=DEADLINE_MS)
    assert watched.news[-1] == watched.watch.quality


def test_edit_that_waits_is_told_of_though_nothing_happens(qtbot: QtBot, watched: Watched) -> None:
    watched.connect()
    watched.questions.pushed(1, now_ms())
    qtbot.waitUntil(lambda: watched.watch.quality.waiting_ms > 20, timeout=DEADLINE_MS)


def test_it_rests_until_the_connection_is_used(qtbot: QtBot, watched: Watched) -> None:
    """A window that is open all day must hardly need a processor."""
    watched.connect()
    qtbot.waitUntil(lambda: watched.timer.interval() == 2, timeout=DEADLINE_MS)
    watched.watch.used()
    assert watched.timer.interval() == 1


def test_it_does_not_rest_while_an_answer_is_missing(qtbot: QtBot, watched: Watched) -> None:
    watched.connect()
    watched.questions.pinged(now_ms())
    with qtbot.waitSignals([watched.timer.timeout] * 5, timeout=DEADLINE_MS):
        pass
    assert watched.timer.interval() == 1
    watched.questions.ponged(now_ms())
    qtbot.waitUntil(lambda: watched.timer.interval() == 2, timeout=DEADLINE_MS)


def test_a_slot_that_leaves_at_once_ends_the_ticking(watched: Watched) -> None:
    watched.watch.changed.connect(lambda quality: watched.watch.disconnected())
    watched.connect()
    assert not watched.ticks


def test_a_slot_that_leaves_ends_the_ticking(qtbot: QtBot, watched: Watched) -> None:
    """What it hears of may be the reason to leave."""
    watched.connect()
    watched.watch.changed.connect(lambda quality: watched.watch.disconnected())
    watched.meter.answered(12.0, now_ms())
    qtbot.waitUntil(lambda: not watched.ticks, timeout=DEADLINE_MS)
    watched.watch.used()
    assert not watched.ticks


def test_the_end_is_told_of_at_once_and_ends_the_ticking(watched: Watched) -> None:
    watched.connect()
    watched.meter.disconnected()
    watched.watch.disconnected()
    assert watched.news[-1] == Quality(Grade.OFFLINE)
    assert not watched.ticks
