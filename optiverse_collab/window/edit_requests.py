"""Asks owners for the right to edit, and shows an owner when others ask (PRES-20)."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Collection, Mapping
from functools import partial
from math import ceil
from typing import Any, NamedTuple

from PyQt6.QtCore import QElapsedTimer, QObject, pyqtSlot

from optiverse_collab.core.access import Role, may_manage
from optiverse_collab.core.client import effects as fx
from optiverse_collab.core.client.access_effects import AccessDenied
from optiverse_collab.core.client.edit_requests import (
    LASTS_MS,
    PERSON_MS,
    REFUSED,
    REFUSED_MS,
    REQUEST,
    EditRequestQueue,
    Request,
    is_refused,
    may_ask,
    request_in,
    shown_refusals,
)
from optiverse_collab.core.client.session import SessionClient
from optiverse_collab.core.client.shown import Shown
from optiverse_collab.core.protocol.access import AccessSet
from optiverse_collab.core.protocol.participants import Participant
from optiverse_collab.drivers.qt.timers import single_shot
from optiverse_collab.window.manager import CollaborationManager
from optiverse_collab.window.ui.toasts import Toast, Toasts
from optiverse_collab.wording import edit_requests as texts


class _Notice(NamedTuple):
    """The request that the user sees, one at a time.

    Attributes:
        id: the connection of whoever asks.
        toast: where it stands.
    """

    id: str
    request: Request
    toast: Toast


class EditRequests(QObject):
    """Carries requests and answers between the window's user and the session.

    Args:
        manager: the session.
        toasts: ask the user, and say what owners answer.
    """

    def __init__(self, manager: CollaborationManager, toasts: Toasts, parent: QObject) -> None:
        super().__init__(parent)
        self._manager = manager
        self._toasts = toasts
        self._clock = QElapsedTimer()
        self._clock.start()
        self._mine: int | None = None
        self._not_before_ms = 0.0
        self._end = single_shot(self, self._withdraw, int(LASTS_MS))
        self._shown = Shown(_request_of)
        self._queue = EditRequestQueue()
        self._notice: _Notice | None = None
        self._next = single_shot(self, self._hear_requests)
        self._refused: dict[str, int] = {}
        self._let: dict[str, tuple[AccessSet, Participant]] = {}
        manager.service.happened.connect(self._on_happened)
        manager.participants_changed.connect(self.refresh)
        manager.status_changed.connect(self.refresh)
        toasts.changed.connect(self._hear_requests)

    @property
    def can_ask(self) -> bool:
        """Whether the user may not edit, and an owner is here to ask."""
        return bool(self._owners)

    @pyqtSlot()
    def ask(self) -> None:
        """Ask the owners who are here for the right to edit."""
        owners, now_ms = self._owners, self._clock.elapsed()
        if not owners:
            return
        if now_ms < self._not_before_ms:
            self._toasts.show(texts.too_soon(self._not_before_ms - now_ms), urgent=True)
            return
        self._not_before_ms = now_ms + PERSON_MS
        self._mine = secrets.randbits(31)
        self._manager.service.show({REQUEST: self._mine})
        self._end.start()
        self._notify(texts.have_asked(owners))

    @pyqtSlot()
    def refresh(self) -> None:
        """Others came or went, or somebody may do something else, or the session came or went."""
        session = self._manager.session
        if session is None:
            self._forget()
        else:
            self._shown.look(session.participants, session.presence.states)
            self._hear_answers(session, session.participants)
            self._hear_requests()

    @property
    def _owners(self) -> list[Participant]:
        session = self._manager.session
        if session is None or session.me is None or not may_ask(session.replica.rights.role):
            return []
        return [one for one in session.participants.values() if one.role is Role.OWNER]

    # The user's asks

    def _hear_answers(self, session: SessionClient, changed: Collection[str]) -> None:
        me = session.me
        if self._mine is None or me is None:
            return
        if session.replica.rights.may_edit:
            self._withdraw()  # the notice of another role says so
            return
        for id in changed:
            one, state = session.participants.get(id), session.presence.states.get(id, {})
            if one and self._mine is not None and is_refused(one, state, me.connection_id, self._mine):
                self._not_before_ms = self._clock.elapsed() + REFUSED_MS
                self._withdraw()
                self._notify(texts.refused(one))

    @pyqtSlot()
    def _withdraw(self) -> None:
        self._end.stop()
        if self._mine is not None:
            self._mine = None
            self._manager.service.show({REQUEST: None})

    # Others' asks

    @pyqtSlot()
    def _hear_requests(self) -> None:
        session = self._manager.session
        if session is None:
            return
        requests = self._requests(session)
        self._forget_refusals(requests)
        notice = self._notice
        if notice is not None and requests.get(notice.id) != notice.request:
            self._drop()
        elif notice is not None and notice.toast not in self._toasts.shown:
            self._notice = None  # dismissed
        waits = self._queue.waits(requests, self._clock.elapsed())
        id = min(waits, key=waits.__getitem__, default=None)
        if id is None or self._notice is not None:
            self._next.stop()
        elif waits[id] > 0:
            self._next.start(ceil(waits[id]))
        else:
            self._show(session.participants[id], requests[id])

    def _requests(self, session: SessionClient) -> dict[str, Request]:
        """What others ask: connection id → request; nothing if the user can't let them."""
        return self._shown.found if may_manage(session.replica.rights.role) else {}

    def _show(self, participant: Participant, request: Request) -> None:
        id, text = participant.connection_id, texts.asked(participant)
        self._queue.hear(id, request, self._clock.elapsed())
        self._manager.log(logging.INFO, f"← {text}")
        actions = [(texts.LET, partial(self._let_edit, id)), (texts.NOT_NOW, partial(self._refuse, id))]
        toast = self._toasts.show(text, actions)
        self._notice = None if toast is None else _Notice(id, request, toast)

    def _let_edit(self, id: str) -> None:
        session = self._manager.session
        if session is not None and (request := self._requests(session).get(id)) is not None:
            asked = session.access.change(request.person, Role.EDITOR)
            self._let[request.person] = asked, session.participants[id]
            self._manager.service.wake()

    def _refuse(self, id: str) -> None:
        session = self._manager.session
        if session is not None and (request := self._requests(session).get(id)) is not None:
            self._queue.refuse(request.person, self._clock.elapsed())
            self._refused[id] = request.number
            self._manager.service.show({REFUSED: shown_refusals(self._refused)})

    def _forget_refusals(self, requests: dict[str, Request]) -> None:
        """A refusal ends with its request."""
        kept = {
            id: number
            for id, number in self._refused.items()
            if id in requests and requests[id].number == number
        }
        if kept != self._refused:
            self._refused = kept
            self._manager.service.show({REFUSED: shown_refusals(kept)})

    def _drop(self) -> None:
        notice, self._notice = self._notice, None
        if notice is not None:
            self._toasts.remove(notice.toast)

    def _forget(self) -> None:
        """The session is over."""
        self._withdraw()
        self._next.stop()
        self._refused.clear()
        self._let.clear()
        self._drop()

    # The rest

    def _notify(self, sentence: str) -> None:
        self._manager.log(logging.INFO, sentence)
        self._toasts.show(sentence, urgent=True)

    @pyqtSlot(object)
    def _on_happened(self, effect: fx.SessionEffect) -> None:
        session = self._manager.session
        if isinstance(effect, fx.PresenceChanged) and session is not None:
            if self._shown.look(session.participants, session.presence.states, effect.changed):
                self._hear_requests()
            self._hear_answers(session, session.participants if effect.full else effect.participants)
        elif isinstance(effect, AccessDenied) and isinstance(effect.asked, AccessSet):
            asked, participant = self._let.get(effect.asked.id, (None, None))
            if participant is not None and asked is effect.asked:
                self._notify(texts.failed(participant, effect.message))


def _request_of(participant: Participant, state: Mapping[str, Any]) -> Request | None:
    number = request_in(participant, state)
    return None if number is None else Request(participant.person, number)
