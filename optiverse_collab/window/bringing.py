"""Calls everybody to a window's view, and shows others' calls (PRES-12)."""

from __future__ import annotations

import logging
import secrets
from math import ceil
from typing import NamedTuple

from PyQt6.QtCore import QDeadlineTimer, QElapsedTimer, QObject, pyqtSlot
from PyQt6.QtWidgets import QGraphicsView

from optiverse_collab.core.client import effects as fx
from optiverse_collab.core.client.bringing import BRING, EVERY_MS, LASTS_MS, Call, Calls, call_in, may_call
from optiverse_collab.core.client.session import SessionClient
from optiverse_collab.drivers.qt.timers import single_shot
from optiverse_collab.window.busy import is_busy
from optiverse_collab.window.manager import CollaborationManager
from optiverse_collab.window.ui.toasts import Toasts
from optiverse_collab.window.viewpoint import Viewpoint, show_view, view_of
from optiverse_collab.wording import bringing as texts
from optiverse_collab.wording.presence import name_of

LOOK_MS = 200
"""How often a waiting call checks whether the user is still busy."""


class _Waiting(NamedTuple):
    """A call that the user has not seen yet."""

    name: str
    call: Call
    deadline: QDeadlineTimer


class Bringing(QObject):
    """Sends the calls of one window, and shows others' calls.

    Args:
        manager: the session.
        viewpoint: goes to where others are, and back.
        toasts: ask the user.
    """

    def __init__(
        self, manager: CollaborationManager, viewpoint: Viewpoint, toasts: Toasts, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._manager = manager
        self._viewpoint = viewpoint
        self._toasts = toasts
        self._calls = Calls()
        self._clock = QElapsedTimer()
        self._clock.start()
        self._silence = QDeadlineTimer()  # expired: the user has not called yet
        self._ends = single_shot(self, self._withdraw, int(LASTS_MS))
        self._waiting: _Waiting | None = None
        self._look = single_shot(self, self._on_look, LOOK_MS)
        manager.service.happened.connect(self._on_happened)

    @property
    def may_call(self) -> bool:
        """Whether the user may call others, and is connected."""
        session = self._manager.session
        return session is not None and session.me is not None and may_call(session.replica.rights.role)

    @pyqtSlot()
    def call(self) -> None:
        """Call everybody to what the window shows."""
        view = self._view()
        if not self.may_call or view is None:
            return
        if not self._silence.hasExpired():
            left_s = ceil(self._silence.remainingTime() / 1000)
            self._toasts.show(texts.too_soon(left_s), urgent=True)
            return
        self._silence.setRemainingTime(int(EVERY_MS))
        call = Call(secrets.randbits(31), view_of(view))
        self._manager.service.show({BRING: call.value})
        self._ends.start()
        self._toasts.show(texts.SENT, urgent=True)

    @pyqtSlot()
    def _withdraw(self) -> None:
        """The call is over; people who join later don't see it."""
        self._manager.service.show({BRING: None})

    @pyqtSlot(object)
    def _on_happened(self, effect: fx.SessionEffect) -> None:
        session = self._manager.session
        if not isinstance(effect, fx.PresenceChanged) or session is None:
            return
        for id in session.presence.states if effect.full else effect.participants:
            self._hear(session, id)

    def _hear(self, session: SessionClient, id: str) -> None:
        participant, call = session.participants.get(id), call_in(session.presence.states.get(id, {}))
        if participant is None or call is None or not may_call(participant.role):
            return
        person, me = session.people.person_of(id), session.me
        if me is not None and person == session.people.person_of(me.connection_id):
            return  # another window of the same user
        if self._calls.hear(person, call, self._clock.elapsed()):
            self._manager.log(logging.INFO, f"← {texts.asked(name_of(participant))}")
            self._waiting = _Waiting(name_of(participant), call, QDeadlineTimer(int(LASTS_MS)))
            self._on_look()

    @pyqtSlot()
    def _on_look(self) -> None:
        """Show the call, unless the user is busy; then later, or not at all."""
        waiting, host = self._waiting, self._manager.host
        if waiting is None or host is None or waiting.deadline.hasExpired():
            self._waiting = None
        elif is_busy(host):
            self._look.start()
        else:
            self._waiting = None
            go = (texts.GO, lambda: self._go(waiting.name, waiting.call))
            left_ms = max(1, waiting.deadline.remainingTime())
            self._toasts.show(texts.asked(waiting.name), [go, (texts.NOT_NOW, _nothing)], lasts_ms=left_ms)

    def _go(self, name: str, call: Call) -> None:
        view = self._view()
        if view is not None:
            self._viewpoint.note_way_back()
            show_view(view, call.view)
            back = (texts.BACK, self._viewpoint.go_back)
            self._toasts.show(texts.there(name), [back], urgent=True, lasts_ms=int(LASTS_MS))

    def _view(self) -> QGraphicsView | None:
        host = self._manager.host
        return None if host is None else host.view


def _nothing() -> None:
    """Answer a call by staying; the notice closes without this, too."""
