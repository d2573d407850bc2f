"""The popup of the status bar: the people in the session, and the connection quality."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import QPoint, QRectF, QSize, Qt
from PyQt6.QtGui import QPainter, QPaintEvent, QPalette
from PyQt6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from optiverse_collab.window.ui import signal_bars
from optiverse_collab.window.ui.sparkline import Sparkline
from optiverse_collab.window.ui.toasts import breakable
from optiverse_collab.wording import people
from optiverse_collab.wording import standing as wording
from optiverse_collab.wording.standing import Standing

WIDTH = 50  # characters
NAMES = 8
"""How many people are named; the dock *People* has all."""


class QualityPopup(QDialog):
    """Shows the figures of a connection as long as it is open; Escape or a click elsewhere closes it.

    Attributes:
        people: the button for the list of people.
        retry: the button that connects now; hidden while no attempt is waited for.
        figures: the listed names → values.
    """

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setWindowTitle(wording.COLLABORATION)
        self.figures: dict[str, str] = {}
        self._place, self._people, self._verdict = (_text(self) for _ in range(3))
        self._bars = _Bars(self)
        self._curve = Sparkline(self)
        self._grid = QGridLayout()
        self._labels: dict[str, QLabel] = {}
        self.people = QPushButton(wording.PEOPLE, self)
        self.retry = QPushButton(wording.RETRY, self)
        verdict, buttons, layout = QHBoxLayout(), QHBoxLayout(), QVBoxLayout(self)
        verdict.addWidget(self._bars)
        verdict.addWidget(self._verdict, 1)
        buttons.addStretch(1)
        buttons.addWidget(self.retry)
        buttons.addWidget(self.people)
        for part in (self._place, self._people, verdict, self._curve, self._grid, buttons):
            if isinstance(part, QWidget):
                layout.addWidget(part)
            else:
                layout.addLayout(part)
        self.setFixedWidth(self.fontMetrics().averageCharWidth() * WIDTH)

    def show_standing(self, standing: Standing, place: str, names: Sequence[str]) -> None:
        """Show the state.

        Args:
            place: the session and the server.
            names: of the people in the session.
        """
        self._place.setText(breakable(place))
        self._people.setText(breakable(people.names(names, NAMES)))
        self._people.setVisible(bool(names))
        self._bars.show_bars(standing.quality.grade.bars)
        self._verdict.setText(
            standing.quality.verdict if standing.quality.grade.bars else wording.state(standing)
        )
        self._curve.set_values(standing.quality.history)
        self.figures = dict(wording.figures(standing))
        for row, (name, value) in enumerate(self.figures.items()):
            if name not in self._labels:
                self._labels[name] = QLabel(self)
                self._grid.addWidget(QLabel(name, self), row, 0)
                self._grid.addWidget(self._labels[name], row, 1, Qt.AlignmentFlag.AlignRight)
            self._labels[name].setText(value)
            self._labels[name].setAccessibleName(f"{name}: {value}")
        self.retry.setVisible(standing.retry_s is not None)
        self._fit()

    def open_above(self, widget: QWidget) -> None:
        """Open with the lower right corner at a widget's upper one, on its screen."""
        self.show()
        self._fit()
        corner = widget.mapToGlobal(QPoint(widget.width(), 0))
        screen = widget.screen()
        place = corner - QPoint(self.width(), self.height())
        if screen is not None:
            free = screen.availableGeometry()
            place.setX(max(free.left(), min(place.x(), free.right() - self.width())))
            place.setY(max(free.top(), place.y()))
        self.move(place)
        self.people.setFocus()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Draw an edge: a popup has no frame of its own."""
        super().paintEvent(event)
        edge = self.palette().color(QPalette.ColorRole.WindowText)
        edge.setAlphaF(0.35)
        painter = QPainter(self)
        painter.setPen(edge)
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def _fit(self) -> None:
        layout = self.layout()
        if layout is not None:
            layout.activate()
            self.setFixedHeight(layout.totalHeightForWidth(self.width()))


class _Bars(QWidget):
    """The four bars."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._bars = 0
        side = parent.fontMetrics().height()
        self.setFixedSize(QSize(side, side))

    def show_bars(self, bars: int) -> None:
        """Light this many."""
        self._bars = bars
        self.update()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Draw them."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        signal_bars.draw(painter, QRectF(self.rect()), self._bars)


def _text(parent: QWidget) -> QLabel:
    label = QLabel(parent)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    return label
