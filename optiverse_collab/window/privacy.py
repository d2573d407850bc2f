"""The user's privacy settings, in all windows; they are remembered (PRES-15)."""

from __future__ import annotations

from PyQt6.QtCore import QObject, pyqtSlot

from optiverse_collab.core.client.own_presence import Privacy
from optiverse_collab.window.canvas_presence import CanvasPresence
from optiverse_collab.window.manager import CollaborationManager
from optiverse_collab.window.settings import Choice, Settings
from optiverse_collab.window.toggles import Toggle


class PrivacyChoices(QObject):
    """Applies the user's choices at once.

    Args:
        manager: the session.
        settings: remember it.

    Attributes:
        hides_cursor, hides_others, hides_activity: what the user can choose.
    """

    def __init__(self, manager: CollaborationManager, settings: Settings, parent: QObject) -> None:
        super().__init__(parent)
        self.hides_cursor = Toggle(settings, Choice.HIDE_CURSOR)
        self.hides_others = Toggle(settings, Choice.HIDE_OTHERS)
        self.hides_activity = Toggle(settings, Choice.HIDE_ACTIVITY)
        self._manager = manager
        self._canvas: CanvasPresence | None = None
        manager.canvas_opened.connect(self._on_canvas)
        self.hides_cursor.watch(self._hide_mine)
        self.hides_activity.watch(self._hide_mine)
        self.hides_others.watch(self._hide_others)

    def _hide_mine(self, is_on: bool) -> None:
        self._manager.service.hide(Privacy(self.hides_cursor.is_on, self.hides_activity.is_on))

    def _hide_others(self, is_on: bool) -> None:
        if self._canvas is not None:
            self._canvas.overlay.show_cursors(not is_on)

    @pyqtSlot(object)
    def _on_canvas(self, canvas: CanvasPresence) -> None:
        self._canvas = canvas
        canvas.closed.connect(self._on_canvas_closed)
        self._hide_others(self.hides_others.is_on)

    @pyqtSlot()
    def _on_canvas_closed(self) -> None:
        self._canvas = None
