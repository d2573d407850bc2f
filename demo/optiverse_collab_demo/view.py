"""The canvas, with its mouse and wheel."""

from __future__ import annotations

import math

from PyQt6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt, pyqtSignal
from PyQt6.QtGui import QKeyEvent, QMouseEvent, QPainter, QWheelEvent
from PyQt6.QtWidgets import QApplication, QGraphicsView, QWidget

from optiverse_collab_demo import groups, symbols
from optiverse_collab_demo.editor import Editor
from optiverse_collab_demo.scene import BenchScene

DEGREES_PER_CLICK = 2.0
"""Of the wheel, with Ctrl (as in Optiverse)."""

_CLICK = 120.0
_ZOOM = 1.15
_SMALLEST, _LARGEST = 0.05, 20.0  # pixels per mm
_GRID_MM = (1.0, 5.0, 10.0, 50.0, 100.0, 500.0, 1000.0)


class BenchView(QGraphicsView):
    """Shows a scene with y up, and lets the user take hold of items.

    Attributes:
        editor: does what the user wants.

    Signals:
        cursor_moved(object): where the pointer is, (x_mm, y_mm), or None when it leaves.
        item_opened(str): the user wants to edit the item with this id.
    """

    cursor_moved = pyqtSignal(object)
    item_opened = pyqtSignal(str)

    def __init__(self, scene: BenchScene, editor: Editor, parent: QWidget | None = None) -> None:
        super().__init__(scene, parent)
        self.editor = editor
        self._bench_scene = scene
        self._grabbed: QPointF | None = None
        self._grabbed_at = QPoint()
        self._panned_from: QPoint | None = None
        self._clicked: str | None = None
        self.scale(1.0, -1.0)
        self.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
        self.setDragMode(QGraphicsView.DragMode.RubberBandDrag)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.AnchorUnderMouse)
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.FullViewportUpdate)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFrameShape(QGraphicsView.Shape.NoFrame)
        self.setMouseTracking(True)
        self.centerOn(0.0, 0.0)

    def zoom(self, factor: float) -> None:
        """Show everything larger or smaller, within reason."""
        now = self.transform().m11()
        factor = max(_SMALLEST, min(now * factor, _LARGEST)) / now
        self.scale(factor, factor)

    def fit(self) -> None:
        """Show all items."""
        extent = self._bench_scene.extent()
        if extent.isEmpty():
            self.centerOn(0.0, 0.0)
            return
        margin = 0.06 * max(extent.width(), extent.height()) + 20.0
        self.fitInView(extent.adjusted(-margin, -margin, margin, margin), Qt.AspectRatioMode.KeepAspectRatio)
        self.zoom(min(1.0, 2.0 / self.transform().m11()))
        self.centerOn(extent.center())

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        """Select and grab items; the middle button grabs the canvas."""
        if event is None:
            return
        if event.button() == Qt.MouseButton.MiddleButton:
            self._panned_from = event.pos()
            return
        super().mousePressEvent(event)
        scene = self._bench_scene
        if event.button() != Qt.MouseButton.LeftButton:
            return
        id = scene.id_at(self.itemAt(event.pos()))
        if id is None:
            return
        self._clicked = id
        if id in scene.selected():
            scene.select_whole_groups()
            self._grabbed, self._grabbed_at = self.mapToScene(event.pos()), event.pos()

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        """Drag the grabbed items."""
        if event is None:
            return
        at = self.mapToScene(event.pos())
        self.cursor_moved.emit((at.x(), at.y()))
        if self._panned_from is not None:
            self._pan(event.pos())
        elif self._grabbed is None:
            super().mouseMoveEvent(event)
        else:
            far = (event.pos() - self._grabbed_at).manhattanLength() >= QApplication.startDragDistance()
            if far and not self.editor.dragging:
                self.editor.start_drag(self._bench_scene.selected())
            if self.editor.dragging:
                self.editor.drag(at.x() - self._grabbed.x(), at.y() - self._grabbed.y())

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        """Release them."""
        if event is None:
            return
        self._panned_from = None
        if event.button() == Qt.MouseButton.LeftButton:
            self._let_go()
        super().mouseReleaseEvent(event)
        if event.button() == Qt.MouseButton.LeftButton:
            self._keep_groups_whole()

    def mouseDoubleClickEvent(self, event: QMouseEvent | None) -> None:
        """Edit what is under the pointer."""
        if event is None:
            return
        id = self._bench_scene.id_at(self.itemAt(event.pos()))
        if id is not None and event.button() == Qt.MouseButton.LeftButton:
            self.item_opened.emit(id)

    def wheelEvent(self, event: QWheelEvent | None) -> None:
        """Zoom; with Ctrl, turn what is selected."""
        if event is None:
            return
        clicks = event.angleDelta().y() / _CLICK
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            # Up is counter-clockwise, as in Optiverse.
            self.editor.turn(self._bench_scene.selected(), -DEGREES_PER_CLICK * clicks, series=True)
        else:
            self.zoom(_ZOOM**clicks)
        event.accept()

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Escape selects nothing."""
        if event is not None and event.key() == Qt.Key.Key_Escape:
            self._bench_scene.select(())
        super().keyPressEvent(event)

    def leaveEvent(self, event: QEvent | None) -> None:
        """The pointer left."""
        self.cursor_moved.emit(None)
        super().leaveEvent(event)

    def drawBackground(self, painter: QPainter | None, rect: QRectF) -> None:
        """Draw the canvas and its grid."""
        if painter is None:
            return
        theme = self._bench_scene.theme
        painter.fillRect(rect, theme.canvas)
        step = next((mm for mm in _GRID_MM if mm * self.transform().m11() >= 18.0), _GRID_MM[-1])
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(symbols.pen(theme.grid, 1.0))
        for i in range(math.floor(rect.left() / step), math.ceil(rect.right() / step) + 1):
            painter.drawLine(QPointF(i * step, rect.top()), QPointF(i * step, rect.bottom()))
        for i in range(math.floor(rect.top() / step), math.ceil(rect.bottom() / step) + 1):
            painter.drawLine(QPointF(rect.left(), i * step), QPointF(rect.right(), i * step))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)

    def _let_go(self) -> None:
        self._grabbed = None
        if self.editor.dragging:
            self.editor.end_drag()

    def _keep_groups_whole(self) -> None:
        """Select what shares a group with what is selected, or let it go with what was let go."""
        scene, clicked = self._bench_scene, self._clicked
        self._clicked = None
        if clicked is not None and clicked not in scene.selected():
            mates = groups.with_groups(scene.bench.items, [clicked])
            scene.select(set(scene.selected()).difference(mates))
        else:
            scene.select_whole_groups()

    def _pan(self, to: QPoint) -> None:
        if self._panned_from is None:
            return
        moved, self._panned_from = to - self._panned_from, to
        for bar, by in ((self.horizontalScrollBar(), moved.x()), (self.verticalScrollBar(), moved.y())):
            if bar is not None:
                bar.setValue(bar.value() - by)
