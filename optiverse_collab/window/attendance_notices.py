"""Notices of joins and leaves. The log has a line for each connection."""

from __future__ import annotations

from PyQt6.QtCore import QElapsedTimer, QObject, pyqtSlot

from optiverse_collab.core.client import effects as fx
from optiverse_collab.core.client.connector import ConnectionState
from optiverse_collab.core.client.session import SessionClient
from optiverse_collab.drivers.qt.service import CollaborationService
from optiverse_collab.drivers.qt.timers import single_shot
from optiverse_collab.window.attendance import Attendance, Person
from optiverse_collab.window.ui.toasts import Toasts
from optiverse_collab.wording.attendance import sentences
from optiverse_collab.wording.presence import name_of


class AttendanceNotices(QObject):
    """Shows them for one window.

    The user's own windows don't count. Without a connection joins and leaves are unknown; after
    the next one, people who are not back yet have a while to return.

    Args:
        service: connects to the session.
        toasts: shows the notices.
    """

    def __init__(self, service: CollaborationService, toasts: Toasts, parent: QObject) -> None:
        super().__init__(parent)
        self._service = service
        self._toasts = toasts
        self._attendance = Attendance()
        self._clock = QElapsedTimer()
        self._clock.start()
        self._due = single_shot(self, self._on_due)
        service.happened.connect(self._on_happened)
        service.state_changed.connect(self._on_state)

    @pyqtSlot(object)
    def _on_happened(self, effect: fx.SessionEffect) -> None:
        session = self._service.session
        if session is not None and (isinstance(effect, fx.OfPeople) or self._says_who(effect, session)):
            people, me = session.people, session.me
            here = {
                id: Person(people.person_of(id), name_of(participant))
                for id, participant in session.participants.items()
            }
            mine = None if me is None else people.person_of(me.connection_id)
            self._attendance.look(here, mine, self._clock.elapsed())
            self._wait()

    def _says_who(self, effect: fx.SessionEffect, session: SessionClient) -> bool:
        """Whether somebody's presence names another person than before."""
        if not isinstance(effect, fx.PresenceChanged):
            return False
        person_of = session.people.person_of
        return any(self._attendance.person_of(id) not in (None, person_of(id)) for id in effect.participants)

    @pyqtSlot(object)
    def _on_state(self, state: ConnectionState) -> None:
        if state is ConnectionState.CONNECTED:
            self._wait()
        else:
            self._due.stop()
        if not state.in_session:
            self._attendance = Attendance()

    @pyqtSlot()
    def _on_due(self) -> None:
        notice = self._attendance.take_due(self._clock.elapsed())
        if notice is not None:
            self._toasts.show(sentences(*notice))
        self._wait()

    def _wait(self) -> None:
        wait_ms = self._attendance.wait_ms(self._clock.elapsed())
        if wait_ms is None or self._service.state is not ConnectionState.CONNECTED:
            self._due.stop()
        else:
            self._due.start(round(wait_ms) + 1)
