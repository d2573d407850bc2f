"""Asks others to hand over an item, and shows a window's user when others ask (PRES-14)."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping
from functools import partial
from typing import Any, NamedTuple

from PyQt6.QtCore import QElapsedTimer, QObject, pyqtSignal, pyqtSlot

from optiverse_collab.core.client import effects as fx
from optiverse_collab.core.client.activity import activity_in
from optiverse_collab.core.client.hand_over import (
    ANSWERS,
    ASK,
    PERSON_MS,
    Ask,
    Heard,
    Says,
    answer_in,
    ask_in,
    shown_answers,
)
from optiverse_collab.core.client.session import SessionClient
from optiverse_collab.core.client.shown import Shown
from optiverse_collab.core.protocol.participants import Participant
from optiverse_collab.drivers.qt.timers import single_shot
from optiverse_collab.window.canvas_presence import CanvasPresence
from optiverse_collab.window.in_dialogs import InDialogs
from optiverse_collab.window.manager import CollaborationManager
from optiverse_collab.window.ui.toasts import Toast, Toasts
from optiverse_collab.wording import presence as texts
from optiverse_collab.wording.edits import title

LASTS_MS = 60_000
"""How long an ask lasts."""


class _Request(NamedTuple):
    """Somebody's ask that the user sees.

    Attributes:
        ask: its content.
        toast: the notice; None if the ask is shown in a dialog, or the user wants no notices.
    """

    ask: Ask
    toast: Toast | None


class Asking(QObject):
    """Carries asks and answers between the window's user and the session.

    Args:
        manager: the session.
        toasts: show others' asks and answers if no dialog does.

    Signals:
        changed: `can_ask` changed.
    """

    changed = pyqtSignal()

    def __init__(self, manager: CollaborationManager, toasts: Toasts, parent: QObject) -> None:
        super().__init__(parent)
        self._manager = manager
        self._toasts = toasts
        self._dialogs: InDialogs | None = None
        self._clock = QElapsedTimer()
        self._clock.start()
        self._number = 0
        self._mine: Ask | None = None
        self._asked_ms = -PERSON_MS
        self._answered: set[str] = set()
        self._heard = Heard()
        self._asks = Shown(_ask_of)
        self._inside = Shown(_items_of)
        self._occupied: dict[str, list[str]] = {}
        """The items that others use, and their connections; the user's other windows count, too."""
        self._requests: dict[str, _Request] = {}
        self._answers: dict[str, tuple[int, Says]] = {}
        self._could_ask = False
        self._end = single_shot(self, self._withdraw, LASTS_MS)
        manager.canvas_opened.connect(self._on_canvas)
        manager.service.happened.connect(self._on_happened)
        manager.edited.connect(self._follow)
        manager.status_changed.connect(self.refresh)

    @property
    def can_ask(self) -> bool:
        """Whether somebody else uses an item that the user has selected or uses, too."""
        return self._wanted() is not None

    @pyqtSlot()
    def ask_selected(self) -> None:
        """Ask for the item that the user has selected or uses."""
        item = self._wanted()
        if item is not None:
            self.ask(item)

    @pyqtSlot(str)
    def ask(self, item: str) -> None:
        """Ask the users of an item to hand it over."""
        session = self._manager.session
        if session is None:
            return
        names = [texts.short_name(session.participants[id]) for id in self._occupied.get(item, ())]
        if not names:
            return
        if self._clock.elapsed() - self._asked_ms < PERSON_MS:
            self._toasts.show(texts.WAIT, urgent=True)
            return
        self._number += 1
        self._asked_ms = self._clock.elapsed()
        self._answered.clear()
        self._mine = Ask(item, self._number)
        self._show({ASK: self._mine.shown})
        self._end.start()
        self._notify(texts.have_asked(names, _title(session, item)))

    @pyqtSlot()
    def refresh(self) -> None:
        """Others came or went, or the session did."""
        self._look(None)
        self._follow()

    def _look(self, changed: Collection[str] | None) -> bool:
        """Read the presence of these others, None for all; returns whether it changed."""
        session = self._manager.session
        people, states = ({}, {}) if session is None else (session.participants, session.presence.states)
        asks, busy = (one.look(people, states, changed) for one in (self._asks, self._inside))
        if busy:
            self._occupied = {}
            for id, items in self._inside.found.items():
                for item in items:
                    self._occupied.setdefault(item, []).append(id)
        return asks or busy

    @pyqtSlot()
    def _follow(self) -> None:
        """Others' presence changed, or the items that the user is using."""
        session = self._manager.session
        if session is None:
            self._forget()
        else:
            self._hear_answers(session)
            self._hear_asks(session)
        if self.can_ask is not self._could_ask:
            self._could_ask = not self._could_ask
            self.changed.emit()

    # The user's asks

    def _hear_answers(self, session: SessionClient) -> None:
        ask, me = self._mine, session.me
        if ask is None or me is None:
            return
        inside = self._occupied.get(ask.item, ())
        if not inside:
            self._withdraw()
            self._notify(texts.is_free(_title(session, ask.item)))
            return
        for id in inside:
            says = answer_in(session.presence.states.get(id, {}), me.connection_id, ask.number)
            if says is not None and id not in self._answered:
                self._answered.add(id)
                self._notify(texts.answered(session.participants[id], _title(session, ask.item), says))

    @pyqtSlot()
    def _withdraw(self) -> None:
        self._end.stop()
        if self._mine is not None:
            self._mine = None
            self._show({ASK: None})

    # Others' asks

    def _hear_asks(self, session: SessionClient) -> None:
        inside, asks = activity_in(session.mine.state), self._asks.found
        for id in [id for id, request in self._requests.items() if request.ask != asks.get(id)]:
            self._drop(id)
        for id in [id for id, request in self._requests.items() if request.ask.item not in inside]:
            self._drop(id)
        self._heard.keep(asks.keys())
        for id, ask in asks.items():
            person = session.people.person_of(id)
            if ask.item in inside and self._heard.hear(id, person, ask, self._clock.elapsed()):
                self._show_request(session, id, ask)

    def _show_request(self, session: SessionClient, id: str, ask: Ask) -> None:
        for other in [one for one, request in self._requests.items() if request.ask.item == ask.item]:
            self._drop(other)
        text = texts.asked(session.participants[id], _title(session, ask.item))
        actions: list[tuple[str, Callable[[], None]]] = [
            (texts.SOON, partial(self._answer, id, Says.SOON)),
            (texts.NO, partial(self._answer, id, Says.NO)),
        ]
        in_dialog = self._dialogs is not None and self._dialogs.show_request(ask.item, text, actions)
        self._requests[id] = _Request(ask, None if in_dialog else self._toasts.show(text, actions))
        self._manager.log(logging.INFO, f"← {text}")

    def _answer(self, id: str, says: Says) -> None:
        session, request = self._manager.session, self._requests.get(id)
        if session is None or request is None:
            return
        self._drop(id)
        self._answers.pop(id, None)
        self._answers[id] = request.ask.number, says
        if says is Says.NO:
            self._heard.refuse(session.people.person_of(id), self._clock.elapsed())
        self._show({ANSWERS: shown_answers(self._answers)})

    def _drop(self, id: str) -> None:
        request = self._requests.pop(id, None)
        if request is None:
            return
        if request.toast is not None:
            self._toasts.remove(request.toast)
        elif self._dialogs is not None:
            self._dialogs.drop_request(request.ask.item)

    def _forget(self) -> None:
        """The session is over."""
        self._withdraw()
        for id in list(self._requests):
            self._drop(id)
        self._answers.clear()

    # The rest

    def _wanted(self) -> str | None:
        session = self._manager.session
        if session is None:
            return None
        selection = session.mine.state.get("selection")
        mine = [*activity_in(session.mine.state), *(selection if isinstance(selection, list) else ())]
        return next((item for item in mine if isinstance(item, str) and item in self._occupied), None)

    def _show(self, state: dict[str, object]) -> None:
        session = self._manager.session
        if session is not None:
            session.show(state)
            self._manager.service.wake()

    def _notify(self, sentence: str) -> None:
        self._manager.log(logging.INFO, sentence)
        self._toasts.show(sentence, urgent=True)

    @pyqtSlot(object)
    def _on_happened(self, effect: fx.SessionEffect) -> None:
        if isinstance(effect, fx.OfPeople):
            self.refresh()
        elif isinstance(effect, fx.PresenceChanged):
            changed = self._look(effect.changed)
            if changed or self._mine is not None:
                self._follow()

    @pyqtSlot(object)
    def _on_canvas(self, canvas: CanvasPresence) -> None:
        self._dialogs = canvas.dialogs
        self._dialogs.wanted.connect(self.ask)
        canvas.closed.connect(self._on_canvas_closed)

    @pyqtSlot()
    def _on_canvas_closed(self) -> None:
        self._dialogs = None


def _ask_of(participant: Participant, state: Mapping[str, Any]) -> Ask | None:
    return ask_in(state)


def _items_of(participant: Participant, state: Mapping[str, Any]) -> Collection[str] | None:
    """The items that somebody uses who is not away."""
    return None if participant.away else activity_in(state).keys() or None


def _title(session: SessionClient, item: str) -> str:
    return title(item, session.replica.view.get(item))
