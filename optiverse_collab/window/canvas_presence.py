"""Shows the others on a canvas, and in dialogs, while a window is in a session."""

from __future__ import annotations

from PyQt6.QtCore import QObject, pyqtSignal, pyqtSlot
from PyQt6.QtWidgets import QGraphicsView

from optiverse_collab.core.client import effects as fx
from optiverse_collab.core.client.session import SessionClient
from optiverse_collab.drivers.qt.service import CollaborationService
from optiverse_collab.host.api import Host
from optiverse_collab.window.in_dialogs import InDialogs
from optiverse_collab.window.ui.canvas_menu import CanvasMenu
from optiverse_collab.window.ui.cursors import CursorOverlay
from optiverse_collab.window.ui.list_marks import ListMarks


class CanvasPresence(QObject):
    """Passes events of the session to the overlay.

    Args:
        host: owner of the canvas and the dialogs.
        view: the canvas.
        service: connects to the session.
        session: the session.

    Attributes:
        host: the owner.
        view: the host's canvas.
        outline: gives the shape of an item in scene coordinates; None if it isn't there.
        overlay: draws on the canvas.
        dialogs: the banners in the dialogs of items.
        marks: who has selected what, in the host's list of items, if it has one.

    Signals:
        menu_opening: the `QMenu` of the canvas, and for which place of the scene; entries can be added.
        closed: nothing of ours is on the canvas any longer.
    """

    menu_opening = pyqtSignal(object, object)
    closed = pyqtSignal()

    def __init__(
        self,
        host: Host,
        view: QGraphicsView,
        service: CollaborationService,
        session: SessionClient,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self.host, self.view, self.outline = host, view, host.outline
        self.overlay = CursorOverlay(view, session, host.outline)
        self.dialogs = InDialogs(host, session, self)
        self.marks = None if host.item_list is None else ListMarks(host.item_list, session)
        self._menu = CanvasMenu(view, self.menu_opening.emit, self)
        self._service = service
        service.happened.connect(self._on_happened)
        service.state_changed.connect(self._refresh)  # without a connection there is nobody
        self._refresh()

    def close(self) -> None:
        """Restore the canvas."""
        self._service.happened.disconnect(self._on_happened)
        self._service.state_changed.disconnect(self._refresh)
        self.overlay.close_for_good()
        self.dialogs.close()
        self._menu.close()
        if self.marks is not None:
            self.marks.close_for_good()
        self.closed.emit()
        self.deleteLater()

    @pyqtSlot(object)
    def _on_happened(self, effect: fx.SessionEffect) -> None:
        if isinstance(effect, fx.ShowChange):
            self.overlay.glow(effect.authors)
        elif isinstance(effect, (fx.PresenceChanged, fx.OfPeople)):
            self._refresh()

    @pyqtSlot()
    def _refresh(self) -> None:
        self.overlay.refresh()
        self.dialogs.note()
        if self.marks is not None:
            self.marks.refresh()
