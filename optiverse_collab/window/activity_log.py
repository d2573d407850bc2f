"""Writes others' edits to the log of one window, in words."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from PyQt6.QtCore import QElapsedTimer, QObject, pyqtSignal, pyqtSlot

from optiverse_collab.core.client import effects as fx
from optiverse_collab.core.client.connector import ConnectionState
from optiverse_collab.drivers.qt.service import CollaborationService
from optiverse_collab.drivers.qt.timers import single_shot
from optiverse_collab.window.activity import Activity


class ActivityLog(QObject):
    """Writes a line once another user's gesture is over.

    The content of a session when the window first joins it is nobody's gesture.

    Args:
        service: connects to the session.

    Signals:
        logged: level (of `logging`) and text of a line for the log.
    """

    logged = pyqtSignal(int, str)

    def __init__(self, service: CollaborationService, parent: QObject) -> None:
        super().__init__(parent)
        self._service = service
        self._activity = Activity()
        self._is_first_sync = False
        self._clock = QElapsedTimer()
        self._clock.start()
        self._due = single_shot(self, self._on_due)
        service.happened.connect(self._on_happened)
        service.state_changed.connect(self._on_state)

    @pyqtSlot(object)
    def _on_happened(self, effect: fx.SessionEffect) -> None:
        session = self._service.session
        if isinstance(effect, fx.Acknowledged):
            self._is_first_sync = session is not None and session.replica.epoch is None
        elif isinstance(effect, fx.Synced):
            self._is_first_sync = False
        elif not self._is_first_sync:
            scripts = session.people.scripts if session is not None else ()
            self._activity.hear(effect, self._clock.elapsed(), scripts)
            self._wait()

    @pyqtSlot(object)
    def _on_state(self, state: ConnectionState) -> None:
        if not state.in_session:
            self._due.stop()
            self._write(self._activity.take_all())

    @pyqtSlot()
    def _on_due(self) -> None:
        self._write(self._activity.take_due(self._clock.elapsed()))
        self._wait()

    def _wait(self) -> None:
        wait_ms = self._activity.wait_ms(self._clock.elapsed())
        if wait_ms is not None and not self._due.isActive():
            self._due.start(round(wait_ms) + 1)

    def _write(self, sentences: Iterable[str]) -> None:
        for sentence in sentences:
            self.logged.emit(logging.INFO, f"← {sentence}.")
