"""Shows the user's role: a lasting state over the bench, and why an edit was reverted."""

from __future__ import annotations

import logging
from datetime import datetime

from PyQt6.QtCore import QDeadlineTimer, QObject, QPoint, QTimer, pyqtSlot
from PyQt6.QtWidgets import QMainWindow, QMenu

from optiverse_collab.core.access import Role
from optiverse_collab.core.client import effects as fx
from optiverse_collab.core.client.access_effects import AccessEnds, RoleChanged
from optiverse_collab.window.edit_requests import EditRequests
from optiverse_collab.window.handing_over import HandingOver
from optiverse_collab.window.manager import CollaborationManager
from optiverse_collab.window.ui.bar import BarAction, State, StateBar
from optiverse_collab.window.ui.toasts import Toasts
from optiverse_collab.wording import access as texts
from optiverse_collab.wording import edit_requests
from optiverse_collab.wording.numbers import time_of
from optiverse_collab.wording.presence import name_of

AGAIN_MS = 3000
"""How often a user who keeps trying to edit, as in a drag, gets a notice at most."""

LOOK_MS = 1000
"""How often the clock is checked while an end is known."""


class RightsStanding(QObject):
    """Follows the role of a window's user, and those of others.

    Args:
        manager: the session.
        bar: shows lasting states.
        toasts: show the results.
        handing_over: saves edits that are not sent.
        window: the host's main window.

    Attributes:
        requests: lets the user ask for the right to edit, and owners answer.
    """

    def __init__(
        self,
        manager: CollaborationManager,
        bar: StateBar,
        toasts: Toasts,
        handing_over: HandingOver,
        window: QMainWindow,
    ) -> None:
        super().__init__(window)
        self._manager = manager
        self._bar = bar
        self._toasts = toasts
        self._handing_over = handing_over
        self._window = window
        self.requests = EditRequests(manager, toasts, self)
        self._silence = QDeadlineTimer()  # expired: nothing was shown yet
        self._clock = QTimer(self)
        self._clock.setInterval(LOOK_MS)
        self._clock.timeout.connect(self._show_end)
        service = manager.service
        service.happened.connect(self._on_happened)
        service.edit_denied.connect(self._on_denied)
        service.drained.connect(self._show)
        manager.status_changed.connect(self._show)
        manager.participants_changed.connect(self._show)
        manager.edited.connect(self._show)

    @pyqtSlot()
    def _show(self) -> None:
        session = self._manager.session
        if session is None or session.replica.rights.may_edit:
            self._bar.clear_state(State.VIEW_ONLY)
        else:
            rights = session.replica.rights
            owners = texts.owners_of(session.participants.values())
            action: BarAction | None = (texts.NOT_SENT, self._offer) if rights.withheld else None
            if action is None and self.requests.can_ask:
                action = (edit_requests.ASK, self.requests.ask)
            more = texts.view_only_more(owners, rights.withheld)
            self._bar.set_state(State.VIEW_ONLY, texts.view_only(rights.withheld, rights.role), action, more)
        self._show_end()

    @pyqtSlot()
    def _show_end(self) -> None:
        """Say when the user's access ends, shortly before."""
        session = self._manager.session
        end = time_of(session.expires) if session is not None else None
        if end is None:
            self._clock.stop()
        elif not self._clock.isActive():
            self._clock.start()
        if end is not None and end - datetime.now().astimezone() <= texts.WARN:
            self._bar.set_state(State.ENDING, texts.ends(end), more=texts.ENDS_MORE)
        else:
            self._bar.clear_state(State.ENDING)

    def _offer(self) -> None:
        """Ask what to do with edits that are not sent, below the button."""
        menu = QMenu(self._window)
        menu.addAction(texts.SAVE, self._handing_over.ask_where_bench)
        menu.addAction(texts.GIVE, self._handing_over.ask_where_edits)
        if self.requests.can_ask:
            menu.addAction(edit_requests.ASK, self.requests.ask)
        menu.aboutToHide.connect(menu.deleteLater)
        button = self._bar.button
        menu.popup(button.mapToGlobal(QPoint(0, button.height())))

    @pyqtSlot()
    def _on_denied(self) -> None:
        """The user edited; the window shows the session's state again."""
        session = self._manager.session
        if session is None or not self._silence.hasExpired():
            return
        self._silence.setRemainingTime(AGAIN_MS)
        owners = texts.owners_of(session.participants.values())
        sentence = texts.denied(session.replica.rights.role, owners)
        self._manager.log(logging.WARNING, f"✗ {sentence}")
        self._toasts.show(sentence, urgent=True)

    @pyqtSlot(object)
    def _on_happened(self, effect: fx.SessionEffect) -> None:
        if isinstance(effect, RoleChanged):
            self._notify(effect)
        if isinstance(effect, (RoleChanged, AccessEnds, fx.Acknowledged, fx.Synced)):
            self._show()

    def _notify(self, effect: RoleChanged) -> None:
        """Somebody's role changed; if it is the user's, it shows on the bench, too."""
        one, session = effect.participant, self._manager.session
        me = session.me if session is not None else None
        is_me = me is not None and me.connection_id == one.connection_id
        sentence = texts.changed(name_of(one), one.role, is_me)
        self._manager.log(logging.INFO, f"← {sentence}")
        if is_me:
            self._toasts.show(sentence, urgent=one.role in (Role.VIEWER, Role.COMMENTER, Role.EDITOR))
