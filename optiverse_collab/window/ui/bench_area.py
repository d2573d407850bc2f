"""The place of the bench in a window, for overlays that move nothing of the host's."""

from __future__ import annotations

from PyQt6.QtCore import QEvent, QObject, QPoint, QRect, pyqtSignal
from PyQt6.QtWidgets import QMainWindow, QWidget


class BenchArea(QObject):
    """The place of a window's central widget, in the window's coordinates.

    Signals:
        changed: its position or size changed.
    """

    changed = pyqtSignal()

    def __init__(self, window: QMainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._watched: QWidget | None = None

    def rect(self) -> QRect:
        """The place now; all of the window if there is no central widget."""
        widget = self._window.centralWidget()
        if widget is not self._watched:
            self._watched = widget
            if widget is not None:
                widget.installEventFilter(self)
        return (
            self._window.rect()
            if widget is None
            else QRect(widget.mapTo(self._window, QPoint()), widget.size())
        )

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Notice moves of the central widget; let all its events pass."""
        if event is not None and event.type() in (QEvent.Type.Resize, QEvent.Type.Move):
            self.changed.emit()
        return False
