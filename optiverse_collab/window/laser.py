"""The user's laser pointer: follows their mouse on the canvas while it is on (PRES-16)."""

from __future__ import annotations

from PyQt6.QtCore import QElapsedTimer, QEvent, QObject, Qt, pyqtSignal, pyqtSlot
from PyQt6.QtGui import QCursor, QKeyEvent, QMouseEvent
from PyQt6.QtWidgets import QApplication, QGraphicsView, QWidget

from optiverse_collab.window.ui.pointers import Point

HOLD_MS = 400
"""If keys are held longer than this while it is on, their release turns it off."""


class LaserPointer(QObject):
    """Follows the mouse while it is on.

    Escape ends it, and so does whatever takes the keyboard away from the window, or begins to edit text. So
    does the release of the keys that turned it on, if they were held. It takes no event from the host.

    Args:
        view: the host's canvas.

    Attributes:
        is_on: whether it is.

    Signals:
        moved: where it is [mm]; None if nowhere.
        switched: `is_on` changed.
    """

    moved = pyqtSignal(object)
    switched = pyqtSignal(bool)

    def __init__(self, view: QGraphicsView, parent: QObject) -> None:
        super().__init__(parent)
        self.is_on = False
        self._view = view
        self._since = QElapsedTimer()
        self._pressed: set[int] | None = None
        """Keys that were pressed while it is on; None once a key was released that was down before."""

    def switch(self, wanted: bool) -> None:
        """Turn it on or off; on only if no text is being edited."""
        program = QApplication.instance()
        if wanted == self.is_on or not isinstance(program, QApplication) or (wanted and is_text_edited()):
            return
        self.is_on = wanted
        if wanted:
            self._since.start()
            self._pressed = set()
            program.installEventFilter(self)
            program.focusChanged.connect(self._on_focus)
            viewport = self._view.viewport()
            at = None if viewport is None else viewport.mapFromGlobal(QCursor.pos())
            if viewport is not None and at is not None and viewport.rect().contains(at):
                self.moved.emit(self._place(at.x(), at.y()))
        else:
            program.removeEventFilter(self)
            program.focusChanged.disconnect(self._on_focus)
            self.moved.emit(None)
        self.switched.emit(wanted)

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Observe the program's events, and let them pass."""
        if event is None:
            return False
        kind = event.type()
        if isinstance(event, QKeyEvent):
            if not event.isAutoRepeat():
                self._watch_keys(kind, event.key())
            if kind == QEvent.Type.KeyPress and (event.key() == Qt.Key.Key_Escape or is_text_edited()):
                self.switch(False)
        elif kind == QEvent.Type.WindowDeactivate and watched is self._view.window():
            self.switch(False)
        elif watched is self._view.viewport():
            if kind == QEvent.Type.MouseMove and isinstance(event, QMouseEvent):
                if is_text_edited():
                    self.switch(False)
                else:
                    self.moved.emit(self._place(round(event.position().x()), round(event.position().y())))
            elif kind == QEvent.Type.Leave:
                self.moved.emit(None)
        return False

    def _watch_keys(self, kind: QEvent.Type, key: int) -> None:
        """Watch for the first release of a key of the chord that turned it on."""
        if self._pressed is None:
            return
        if kind in (QEvent.Type.KeyPress, QEvent.Type.ShortcutOverride):
            self._pressed.add(key)
        elif kind == QEvent.Type.KeyRelease and key not in self._pressed:
            self._pressed = None
            if self._since.elapsed() >= HOLD_MS:
                self.switch(False)

    @pyqtSlot(QWidget, QWidget)
    def _on_focus(self, old: QWidget | None, new: QWidget | None) -> None:
        if new is None or new.window() is not self._view.window() or is_text_edited():
            self.switch(False)

    def _place(self, x_px: int, y_px: int) -> Point:
        at = self._view.mapToScene(x_px, y_px)
        return at.x(), at.y()


def is_text_edited() -> bool:
    """Whether the user is typing text: in a field, or in a note on the canvas."""
    focus = QApplication.focusWidget()
    return focus is not None and focus.testAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled)
