"""The frame around a canvas that follows somebody's view, with a button to stop."""

from __future__ import annotations

from PyQt6.QtCore import QEvent, QObject, QRect, Qt, pyqtSignal
from PyQt6.QtGui import QPainter, QPaintEvent, QRegion
from PyQt6.QtWidgets import QFrame, QGraphicsView, QHBoxLayout, QLabel, QPushButton, QWidget

from optiverse_collab.core.text import unmarked
from optiverse_collab.window.ui.button_keys import press_by_keys
from optiverse_collab.window.ui.marks import has_pattern
from optiverse_collab.window.ui.palette import HALO, brush_of
from optiverse_collab.wording import following as texts

EDGE_PX = 5
"""How wide the frame is."""

GAP_PX = 8
"""The distance between the frame and the sentence."""

ROWS_ABOVE = 2.5
"""The sentence is that many rows of text below the frame: the bar over the bench may be there."""


class FollowFrame(QWidget):
    """A frame in somebody's colour, which lets the mouse through; near its upper edge a sentence and *Stop*.

    Args:
        view: the canvas.
        sentence: whose view it is.
        colour: the number of their colour.

    Attributes:
        panel: the sentence and the button.
        stop: the button.

    Signals:
        stopped: the user wants to stop.
    """

    stopped = pyqtSignal()

    def __init__(self, view: QGraphicsView, sentence: str, colour: int) -> None:
        super().__init__(view)
        self._viewport = view.viewport() or view
        self._colour = colour
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.panel = QFrame(view)
        self.panel.setFrameShape(QFrame.Shape.StyledPanel)
        self.panel.setAutoFillBackground(True)
        self._label = QLabel(self.panel)
        self._label.setTextFormat(Qt.TextFormat.PlainText)
        self._sentence = sentence
        self.panel.setAccessibleName(sentence)
        self.panel.setToolTip(unmarked(sentence))
        self.stop = QPushButton(texts.STOP, self.panel)
        self.stop.setToolTip(texts.STOP_TIP)
        self.stop.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the keyboard on the bench
        self.stop.clicked.connect(self.stopped)
        press_by_keys(self.stop)
        layout = QHBoxLayout(self.panel)
        layout.setContentsMargins(GAP_PX, 3, 3, 3)
        layout.addWidget(self._label, 1)
        layout.addWidget(self.stop)
        self._viewport.installEventFilter(self)
        self._cover()
        for widget in (self, self.panel):
            widget.show()
            widget.raise_()

    def close_for_good(self) -> None:
        """Restore the canvas."""
        self._viewport.removeEventFilter(self)
        had_focus = self.stop.hasFocus()
        for widget in (self, self.panel):
            widget.hide()
            widget.deleteLater()
        if had_focus:
            self._viewport.setFocus()

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Stay around the canvas."""
        if event is not None and event.type() in (QEvent.Type.Resize, QEvent.Type.Move):
            self._cover()
        return False

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Draw the frame: the colour between a dark line and a light one."""
        painter, (outer, inner) = QPainter(self), HALO
        painter.fillRect(self.rect(), outer)
        painter.fillRect(self.rect().adjusted(1, 1, -1, -1), inner if has_pattern(self._colour) else outer)
        painter.fillRect(self.rect().adjusted(1, 1, -1, -1), brush_of(self._colour))
        edge = EDGE_PX - 1
        painter.fillRect(self.rect().adjusted(edge, edge, -edge, -edge), inner)

    def _cover(self) -> None:
        place = self._viewport.geometry()
        self.setGeometry(place)
        whole = QRect(0, 0, place.width(), place.height())
        self.setMask(QRegion(whole) - QRegion(whole.adjusted(EDGE_PX, EDGE_PX, -EDGE_PX, -EDGE_PX)))
        most = max(1, place.width() - 2 * (EDGE_PX + GAP_PX))
        room = most - self.stop.sizeHint().width() - 4 * GAP_PX
        self._label.setText(self.fontMetrics().elidedText(self._sentence, Qt.TextElideMode.ElideMiddle, room))
        size = self.panel.sizeHint()
        width = min(size.width(), most)
        left = place.x() + (place.width() - width) // 2
        top = place.y() + EDGE_PX + round(ROWS_ABOVE * self.fontMetrics().height())
        self.panel.setGeometry(left, top, width, size.height())
