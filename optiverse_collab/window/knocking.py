"""Shows an owner who waits outside of the session, and sends the answers (ACC-13, ACC-14)."""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from functools import partial
from math import ceil

from PyQt6.QtCore import QElapsedTimer, QObject, pyqtSignal, pyqtSlot

from optiverse_collab.core.access import may_manage
from optiverse_collab.core.client import effects as fx
from optiverse_collab.core.client.access_effects import AccessDenied, Knocked, KnockOver, RoleChanged
from optiverse_collab.core.client.session import SessionClient
from optiverse_collab.core.lookalikes import skeleton
from optiverse_collab.core.protocol.access import AccessAdmit, AccessKnock
from optiverse_collab.core.throttle import Throttle
from optiverse_collab.drivers.qt.timers import single_shot
from optiverse_collab.window.manager import CollaborationManager
from optiverse_collab.window.ui.knock_list import KnockList, Waiting
from optiverse_collab.window.ui.toasts import Toast, ToastAction, Toasts
from optiverse_collab.wording import knocks as texts

EVERY_MS = 3000.0
"""How often a notice may replace the one before, so that nobody is let in by mistake."""


class Knocking(QObject):
    """Shows one notice for all waiting people.

    Args:
        manager: the session.
        toasts: show it.
        shown: the list of waiting people.

    Signals:
        list_wanted: the user wants to see the list.
    """

    list_wanted = pyqtSignal()

    def __init__(
        self, manager: CollaborationManager, toasts: Toasts, shown: KnockList, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._manager = manager
        self._toasts = toasts
        self._list = shown
        shown.answered.connect(self.answer)
        self._is_refreshing = False
        self._toast: Toast | None = None
        self._told: frozenset[str] = frozenset()
        self._done: set[str] = set()  # answered or dismissed: no notice names them again
        self._answered: dict[str, AccessKnock] = {}
        self._pace = Throttle(EVERY_MS)
        self._clock = QElapsedTimer()
        self._clock.start()
        self._next = single_shot(self, self.refresh)
        manager.service.happened.connect(self._on_happened)
        manager.status_changed.connect(self._on_status)
        toasts.changed.connect(self.refresh)

    @property
    def waiting(self) -> list[Waiting]:
        """The waiting people, for the list; empty if the user can't let them in."""
        session = self._session
        if session is None:
            return []
        knocks = session.access.knocks.values()
        return [
            Waiting(one.knock, one.user_id, tuple(texts.lines(one, _is_alike(one, session))))
            for one in knocks
        ]

    @pyqtSlot(str, bool)
    def answer(self, knock: str, admitted: bool) -> None:
        """Let somebody in, or send them away; the first answer counts."""
        self._answer([knock], admitted)

    @pyqtSlot()
    def refresh(self) -> None:
        """Show, replace or remove the notice."""
        if not self._is_refreshing:  # every answer of this window comes back here
            self._is_refreshing = True
            try:
                self._refresh()
            finally:
                self._is_refreshing = False

    def _refresh(self) -> None:
        session = self._session
        knocks = {} if session is None else session.access.knocks
        if self._toast is not None and self._toast not in self._toasts.shown:
            self._toast = None
            self._done |= self._told
        self._done &= knocks.keys()
        news = [one for id, one in knocks.items() if not one.again and id not in self._done]
        ids = frozenset(one.knock for one in news)
        if not self._told & ids:
            self._drop()
        wait_ms = self._pace.wait_ms(self._clock.elapsed())
        if session is None or not ids or (self._toast is not None and self._told == ids):
            self._next.stop()
        elif wait_ms > 0 or (self._toast is not None and self._toast.is_in_use):
            self._next.start(ceil(wait_ms or EVERY_MS))
        else:
            self._drop()
            self._show(news, ids, session)

    @property
    def _session(self) -> SessionClient | None:
        """The session, if the user is an owner of it."""
        session = self._manager.session
        if session is None or session.me is None or not may_manage(session.replica.rights.role):
            return None
        return session

    def _show(self, knocks: Sequence[AccessKnock], ids: frozenset[str], session: SessionClient) -> None:
        self._pace.fire(self._clock.elapsed())
        not_now: ToastAction = (texts.NOT_NOW, partial(self._answer, ids, False))
        if len(knocks) == 1:
            text = texts.wants(knocks[0], _is_alike(knocks[0], session))
            first: ToastAction = (texts.LET_IN, partial(self._answer, ids, True))
        else:
            text = texts.several(knocks)
            first = (texts.SHOW, self.list_wanted.emit)
        self._told = ids
        self._toast = self._toasts.show(text, [first, not_now])
        if self._toast is None:
            self._done |= ids  # the user wants to be left alone; the list has them

    def _drop(self) -> None:
        toast, self._toast = self._toast, None
        if toast is not None:
            self._toasts.remove(toast)

    def _answer(self, ids: Collection[str], admitted: bool) -> None:
        session = self._session
        for id in ids:
            knock = None if session is None else session.access.knocks.get(id)
            if session is not None and knock is not None and id not in self._answered:
                self._answered[id] = knock
                self._done.add(id)
                session.access.admit(id, admitted)
                self._manager.log(logging.INFO, texts.answered(knock, admitted))
        self._manager.service.wake()

    @pyqtSlot()
    def _on_status(self) -> None:
        if self._manager.session is None:
            self._answered.clear()
        self._refresh_all()

    def _refresh_all(self) -> None:
        self.refresh()
        self._list.show_waiting(self.waiting)

    @pyqtSlot(object)
    def _on_happened(self, effect: fx.SessionEffect) -> None:
        if isinstance(effect, Knocked):
            self._manager.log(logging.INFO, f"← {texts.wants(effect.knock)}")
            self._refresh_all()
        elif isinstance(effect, (KnockOver, RoleChanged)):
            self._refresh_all()
        elif isinstance(effect, AccessDenied) and isinstance(effect.asked, AccessAdmit):
            self._failed(effect.asked.knock, effect.message)

    def _failed(self, id: str, reason: str) -> None:
        knock = self._answered.pop(id, None)
        if knock is not None:
            sentence = texts.failed(texts.name(knock), reason)
            self._manager.log(logging.INFO, sentence)
            self._toasts.show(sentence, urgent=True)


def _is_alike(knock: AccessKnock, session: SessionClient) -> bool:
    """Whether somebody else who is here, or waits, has a similar name."""
    others = [one.user_id for one in session.access.knocks.values() if one.knock != knock.knock]
    others += [one.user_id for one in session.participants.values()]
    return skeleton(knock.user_id) in map(skeleton, others)
