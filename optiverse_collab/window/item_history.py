"""Says at an item who changed it last, in its menu and its tool tip, and leads to its history."""

from __future__ import annotations

from datetime import datetime

from PyQt6.QtCore import QEvent, QObject, QPoint, QPointF, pyqtSignal, pyqtSlot
from PyQt6.QtGui import QCursor, QHelpEvent
from PyQt6.QtWidgets import QMenu, QToolTip

from optiverse_collab.core.text import unmarked
from optiverse_collab.window.canvas_presence import CanvasPresence
from optiverse_collab.window.manager import CollaborationManager
from optiverse_collab.window.timeline_reader import TimelineReader
from optiverse_collab.wording import beams
from optiverse_collab.wording import timeline as texts
from optiverse_collab.wording.edits import title


class ItemHistory(QObject):
    """Watches the canvas of a window while it is in a session.

    Args:
        manager: the session.
        reader: reads its history; if it has none yet, the first tool tip makes it read.

    Signals:
        wanted: the id and the title of an item whose history the user wants to see.
        search_wanted: the same of an item that a beam should hit.
    """

    wanted = pyqtSignal(str, str)
    search_wanted = pyqtSignal(str, str)

    def __init__(self, manager: CollaborationManager, reader: TimelineReader, parent: QObject) -> None:
        super().__init__(parent)
        self._manager, self._reader = manager, reader
        self._canvas: CanvasPresence | None = None
        self._viewport: QObject | None = None
        self._late: tuple[str, QPoint] | None = None
        manager.canvas_opened.connect(self._on_canvas)
        reader.changed.connect(self._on_read)

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Show a tool tip at an item."""
        if not isinstance(event, QHelpEvent) or event.type() != QEvent.Type.ToolTip or self._canvas is None:
            return False
        view = self._canvas.view
        id = self._canvas.host.item_at(view.mapToScene(event.pos()))
        if id is None:
            return False
        self._late = id, event.globalPos()
        self._reader.glance()
        below = view.itemAt(event.pos())
        lines = [self._last(id), "" if below is None else below.toolTip()]
        if lines[0]:
            QToolTip.showText(event.globalPos(), "\n".join(filter(None, lines)), view)
        return bool(lines[0])

    def _last(self, id: str) -> str:
        """Who changed an item last; empty if that is not known."""
        timeline = self._reader.timeline
        if timeline is None:
            return ""
        now, step = datetime.now().astimezone(), timeline.last_step_of(id)
        if step is not None:
            return texts.last_touched(step, now)
        return texts.not_touched(timeline.time_ms(timeline.after), now)

    @pyqtSlot()
    def _on_read(self) -> None:
        """Show the tool tip that had to wait, or what is news in it, if the mouse has waited, too."""
        if self._late is None or self._canvas is None:
            return
        id, at = self._late
        if QCursor.pos() != at:
            self._late = None
        elif self._last(id):
            QToolTip.showText(at, unmarked(self._last(id)), self._canvas.view)

    @pyqtSlot(object, object)
    def _on_menu(self, menu: QMenu, at: QPointF) -> None:
        """Add our entries to the menu of an item."""
        canvas, session = self._canvas, self._manager.session
        id = None if canvas is None else canvas.host.item_at(at)
        if id is None or session is None:
            return
        self._reader.glance()
        name = title(id, session.replica.view.get(id))
        entry = menu.addAction(texts.history_of(name))
        if entry is not None:
            entry.triggered.connect(lambda: self.wanted.emit(id, name))
        find = menu.addAction(beams.FIND)
        if find is not None:
            find.triggered.connect(lambda: self.search_wanted.emit(id, name))
        last = self._last(id)
        line = menu.addAction(last.replace("&", "&&")) if last else None
        if line is not None:
            line.setEnabled(False)

    @pyqtSlot(object)
    def _on_canvas(self, canvas: CanvasPresence) -> None:
        self._canvas, self._viewport = canvas, canvas.view.viewport()
        canvas.menu_opening.connect(self._on_menu)
        canvas.closed.connect(self._on_closed)
        if self._viewport is not None:
            self._viewport.installEventFilter(self)

    @pyqtSlot()
    def _on_closed(self) -> None:
        if self._viewport is not None:
            self._viewport.removeEventFilter(self)
        self._canvas = self._viewport = self._late = None
