"""The part of the status bar that says how the collaboration stands."""

from __future__ import annotations

from PyQt6.QtCore import QSize, Qt
from PyQt6.QtGui import QColor, QPainter, QPaintEvent, QPalette
from PyQt6.QtWidgets import QSizePolicy, QStyle, QStyleOptionButton, QToolButton, QWidget

from optiverse_collab.core.client.connector import ConnectionState
from optiverse_collab.core.exhaustive import Unmatched
from optiverse_collab.window.ui import colours
from optiverse_collab.wording import dialogs

_WIDEST = 28  # characters; longer text is elided


class StatusWidget(QToolButton):
    """A dot in the colour of the connection's state, and a few words.

    A click (or Space, with the keyboard) is `clicked`, as of any button.

    Attributes:
        state: how the connection stands.
        slow: whether the connection is poor.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.state = ConnectionState.OFFLINE
        self.slow = False
        self.setAutoRaise(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        self.setAccessibleName("Collaboration")
        self.show_state(ConnectionState.OFFLINE, 0)

    @property
    def colour(self) -> QColor:
        """The colour of the dot."""
        return colours.ORANGE if self.slow else _colour(self.state)

    def show_state(self, state: ConnectionState, users: int, slow: bool = False) -> None:
        """Show a state; while connected, how many users there are, and whether the connection is poor."""
        self.state = state
        self.slow = slow and state is ConnectionState.CONNECTED
        told = dialogs.status(state, users)
        if self.slow:
            told = dialogs.SLOW.format(users=told)
        metrics = self.fontMetrics()
        widest = metrics.averageCharWidth() * _WIDEST
        self.setText(metrics.elidedText(told, Qt.TextElideMode.ElideRight, widest))
        if state is ConnectionState.OFFLINE:
            self.setToolTip(dialogs.TOOLTIP_OFFLINE)
        self.updateGeometry()
        self.update()

    def show_place(self, session: str, server: str, latency: str, quality: str) -> None:
        """Say in the tooltip where we are connected, and how well."""
        told = dialogs.TOOLTIP.format(session=session, server=server, latency=latency, quality=quality)
        self.setToolTip(told)

    def sizeHint(self) -> QSize:
        """Text, dot, and room between them."""
        metrics = self.fontMetrics()
        return QSize(
            metrics.horizontalAdvance(self.text()) + 3 * self._dot() + metrics.averageCharWidth(),
            metrics.height() + 4,
        )

    def minimumSizeHint(self) -> QSize:
        """Nothing is cut off."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Draw dot and text, in the colours of the host's theme."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        dot = self._dot()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.colour)
        painter.drawEllipse(dot // 2, (self.height() - dot) // 2, dot, dot)
        painter.setPen(self.palette().color(QPalette.ColorRole.WindowText))
        area = self.rect().adjusted(2 * dot, 0, 0, 0)
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self.text())
        style = self.style()
        if self.hasFocus() and style is not None:
            option = QStyleOptionButton()
            option.initFrom(self)
            style.drawPrimitive(QStyle.PrimitiveElement.PE_FrameFocusRect, option, painter, self)

    def _dot(self) -> int:
        return max(8, self.fontMetrics().height() * 2 // 3)


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
