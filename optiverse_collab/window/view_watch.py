"""Notices when a canvas shows another part of the bench."""

from __future__ import annotations

from PyQt6.QtCore import QEvent, QObject, QSize, pyqtSignal, pyqtSlot
from PyQt6.QtGui import QTransform
from PyQt6.QtWidgets import QGraphicsView


class ViewWatch(QObject):
    """Checks when the canvas is painted, which happens after each move: hosts move it in many ways.

    Args:
        view: the canvas.

    Signals:
        moved: it was moved or zoomed.
        resized: its size, or the bench's, changed, and it shows another part for that reason.
    """

    moved = pyqtSignal()
    resized = pyqtSignal()

    def __init__(self, view: QGraphicsView, parent: QObject) -> None:
        super().__init__(parent)
        self._view = view
        self._viewport = view.viewport() or view
        self._transform, self._size = QTransform(), QSize()
        self.accept()
        self._viewport.installEventFilter(self)
        self._scene = view.scene()
        if self._scene is not None:
            self._scene.sceneRectChanged.connect(self._on_bench_resized)

    def close(self) -> None:
        """Stop watching."""
        self._viewport.removeEventFilter(self)
        if self._scene is not None:
            self._scene.sceneRectChanged.disconnect(self._on_bench_resized)
        self.deleteLater()

    @property
    def is_moved(self) -> bool:
        """Whether it was moved or zoomed, and that is not reported yet."""
        return self._viewport.size() == self._size and bool(self._view.viewportTransform() != self._transform)

    def accept(self) -> None:
        """Remember the present view."""
        self._transform, self._size = self._view.viewportTransform(), self._viewport.size()

    @pyqtSlot()
    def _on_bench_resized(self) -> None:
        """Qt may move the view when the bench grows."""
        self._size = QSize()

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Check, and let the event pass."""
        if event is not None and event.type() == QEvent.Type.Paint:
            if self._viewport.size() != self._size:
                self.accept()
                self.resized.emit()
            elif self._view.viewportTransform() != self._transform:
                self.accept()
                self.moved.emit()
        return False
