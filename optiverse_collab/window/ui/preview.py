"""A read-only window with the bench of an earlier moment."""

from __future__ import annotations

from collections.abc import Mapping

from PyQt6.QtCore import QMarginsF, QRectF, Qt, pyqtSignal, pyqtSlot
from PyQt6.QtGui import QPainter, QPalette, QResizeEvent, QWheelEvent
from PyQt6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFrame,
    QGraphicsScene,
    QGraphicsView,
    QLabel,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from optiverse_collab.core.records import Record
from optiverse_collab.core.text import unmarked
from optiverse_collab.drivers.qt.timers import single_shot
from optiverse_collab.host.api import Picture
from optiverse_collab.window.ui.colours import ORANGE
from optiverse_collab.window.ui.comparison import Comparison
from optiverse_collab.window.ui.comparison_table import ComparisonTable
from optiverse_collab.window.ui.picture_builder import PictureBuilder
from optiverse_collab.wording import dialogs
from optiverse_collab.wording import timeline as texts

ZOOM = 1.15
"""The zoom of one click of the wheel, as in the hosts."""

MARGIN_MM = 20.0

STILL_MS = 150
"""A bench that has not changed for this long gets smooth lines."""

FRAME_PX = 4

TABLE_LINES = 9
"""How high the table is at first, in lines of text."""


class PreviewView(QGraphicsView):
    """Shows a scene whose y axis points up; the mouse moves and zooms it, and reaches nothing in it.

    Smooth lines take a few times as long, so they wait until the bench has not changed for a moment.
    """

    def __init__(self, scene: QGraphicsScene, parent: QWidget) -> None:
        super().__init__(scene, parent)
        self._is_zoomed = False
        self._smooth = single_shot(self, self._on_still, STILL_MS)
        self.setInteractive(False)
        self.scale(1.0, -1.0)
        self.setBackgroundBrush(self.palette().base())
        self._on_still()
        self.setDragMode(QGraphicsView.DragMode.ScrollHandDrag)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.AnchorUnderMouse)

    def hurry(self) -> None:
        """The bench changes; it may do so thirty times a second."""
        self.setRenderHints(QPainter.RenderHint(0))
        self._smooth.start()

    @pyqtSlot()
    def _on_still(self) -> None:
        self.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Show all of it, unless the user has zoomed."""
        super().resizeEvent(event)
        if not self._is_zoomed:
            self.fit()

    def fit(self) -> None:
        """Show all of it."""
        self.fitInView(self.sceneRect(), Qt.AspectRatioMode.KeepAspectRatio)

    def wheelEvent(self, event: QWheelEvent | None) -> None:
        """Zoom."""
        if event is not None:
            self._is_zoomed = True
            factor = ZOOM if event.angleDelta().y() > 0 else 1 / ZOOM
            self.scale(factor, factor)
            event.accept()


class PreviewDialog(QDialog):
    """Shows an earlier bench in a coloured frame, and offers to restore it or to save it.

    Args:
        picture: draws it; its scene is deleted with this window.

    Attributes:
        picture: draws the bench.
        view: shows it.
        table: how it differs from another one; shown while there is one to compare with.
        buttons: *Back to now*, *Restore this bench* and *Save as file…*.

    Signals:
        restore_requested: the user wants it back.
        save_requested: the user wants it as a file.
    """

    restore_requested = pyqtSignal()
    save_requested = pyqtSignal()

    def __init__(self, picture: Picture, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.picture = picture
        picture.scene.setParent(self)
        self._extent = QRectF()
        self._caption = QLabel(self)
        self._caption.setTextFormat(Qt.TextFormat.PlainText)
        self._caption.setWordWrap(True)
        frame = _orange_frame(self)
        self.view = PreviewView(picture.scene, frame)
        self.table = ComparisonTable(self)
        self.table.hide()
        self._comparison: Comparison | None = None
        self._builder = PictureBuilder(picture, self)
        self._builder.built.connect(self._on_built)
        self._then: PictureBuilder | None = None
        self._records: Mapping[str, Record] = {}
        self._before: Mapping[str, Record] = {}
        inside = QVBoxLayout(frame)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.addWidget(self.view)
        self.buttons = self._make_buttons()
        layout = QVBoxLayout(self)
        parts = QSplitter(Qt.Orientation.Vertical, self)
        parts.addWidget(frame)
        parts.addWidget(self.table)
        parts.setStretchFactor(0, 1)
        self._parts = parts
        layout.addWidget(self._caption)
        layout.addWidget(parts, 1)
        layout.addWidget(self.buttons)
        self.resize(self.fontMetrics().averageCharWidth() * 110, self.fontMetrics().height() * 36)

    def _make_buttons(self) -> QDialogButtonBox:
        buttons = QDialogButtonBox(self)
        now = buttons.addButton(texts.BACK_TO_NOW, QDialogButtonBox.ButtonRole.RejectRole)
        restore = buttons.addButton(texts.RESTORE_BENCH, QDialogButtonBox.ButtonRole.ActionRole)
        save = buttons.addButton(dialogs.SAVE_AS_FILE, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.rejected.connect(self.close)
        if now is not None and restore is not None and save is not None:
            now.setDefault(True)
            restore.clicked.connect(self.restore_requested)
            restore.clicked.connect(self.close)
            save.clicked.connect(self.save_requested)
        return buttons

    def show_bench(self, records: Mapping[str, Record], title: str, caption: str) -> None:
        """Show a bench instead of the one before; what the view shows stays where it is.

        Args:
            records: id → record.
            title: of the window.
            caption: a sentence above the bench; empty for none.
        """
        self.setWindowTitle(title)
        self._caption.setText(caption)
        self._caption.setToolTip(unmarked(caption))
        self._caption.setVisible(bool(caption))
        self._records = records
        if self._comparison is not None:
            self.table.compare(self._before, records)
        self.view.hurry()
        self._builder.show(records)

    def compare(self, then: Picture, before: Mapping[str, Record]) -> None:
        """Mark and list how whatever is shown from now on differs from an earlier bench.

        Args:
            then: for the earlier one; this dialog deletes its scene.
            before: the records of the earlier one.
        """
        self.end_comparison()
        then.scene.setParent(self)
        self._before, self._comparison = before, Comparison(then, self.picture)
        self._then = PictureBuilder(then, self)
        self._then.built.connect(self._mark)
        table = self.fontMetrics().lineSpacing() * TABLE_LINES
        self._parts.setSizes([self.height() - table, table])
        self.table.compare(before, self._records)
        self.table.show()
        self._then.show(before)

    def end_comparison(self) -> None:
        """Show the bench alone."""
        if self._comparison is not None and self._then is not None:
            self._comparison.clear()
            self._then.deleteLater()
            self._comparison = self._then = None
        self.table.hide()

    @pyqtSlot()
    def _on_built(self) -> None:
        self._show_area(self.picture.scene.sceneRect())
        self._mark()

    @pyqtSlot()
    def _mark(self) -> None:
        """Mark the differences, once both benches are there."""
        is_done = self._builder.is_done and self._then is not None and self._then.is_done
        if self._comparison is not None and is_done:
            self._comparison.mark(self._before, self._records)
            self._show_area(self._comparison.area)

    def _show_area(self, area: QRectF) -> None:
        """Let the view reach an area [mm]; the first one fills it."""
        is_first = self._extent.isNull()
        margins = QMarginsF(MARGIN_MM, MARGIN_MM, MARGIN_MM, MARGIN_MM)
        self._extent = self._extent.united(area.marginsAdded(margins))
        self.view.setSceneRect(self._extent)
        if is_first:
            self.view.fit()


def _orange_frame(parent: QWidget) -> QFrame:
    frame = QFrame(parent)
    frame.setFrameStyle(QFrame.Shape.Box | QFrame.Shadow.Plain)
    frame.setLineWidth(FRAME_PX)
    colours = frame.palette()
    colours.setColor(QPalette.ColorRole.WindowText, ORANGE)
    frame.setPalette(colours)
    return frame
