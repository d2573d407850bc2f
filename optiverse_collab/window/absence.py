"""Says on joining a session again how much was done in it since."""

from __future__ import annotations

from PyQt6.QtCore import QObject, pyqtSignal, pyqtSlot

from optiverse_collab.window.manager import CollaborationManager
from optiverse_collab.window.ui.toasts import Toasts
from optiverse_collab.wording import timeline as texts


class Absence(QObject):
    """Compares the stored replica with the session's clock.

    Args:
        manager: the session.
        toasts: show how much was done.

    Signals:
        wanted: the clock at which the user had left; they want to see what was done since.
    """

    wanted = pyqtSignal(int)

    def __init__(self, manager: CollaborationManager, toasts: Toasts, parent: QObject) -> None:
        super().__init__(parent)
        self._manager, self._toasts = manager, toasts
        self._session: object = None
        self._epoch: str | None = None
        self._left = self._own = 0
        manager.status_changed.connect(self._on_status)
        manager.joined.connect(self._on_joined)

    @pyqtSlot()
    def _on_status(self) -> None:
        """Remember where a stored replica begins."""
        session = self._manager.service.session
        if session is not None and session is not self._session:
            self._session, self._epoch = session, session.replica.epoch
            self._left, self._own = session.replica.clock, len(session.replica.pending)

    @pyqtSlot()
    def _on_joined(self) -> None:
        session, left = self._manager.session, self._left
        if session is None or not left or session.replica.epoch != self._epoch:
            return
        count = session.replica.clock - left - self._own
        if count > 0:
            show = (texts.SHOW_CHANGES, lambda: self.wanted.emit(left))
            self._toasts.show(texts.since_you_left(count), (show,))
