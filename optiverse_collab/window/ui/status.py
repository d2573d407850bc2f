"""The part of the status bar that says how the collaboration stands."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QPainter, QPaintEvent, QPalette
from PyQt6.QtWidgets import QSizePolicy, QStyle, QStyleOptionButton, QToolButton, QWidget

from optiverse_collab.core.client.connector import ConnectionState
from optiverse_collab.core.client.quality import Grade, Quality
from optiverse_collab.core.exhaustive import Unmatched
from optiverse_collab.core.text import unmarked
from optiverse_collab.window.ui import colours, signal_bars
from optiverse_collab.wording import standing as wording
from optiverse_collab.wording.standing import Standing


class StatusWidget(QToolButton):
    """Four bars, or a dot in the colour of the state, and a few words.

    A click (or Space, with the keyboard) is `clicked`, as of any button. Where there is little room, the
    details go, the least important before the others.

    Attributes:
        standing: what it shows.
        details: what stands behind the text.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.details: Sequence[str] = ()
        self.setAutoRaise(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        self.show_standing(
            Standing(ConnectionState.OFFLINE, 0, 0, Quality(Grade.OFFLINE)), wording.NOT_CONNECTED
        )

    @property
    def colour(self) -> QColor:
        """The colour of the dot, or of the bars."""
        if self.standing.state is ConnectionState.CONNECTED:
            return signal_bars.colour_of(self.standing.quality.grade.bars)
        return _colour(self.standing.state)

    @property
    def shown(self) -> str:
        """The words for which there is room."""
        metrics, room = self.fontMetrics(), self.width() - self._margins()
        for count in range(len(self.details), 0, -1):
            words = _joined(self.text(), self.details[:count])
            if metrics.horizontalAdvance(words) <= room:
                return words
        return self.text()

    def show_standing(self, standing: Standing, tooltip: str) -> None:
        """Show how it stands."""
        self.standing = standing
        self.setText(wording.state(standing))
        self.details = wording.details(standing)
        self.setToolTip(unmarked(tooltip))
        self.setAccessibleName(f"Collaboration: {_joined(self.text(), self.details)}")
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """All of the text, bars, and room between them."""
        words = _joined(self.text(), self.details)
        return QSize(
            self.fontMetrics().horizontalAdvance(words) + self._margins(), self.fontMetrics().height() + 4
        )

    def minimumSizeHint(self) -> QSize:
        """Without the details, so that the window can be narrow."""
        words = self.fontMetrics().horizontalAdvance(self.text())
        return QSize(words + self._margins(), self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Draw bars and text, in the colours of the host's theme."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        dot = self._dot()
        place = QRectF(dot / 2, (self.height() - dot) / 2, dot, dot)
        if self.standing.state is ConnectionState.CONNECTED:
            signal_bars.draw(painter, place.adjusted(-2, -2, 2, 2), self.standing.quality.grade.bars)
        else:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self.colour)
            painter.drawEllipse(place)
        painter.setPen(self.palette().color(QPalette.ColorRole.WindowText))
        area = self.rect().adjusted(2 * dot, 0, 0, 0)
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self.shown)
        style = self.style()
        if self.hasFocus() and style is not None:
            option = QStyleOptionButton()
            option.initFrom(self)
            style.drawPrimitive(QStyle.PrimitiveElement.PE_FrameFocusRect, option, painter, self)

    def _dot(self) -> int:
        return max(8, self.fontMetrics().height() * 2 // 3)

    def _margins(self) -> int:
        return 2 * self._dot() + self.fontMetrics().averageCharWidth()


def _joined(text: str, details: Sequence[str]) -> str:
    return " · ".join([text, *details])


def _colour(state: ConnectionState) -> QColor:
    """The colour of a state; the text says the same."""
    match state:
        case ConnectionState.OFFLINE:
            return colours.GREY
        case ConnectionState.CONNECTING | ConnectionState.SYNCING | ConnectionState.RECONNECTING:
            return colours.ORANGE
        case ConnectionState.CONNECTED:
            return colours.GREEN
        case ConnectionState.FAILED:
            return colours.VERMILION
    raise Unmatched(state)
