"""Shows the state of the connection: in the status bar, in its popup, and over the bench while it is lost."""

from __future__ import annotations

import math
from datetime import datetime

from PyQt6.QtCore import QObject, QTimer, pyqtSignal, pyqtSlot
from PyQt6.QtWidgets import QMainWindow

from optiverse_collab.core.client.connector import ConnectionState
from optiverse_collab.window.manager import CollaborationManager
from optiverse_collab.window.ui.bar import Rescue, State, StateBar
from optiverse_collab.window.ui.quality_popup import QualityPopup
from optiverse_collab.window.ui.status import StatusWidget
from optiverse_collab.wording import dialogs, knocks
from optiverse_collab.wording import standing as wording
from optiverse_collab.wording.presence import name_of
from optiverse_collab.wording.standing import Standing

LASTS_S = 2.0
"""How long an outage lasts before it shows over the bench: most are shorter."""


class ConnectionStanding(QObject):
    """Follows the session of a window.

    Args:
        window: the host's main window.
        manager: the session.

    Attributes:
        status: the part of the status bar.
        bar: over the bench.
        popup: opened by a click on the status in a session; None before the first.

    Signals:
        people_wanted: the user wants to see who is in the session.
    """

    people_wanted = pyqtSignal()

    def __init__(self, window: QMainWindow, manager: CollaborationManager, parent: QObject) -> None:
        super().__init__(parent)
        self.status = StatusWidget(window)
        self.bar = StateBar(window)
        self.popup: QualityPopup | None = None
        self._window = window
        self._manager = manager
        self._failure = ""
        self._second = QTimer(self)
        self._second.setInterval(1000)
        self._second.timeout.connect(self.refresh)
        service = manager.service
        service.quality_changed.connect(self.refresh)
        service.outage_changed.connect(self.refresh)
        service.saving_changed.connect(self.refresh)
        service.drained.connect(self.refresh)
        manager.status_changed.connect(self.refresh)
        manager.participants_changed.connect(self.refresh)
        manager.failed.connect(self._on_failed)

    @property
    def can_retry(self) -> bool:
        """Whether the next attempt is waited for."""
        return self._manager.service.next_attempt_ms is not None

    def open_popup(self) -> QualityPopup:
        """Show the figures, above the status."""
        popup = self.popup
        if popup is None:
            popup = self.popup = QualityPopup(self._window)
            popup.people.clicked.connect(popup.close)
            popup.people.clicked.connect(self.people_wanted)
            popup.retry.clicked.connect(self._manager.service.retry_now)
        self.refresh()
        self._show_popup(popup)
        popup.open_above(self.status)
        return popup

    def close(self) -> None:
        """The window closes: remove everything from it."""
        self._second.stop()
        self.bar.close_for_good()
        if self.popup is not None:
            self.popup.close()
            self.popup.deleteLater()

    @pyqtSlot()
    def refresh(self) -> None:
        """Show the present state."""
        standing, manager = self._standing(), self._manager
        if standing.state.in_session:
            self._failure = ""
        tooltip = self._failure or wording.tooltip(standing, manager.session_id, manager.server_url)
        self.status.show_standing(standing, tooltip)
        self._show_outage(standing)
        self._show_outside(standing)
        self._show_saving(standing)
        if self.popup is not None and self.popup.isVisible():
            self._show_popup(self.popup)

    def _standing(self) -> Standing:
        manager, service = self._manager, self._manager.service
        users = 0 if service.session is None else len(service.session.participants)
        wait_ms = service.next_attempt_ms
        retry_s = None if wait_ms is None else math.ceil(wait_ms / 1000)
        return Standing(manager.status, users, service.unsent, service.quality, retry_s)

    def _show_outage(self, standing: Standing) -> None:
        outage = self._manager.service.outage if standing.state.in_session else None
        if outage is None or standing.state in (ConnectionState.SYNCING, ConnectionState.OUTSIDE):
            self._second.stop()
            self.bar.clear_state(State.OFFLINE)
            self.bar.clear_state(State.HOST_LEFT)
            return
        if not self._second.isActive():
            self._second.start()
        since, now = datetime.fromtimestamp(outage.since).astimezone(), datetime.now().astimezone()
        if (now - since).total_seconds() < LASTS_S:
            return
        if outage.host:
            sentence = wording.host_left(standing, outage.host)
        elif standing.state is ConnectionState.CONNECTING:
            sentence = wording.not_yet(standing, outage.latest)
        else:
            sentence = wording.offline(standing, since, now)
        retry = (wording.RETRY, self._manager.service.retry_now) if self.can_retry else None
        action, more = self.bar.rescue() or Rescue(None)
        state, other = (State.HOST_LEFT, State.OFFLINE)[:: 1 if outage.host else -1]
        self.bar.clear_state(other)
        self.bar.set_state(state, sentence, action or retry, f"{outage.latest}\n{more}".rstrip())

    def _show_outside(self, standing: Standing) -> None:
        if standing.state is ConnectionState.OUTSIDE:
            sentence = knocks.waiting(self._manager.session_id)
            self.bar.set_state(State.OUTSIDE, sentence, (dialogs.CANCEL, self._manager.leave))
        else:
            self.bar.clear_state(State.OUTSIDE)

    def _show_saving(self, standing: Standing) -> None:
        session = self._manager.service.session
        if session is not None and session.safekeeping.is_late:
            self.bar.set_state(State.NOT_SAVING, wording.not_saving(standing), more=wording.WHY_NOT)
        else:
            self.bar.clear_state(State.NOT_SAVING)
        if session is not None and session.safekeeping.is_alone:
            self.bar.set_state(State.ALONE, wording.ALONE, more=wording.WHY_ALONE)
        else:
            self.bar.clear_state(State.ALONE)

    def _show_popup(self, popup: QualityPopup) -> None:
        manager, session = self._manager, self._manager.service.session
        standing = self._standing()
        people, me = ([], None) if session is None else (session.participants.values(), session.me)
        names = [dialogs.YOU.format(name=one.user_id) if one is me else name_of(one) for one in people]
        popup.show_standing(standing, wording.place(manager.session_id, manager.server_url), names)

    @pyqtSlot(str)
    def _on_failed(self, sentence: str) -> None:
        self._failure = sentence
        self.refresh()
