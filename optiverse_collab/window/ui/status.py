"""The part of the status bar with the state of the collaboration."""

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
from optiverse_collab.window.ui.avatars import Avatar
from optiverse_collab.window.ui.button_keys import press_by_keys
from optiverse_collab.wording import standing as wording
from optiverse_collab.wording.standing import Standing

MOST = 5
"""At most this many people are shown; the rest are counted: "+3"."""

PEOPLE_GAP = 2  # pixels between people


class StatusWidget(QToolButton):
    """The people, four bars or a dot in the colour of the state, and a few words.

    A click (or Space, with the keyboard) is `clicked`, as of any button. Where there is little room, the
    people go first, and then the details, the least important before the others.

    Attributes:
        standing: the shown state.
        avatars: of the people in the session.
        details: the words after the text.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.details: Sequence[str] = ()
        self.avatars: Sequence[Avatar] = ()
        self._shown: tuple[str, ...] = ()
        self.setAutoRaise(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        press_by_keys(self)
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
        """The words that fit."""
        metrics, room = self.fontMetrics(), self.width() - self._margins() - self._people_shown()
        for count in range(len(self.details), 0, -1):
            words = _joined(self.text(), self.details[:count])
            if metrics.horizontalAdvance(words) <= room:
                return words
        return self.text()

    def show_standing(self, standing: Standing, tooltip: str) -> None:
        """Show the state; paint only if that looks different, since figures change every second."""
        before, words = self._shown, wording.state(standing)
        self.standing, self.details = standing, wording.details(standing)
        self._shown = (standing.state.value, standing.quality.grade.value, tooltip, words, *self.details)
        if self._shown == before:
            return
        self.setText(words)
        self.setToolTip(unmarked(tooltip))
        self.setAccessibleName(wording.accessible(_joined(self.text(), self.details)))
        self.updateGeometry()
        self.update()

    def show_people(self, avatars: Sequence[Avatar], names: str) -> None:
        """Show the people.

        Args:
            names: their text for a screen reader.
        """
        if avatars != self.avatars:
            self.avatars = avatars
            self.updateGeometry()
            self.update()
        self.setAccessibleDescription(names)

    def sizeHint(self) -> QSize:
        """People, all of the text, bars, and room between them."""
        return QSize(self._width_of_words() + self._width_of_people(), self.fontMetrics().height() + 4)

    def minimumSizeHint(self) -> QSize:
        """Without the details, so that the window can be narrow."""
        words = self.fontMetrics().horizontalAdvance(self.text())
        return QSize(words + self._margins(), self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Draw bars and text, in the colours of the host's theme."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        dot, left = self._dot(), self._people_shown()
        if left:
            self._draw_people(painter)
        place = QRectF(left + dot / 2, (self.height() - dot) / 2, dot, dot)
        if self.standing.state is ConnectionState.CONNECTED:
            signal_bars.draw(painter, place.adjusted(-2, -2, 2, 2), self.standing.quality.grade.bars)
        else:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self.colour)
            painter.drawEllipse(place)
        painter.setPen(self.palette().color(QPalette.ColorRole.WindowText))
        area = self.rect().adjusted(left + 2 * dot, 0, 0, 0)
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self.shown)
        style = self.style()
        if self.hasFocus() and style is not None:
            option = QStyleOptionButton()
            option.initFrom(self)
            style.drawPrimitive(QStyle.PrimitiveElement.PE_FrameFocusRect, option, painter, self)

    def _draw_people(self, painter: QPainter) -> None:
        side = self.fontMetrics().height()
        top = (self.height() - side) / 2
        for place, avatar in enumerate(self.avatars[:MOST]):
            avatar.draw(painter, QRectF(PEOPLE_GAP + place * (side + PEOPLE_GAP), top, side, side))
        painter.setPen(self.palette().color(QPalette.ColorRole.WindowText))
        rest = self.rect().adjusted(PEOPLE_GAP + MOST * (side + PEOPLE_GAP), 0, 0, 0)
        painter.drawText(rest, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self._rest())

    def _rest(self) -> str:
        """How many people are not shown."""
        more = len(self.avatars) - MOST
        return f"+{more}" if more > 0 else ""

    def _people_shown(self) -> int:
        """The width of the people, in pixels; 0 if there is no room for them."""
        room = self._width_of_people()
        return room if self.width() >= self._width_of_words() + room else 0

    def _width_of_people(self) -> int:
        if not self.avatars:
            return 0
        discs = min(len(self.avatars), MOST) * (self.fontMetrics().height() + PEOPLE_GAP)
        rest = self.fontMetrics().horizontalAdvance(self._rest())
        return PEOPLE_GAP + discs + rest

    def _width_of_words(self) -> int:
        words = _joined(self.text(), self.details)
        return self.fontMetrics().horizontalAdvance(words) + self._margins()

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
        case ConnectionState.CONNECTED:
            return colours.GREEN
        case ConnectionState.FAILED:
            return colours.VERMILION
        case (
            ConnectionState.CONNECTING
            | ConnectionState.OUTSIDE
            | ConnectionState.SYNCING
            | ConnectionState.RECONNECTING
        ):
            return colours.ORANGE
    raise Unmatched(state)
