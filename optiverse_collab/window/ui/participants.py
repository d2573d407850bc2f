"""Who is in the session."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QColor, QIcon, QPainter, QPixmap
from PyQt6.QtWidgets import QDialog, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from optiverse_collab.core.protocol.participants import Participant
from optiverse_collab.core.text import unmarked
from optiverse_collab.window.ui import colours
from optiverse_collab.wording import dialogs

_COLOURS = (
    colours.BLUE,
    colours.VERMILION,
    colours.GREEN,
    colours.PURPLE,
    colours.ORANGE,
    colours.SKY_BLUE,
)


def colour_of(connection_id: str) -> QColor:
    """A participant's colour: the same in every window, as long as the connection lasts."""
    digits = "".join(c for c in connection_id if c.isdigit())
    return _COLOURS[int(digits or 0) % len(_COLOURS)]


class ParticipantsDialog(QDialog):
    """A list of names, each with its colour; it stays up to date while it is open.

    Attributes:
        names: the list.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(dialogs.PARTICIPANTS_TITLE)
        self.names = QListWidget(self)
        self.names.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.names.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        layout = QVBoxLayout(self)
        layout.addWidget(self.names)
        self.resize(self.fontMetrics().averageCharWidth() * 40, self.fontMetrics().height() * 14)

    def show_participants(self, participants: Sequence[Participant], me: Participant | None) -> None:
        """Replace the list."""
        self.names.clear()
        for participant in participants:
            mine = me is not None and participant.connection_id == me.connection_id
            label = dialogs.YOU if mine else dialogs.AWAY if participant.away else "{name}"
            name = label.format(name=participant.user_id)
            item = QListWidgetItem(self._dot(participant.connection_id), name, self.names)
            item.setToolTip(unmarked(participant.user_id))

    def _dot(self, connection_id: str) -> QIcon:
        side, ratio = self.fontMetrics().height(), self.devicePixelRatioF()
        pixmap = QPixmap(round(side * ratio), round(side * ratio))
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour_of(connection_id))
        painter.drawEllipse(side // 6, side // 6, side * 2 // 3, side * 2 // 3)
        painter.end()
        return QIcon(pixmap)
