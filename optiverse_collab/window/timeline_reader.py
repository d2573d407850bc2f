"""Reads the history of the session that a window is in, and keeps up with it while somebody looks."""

from __future__ import annotations

from PyQt6.QtCore import QObject, pyqtSignal, pyqtSlot

from optiverse_collab.core.client import effects as fx
from optiverse_collab.core.client.past_effects import (
    EntriesArrived,
    EntriesUnavailable,
    PastArrived,
    PastUnavailable,
    Span,
)
from optiverse_collab.core.client.past_reading import PastReading
from optiverse_collab.core.client.timeline import MOST_BYTES, Timeline
from optiverse_collab.drivers.qt.service import CollaborationService
from optiverse_collab.drivers.qt.timers import single_shot

PAGE = 1000
"""How many changes are read at first, and with each request for older ones."""

LOOK_MS = 500
"""How long after a change the newest ones are read; a drag has thirty a second."""


class TimelineReader(QObject):
    """Has the newest part of the session's history, and older parts on request.

    Args:
        service: connects to the session.

    Attributes:
        timeline: the part that has been read; None before that, and without a session.
        failure: a sentence: why the last request had no answer; empty if it had one.

    Signals:
        changed: `timeline` or `failure` changed, or `is_reading`.
    """

    changed = pyqtSignal()

    def __init__(self, service: CollaborationService, parent: QObject) -> None:
        super().__init__(parent)
        self.timeline: Timeline | None = None
        self.failure = ""
        self._service = service
        self._session: object = None
        self._epoch: str | None = None
        self._is_open = self._glances = False
        self._empty_until = self._until = 0
        self._reading: PastReading | None = None
        self._newer: Span | None = None
        self._start: int | None = None
        self._soon = single_shot(self, self._look, LOOK_MS)
        service.happened.connect(self._on_happened)
        service.state_changed.connect(self._look)

    @property
    def is_reading(self) -> bool:
        """Whether the timeline, or an older part of it, is on its way."""
        return self._reading is not None

    @property
    def is_behind(self) -> bool:
        """Whether changes that the window has are still to be read."""
        session = self._service.session
        if session is None or self.failure:
            return False
        if self._reading is not None or self._newer is not None:
            return True
        last = self._empty_until if self.timeline is None else self.timeline.last
        return session.replica.clock > last

    @property
    def has_older(self) -> bool:
        """Whether older changes can be read."""
        timeline = self.timeline
        return timeline is not None and timeline.after > 0 and not timeline.is_full

    def open(self) -> None:
        """Read the newest changes, now and whenever there are some."""
        self._is_open = True
        self.failure = ""
        self._look()

    def open_at(self, clock: int) -> bool:
        """Read the changes around a clock, and all later ones, at once, unless they are there.

        Returns:
            False if another part is being read: try again after that.
        """
        if self.timeline is not None and clock < self.timeline.after:
            self.timeline = self._reading = None
        is_free = self._reading is None
        if self.timeline is None and is_free:
            self._start = clock
        self.open()
        return is_free

    def glance(self) -> None:
        """Read the newest changes once, if nobody has the timeline open."""
        self._glances = True
        self._look()

    def close(self) -> None:
        """Keep what there is, and read no more."""
        self._is_open = False
        self._soon.stop()

    def read_older(self) -> None:
        """Read older changes, or read again what could not be read."""
        if self.timeline is None or self.failure:
            self.open()
            self.changed.emit()
        elif self.has_older and self._reading is None:
            after = self.timeline.after
            self._read(Span(max(0, after - PAGE), after))

    @pyqtSlot()
    def _look(self) -> None:
        """Read what is new, if nothing is being read."""
        session = self._service.session
        if session is not self._session or (session is not None and session.replica.epoch != self._epoch):
            self._forget()
        if session is None or not (self._is_open or self._glances) or not session.replica.synced:
            return
        clock = session.replica.clock
        if self._reading is not None or self._newer is not None or self.failure:
            return
        if self.timeline is None and clock > self._empty_until:
            start, self._start = clock if self._start is None else min(self._start, clock), None
            self._read(Span(max(0, start - PAGE), min(clock, start + PAGE)))
        elif self.timeline is not None and clock > self.timeline.last:
            self._newer = Span(self.timeline.last, clock)
            self._service.ask_past(self._newer)
        else:
            self._glances = False

    def _forget(self) -> None:
        session = self._service.session
        self._session, self._epoch = session, None if session is None else session.replica.epoch
        self._reading = self._newer = self.timeline = None
        self._empty_until = 0
        self.failure = ""
        self.changed.emit()

    def _read(self, span: Span) -> None:
        self.failure = ""
        self._reading, self._until = PastReading(span, MOST_BYTES), span.until or 0
        self._service.ask_past(span)
        self.changed.emit()

    @pyqtSlot(object)
    def _on_happened(self, effect: fx.SessionEffect) -> None:
        if isinstance(effect, (PastArrived, PastUnavailable, EntriesArrived, EntriesUnavailable)):
            if isinstance(effect, (EntriesArrived, EntriesUnavailable)) and effect.span == self._newer:
                self._take_newer(effect)
            elif self._reading is not None and self._reading.take(effect):
                self._go_on(self._reading)
        elif self._is_open and not self._soon.isActive():
            self._soon.start()

    def _take_newer(self, answer: EntriesArrived | EntriesUnavailable) -> None:
        self._newer = None
        if isinstance(answer, EntriesUnavailable):
            self.failure = answer.message
        elif self.timeline is not None and answer.after == self.timeline.last:
            self.timeline.append(answer.entries)
            self._soon.start()
        else:  # the server has dropped what is in between
            self.timeline = None
            self._soon.start()
        self.changed.emit()

    def _go_on(self, reading: PastReading) -> None:
        """Ask for the rest, or take all of it."""
        if reading.wanted is not None:
            self._service.ask_past(reading.wanted)
            return
        self._reading, self.failure = None, reading.failure
        if reading.start is None and not reading.failure:
            self._empty_until = self._until
        elif reading.start is not None and self.timeline is None:
            self.timeline = Timeline(reading)
        elif self.timeline is not None and reading.last == self.timeline.after:
            self.timeline.prepend(reading)
        self.changed.emit()
        self._look()
