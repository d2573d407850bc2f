"""A read-only window with an earlier bench."""

from __future__ import annotations

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QPainter, QShowEvent, QWheelEvent
from PyQt6.QtWidgets import QDialog, QDialogButtonBox, QGraphicsScene, QGraphicsView, QVBoxLayout, QWidget

from optiverse_collab.wording import dialogs, replacements

ZOOM = 1.15
"""The zoom of one click of the wheel, as in the hosts."""

MARGIN_MM = 20.0


class OldBenchView(QGraphicsView):
    """Shows a scene whose y axis points up; the mouse moves and zooms it, and reaches nothing in it."""

    def __init__(self, scene: QGraphicsScene, parent: QWidget) -> None:
        super().__init__(scene, parent)
        self.setInteractive(False)
        self.scale(1.0, -1.0)
        self.setBackgroundBrush(self.palette().base())
        self.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        self.setDragMode(QGraphicsView.DragMode.ScrollHandDrag)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.AnchorUnderMouse)

    def wheelEvent(self, event: QWheelEvent | None) -> None:
        """Zoom."""
        if event is not None:
            factor = ZOOM if event.angleDelta().y() > 0 else 1 / ZOOM
            self.scale(factor, factor)
            event.accept()


class OldBenchDialog(QDialog):
    """Shows an earlier bench, and offers to bring it back or to save it.

    Args:
        scene: the bench, deleted with this window; its `sceneRect` is what shows at first.
        title: whose bench it is.

    Attributes:
        view: shows it.

    Signals:
        bring_back_requested: the user wants it back.
        save_requested: the user wants it as a file.
    """

    bring_back_requested = pyqtSignal()
    save_requested = pyqtSignal()

    def __init__(self, scene: QGraphicsScene, title: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        scene.setParent(self)
        self._extent = scene.sceneRect().adjusted(-MARGIN_MM, -MARGIN_MM, MARGIN_MM, MARGIN_MM)
        scene.setSceneRect(self._extent)
        self.view = OldBenchView(scene, self)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        back = self.buttons.addButton(replacements.BRING_BACK, QDialogButtonBox.ButtonRole.ActionRole)
        save = self.buttons.addButton(dialogs.SAVE_AS_FILE, QDialogButtonBox.ButtonRole.ActionRole)
        self.buttons.rejected.connect(self.close)
        if back is not None and save is not None:
            back.clicked.connect(self.bring_back_requested)
            back.clicked.connect(self.close)
            save.clicked.connect(self.save_requested)
        layout = QVBoxLayout(self)
        layout.addWidget(self.view, 1)
        layout.addWidget(self.buttons)
        self.resize(self.fontMetrics().averageCharWidth() * 110, self.fontMetrics().height() * 36)

    def showEvent(self, event: QShowEvent | None) -> None:
        """Show all of it."""
        super().showEvent(event)
        self.view.fitInView(self._extent, Qt.AspectRatioMode.KeepAspectRatio)
