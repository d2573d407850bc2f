"""A window reads the history of its session, and keeps up with it: HIST-6, HIST-7."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import QObject
from pytestqt.qtbot import QtBot

from optiverse_collab.core.client.connector import ConnectionState
from optiverse_collab.core.client.past_effects import EntriesArrived, EntriesUnavailable, Span
from optiverse_collab.core.protocol.past import PastEntry
from optiverse_collab.core.records import Set
from optiverse_collab.drivers.qt.service import CollaborationService
from optiverse_collab.window import timeline_reader
from optiverse_collab.window.timeline_reader import TimelineReader
from tests.helpers.windows import SOON
from tests.helpers.wire import LENS, Peer, Wire


class Lab:
    """Ann's window, and Ben, in a session in memory."""

    def __init__(self, qtbot: QtBot, parent: QObject) -> None:
        self._qtbot = qtbot
        self.wire, self.ann, self.ben = Wire(), Peer("ann"), Peer("ben")
        self.wire.connect(self.ben)
        self.ben.edit(LENS)
        self.wire.settle()
        self.move(5)
        self.wire.connect(self.ann)
        self.service = CollaborationService(parent)
        self.service.session = self.ann.session
        self.reader = TimelineReader(self.service, parent)
        self.news = 0
        self.reader.changed.connect(self._note)

    def _note(self) -> None:
        self.news += 1

    def move(self, times: int) -> None:
        """Ben moves the lens, each time in a change of its own."""
        for _ in range(times):
            self.ben.edit(Set("lens", {"x": self.clock}))
            self.wire.now_ms += 100
            self.wire.settle()

    @property
    def clock(self) -> int:
        return self.wire.room.history.clock

    def deliver(self) -> None:
        """Deliver all messages, and what they mean to Ann's window."""
        while True:
            heard = len(self.ann.heard)
            self.wire.now_ms += 2000
            self.wire.settle()
            if len(self.ann.heard) == heard:
                return
            for effect in self.ann.heard[heard:]:
                self.service.happened.emit(effect)

    def until(self, clock: int) -> None:
        """Wait until the timeline ends there."""

        def is_there() -> bool:
            self.deliver()
            return self.reader.timeline is not None and self.reader.timeline.last == clock

        self._qtbot.waitUntil(is_there, timeout=SOON)


@pytest.fixture
def lab(qtbot: QtBot, parent: QObject, monkeypatch: pytest.MonkeyPatch) -> Lab:
    monkeypatch.setattr(timeline_reader, "PAGE", 4)
    return Lab(qtbot, parent)


def test_the_newest_changes_are_read(lab: Lab) -> None:
    lab.reader.open()
    assert lab.reader.is_reading
    lab.deliver()
    timeline = lab.reader.timeline
    assert timeline is not None
    assert (timeline.after, timeline.last) == (lab.clock - 4, lab.clock)
    assert timeline.at(lab.clock) == lab.ann.replica.view
    assert lab.news >= 2


def test_nothing_is_read_before_somebody_looks(lab: Lab) -> None:
    lab.deliver()
    assert lab.ann.session.past.waiting == []
    lab.reader.open()
    lab.deliver()
    assert not lab.reader.is_reading


def test_it_keeps_up_while_somebody_looks(lab: Lab) -> None:
    lab.reader.open()
    lab.deliver()
    before = lab.clock
    lab.move(5)
    lab.until(before + 5)
    lab.reader.close()
    lab.move(1)
    lab.deliver()
    assert lab.reader.timeline is not None
    assert lab.reader.timeline.last == before + 5
    lab.reader.open()
    lab.until(before + 6)


def test_older_changes_are_read_on_request(lab: Lab) -> None:
    lab.move(4)
    lab.reader.open()
    lab.deliver()
    while lab.reader.has_older:
        lab.reader.read_older()
        assert lab.reader.is_reading
        lab.reader.read_older()
        lab.deliver()
    assert lab.reader.timeline is not None
    assert lab.reader.timeline.after == 0
    assert lab.reader.timeline.at(0) == {}
    assert [step.author for step in lab.reader.timeline.steps][:1] == ["ben"]


def test_an_older_part_that_no_longer_joins_on_is_left_out(lab: Lab) -> None:
    """The oldest part was dropped meanwhile, since there is a limit; the user may ask again."""
    lab.move(4)
    lab.reader.open()
    lab.deliver()
    timeline = lab.reader.timeline
    assert timeline is not None
    lab.reader.read_older()
    timeline._restart(timeline.after + 1, timeline.at(timeline.after + 1), timeline._entries[1:])
    lab.deliver()
    assert lab.reader.timeline is timeline
    assert timeline.at(timeline.last) == lab.ann.replica.view
    assert not lab.reader.is_reading


def test_a_session_without_changes(qtbot: QtBot, parent: QObject) -> None:
    """There is nothing to read until somebody does something."""
    wire, ann = Wire(), Peer("ann")
    wire.connect(ann)
    service = CollaborationService(parent)
    service.session = ann.session
    reader = TimelineReader(service, parent)
    reader.open()
    assert not reader.is_reading
    assert not reader.has_older


def test_why_there_is_no_history_is_told(lab: Lab) -> None:
    """And it can be tried again."""
    lab.reader.open()
    lab.service.happened.emit(EntriesUnavailable(Span(lab.clock - 4, lab.clock), "The server is busy."))
    assert (lab.reader.failure, lab.reader.is_reading) == ("The server is busy.", False)
    lab.reader.read_older()
    lab.deliver()
    assert lab.reader.failure == ""
    assert lab.reader.timeline is not None
    lab.move(1)
    lab.service.happened.emit(lab.ann.heard[-1])
    lab._qtbot.waitUntil(lambda: lab.ann.session.past.waiting != [], timeout=SOON)
    [newer] = lab.ann.session.past.waiting
    assert isinstance(newer, Span)
    lab.service.happened.emit(EntriesUnavailable(newer, "It is damaged."))
    assert lab.reader.failure == "It is damaged."
    lab.ann.session.past.waiting.clear()
    lab.reader.read_older()
    lab.until(lab.clock)
    assert lab.reader.failure == ""


def test_a_part_around_a_moment_is_read(lab: Lab) -> None:
    """And all that follows, instead of the newest part alone."""
    lab.move(8)
    lab.reader.open()
    lab.deliver()
    assert lab.reader.timeline is not None
    assert lab.reader.timeline.after > 3
    lab.reader.open_at(3)
    lab.until(lab.clock)
    assert lab.reader.timeline.after <= 3
    lab.reader.open_at(lab.clock)
    assert lab.reader.timeline.after <= 3


def test_a_part_without_changes_is_not_asked_for_again(lab: Lab) -> None:
    """Retention may have dropped all of it."""
    lab.reader.open()
    span = Span(lab.clock - 4, lab.clock)
    lab.service.happened.emit(EntriesArrived(span, lab.clock, []))
    assert not lab.reader.is_reading
    assert lab.reader.timeline is None


def test_history_that_was_dropped_in_between_is_read_again(lab: Lab) -> None:
    lab.reader.open()
    lab.deliver()
    timeline = lab.reader.timeline
    assert timeline is not None
    lab.move(2)
    lab.service.happened.emit(lab.ann.heard[-1])
    lab._qtbot.waitUntil(lambda: lab.ann.session.past.waiting != [], timeout=SOON)
    newer = Span(timeline.last, lab.clock)
    assert lab.ann.session.past.waiting == [newer]
    lab.ann.session.past.waiting.clear()
    lab.service.happened.emit(EntriesArrived(newer, lab.clock - 1, [PastEntry(lab.clock, 0, "ben", [])]))
    assert lab.reader.timeline is None
    lab.until(lab.clock)


def test_another_session_has_another_history(lab: Lab, parent: QObject) -> None:
    lab.reader.open()
    lab.deliver()
    other, wire = Peer("ann"), Wire()
    wire.connect(other)
    lab.service.session = other.session
    lab.service.state_changed.emit(ConnectionState.CONNECTED)
    assert lab.reader.timeline is None
