"""Adds entries to the menu of a host's canvas, opened by the host for an item, or else by us."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import QEvent, QObject, QPointF, Qt, pyqtSlot
from PyQt6.QtGui import QContextMenuEvent, QMouseEvent
from PyQt6.QtWidgets import QApplication, QGraphicsView, QMenu

from optiverse_collab.drivers.qt.timers import single_shot

Fill = Callable[[QMenu, QPointF], None]
"""Adds entries to a menu for a place of the scene; none if there are none."""


class CanvasMenu(QObject):
    """Waits for a menu of the canvas.

    A host opens its menu within the event that asks for it, or as soon as the button is pressed. So for as
    long as that event lasts, the first menu that appears in the program is the canvas's. If none does, and no
    tool of the host is at work, a menu with our entries opens.

    Args:
        view: the host's canvas.
        fill: adds our entries.
    """

    def __init__(self, view: QGraphicsView, fill: Fill, parent: QObject) -> None:
        super().__init__(parent)
        self._view = view
        self._fill = fill
        self._at = QPointF()
        self._asked: QContextMenuEvent | None = None
        self._waits = self._was_seen = self._has_tool = False
        self._over = single_shot(self, self._on_over)
        self._viewport = view.viewport()  # the view may be gone before its viewport
        if self._viewport is not None:
            self._viewport.installEventFilter(self)

    def close(self) -> None:
        """Restore the canvas."""
        self._over.stop()
        self._wait(False)
        if self._viewport is not None:
            self._viewport.removeEventFilter(self)
        self.deleteLater()

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Watch for the request for a menu, and for the menu."""
        if event is None:
            return False
        if self._waits and event.type() == QEvent.Type.Polish and isinstance(watched, QMenu):
            self._wait(False)
            self._was_seen = True
            self._fill(watched, self._at)
        elif watched is self._viewport:
            if isinstance(event, QMouseEvent) and event.type() == QEvent.Type.MouseButtonPress:
                self._was_seen = False
                self._has_tool = self._view.cursor().shape() == Qt.CursorShape.CrossCursor
                if event.button() == Qt.MouseButton.RightButton:
                    self._begin(event.position())
            elif isinstance(event, QContextMenuEvent):
                is_of_mouse = event.reason() == QContextMenuEvent.Reason.Mouse
                if not (is_of_mouse and (self._was_seen or self._has_tool)):
                    self._asked = QContextMenuEvent(event.reason(), event.pos(), event.globalPos())
                    self._begin(QPointF(event.pos()))
        return False

    def _begin(self, at: QPointF) -> None:
        self._at = self._view.mapToScene(at.toPoint())
        self._was_seen = False
        self._wait(True)
        self._over.start()

    def _wait(self, waits: bool) -> None:
        program = QApplication.instance()
        if waits == self._waits or program is None:
            return
        self._waits = waits
        if waits:
            program.installEventFilter(self)
        else:
            program.removeEventFilter(self)

    @pyqtSlot()
    def _on_over(self) -> None:
        asked, self._asked = self._asked, None
        self._wait(False)
        if asked is None or self._was_seen:
            return
        menu = QMenu(self._view)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._fill(menu, self._at)
        if menu.isEmpty():
            menu.deleteLater()
        else:
            menu.popup(asked.globalPos())
