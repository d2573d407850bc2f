"""A banner at the bottom of a host's dialog: never modal, and nothing in the dialog moves for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PyQt6.QtCore import QEvent, QObject, Qt, pyqtSlot
from PyQt6.QtGui import QPainter, QPaintEvent, QPalette
from PyQt6.QtWidgets import QDialog, QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout

from optiverse_collab.drivers.qt.timers import single_shot
from optiverse_collab.window.ui import colours
from optiverse_collab.window.ui.toasts import breakable

EDGE = 4  # pixels: the coloured edge at the left

BannerAction = tuple[str, Callable[[], object]]
"""A button: its text, and its action."""


class DialogBanner(QFrame):
    """Shows a text in a dialog while it is valid.

    The dialog grows by its height, and the bottom margin of its layout, too; both are given back. It doesn't
    take the keyboard: its buttons come last with Tab, and Return doesn't press them.

    Args:
        dialog: the host's.

    Attributes:
        text: the shown text.
        buttons: those of the actions, in their order.
    """

    def __init__(self, dialog: QDialog) -> None:
        super().__init__(dialog)
        self.text = ""
        self.buttons: list[QPushButton] = []
        self._dialog = dialog
        self._room = 0
        self._label = QLabel(self)
        self._label.setTextFormat(Qt.TextFormat.PlainText)
        self._label.setWordWrap(True)
        self._label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._row = QHBoxLayout()
        self._row.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(EDGE + 6, 6, 6, 6)
        layout.addWidget(self._label)
        layout.addLayout(self._row)
        self._later = single_shot(self, self._lay_out)
        dialog.installEventFilter(self)

    def show_text(self, text: str, actions: Sequence[BannerAction]) -> None:
        """Show this instead of the former text.

        Args:
            text: a sentence; markup in it shows as it is written.
            actions: what the user can do about it.
        """
        self.text = text
        self._label.setText(breakable(text))
        self._label.setAccessibleName(text)
        self.setAccessibleName(text)
        for button in self.buttons:
            button.hide()
            button.deleteLater()
        self.buttons = [self._button(*action) for action in actions]
        self._lay_out()
        self.show()
        self.raise_()

    def leave(self) -> None:
        """Restore the dialog."""
        self._dialog.removeEventFilter(self)
        self._later.stop()
        self._give_room(0)
        self.hide()
        self.deleteLater()

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Stay at the bottom of the dialog."""
        if event is not None and event.type() == QEvent.Type.Resize:
            self._later.start()
        return False

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Draw the background in the colours of the host's theme, and a conspicuous edge."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self.palette().color(QPalette.ColorRole.AlternateBase))
        painter.fillRect(0, 0, EDGE, self.height(), colours.ORANGE)
        painter.fillRect(0, 0, self.width(), 1, colours.ORANGE)

    def _button(self, text: str, run: Callable[[], object]) -> QPushButton:
        button = QPushButton(text, self)
        button.setAutoDefault(False)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(lambda: run())
        self._row.addWidget(button)
        return button

    @pyqtSlot()
    def _lay_out(self) -> None:
        layout, width = self.layout(), self._dialog.width()
        if layout is None:
            return
        layout.activate()
        height = layout.totalHeightForWidth(width)
        self._give_room(height)
        self.setGeometry(0, self._dialog.height() - height, width, height)

    def _give_room(self, height: int) -> None:
        more = height - self._room
        layout = self._dialog.layout()
        if not more:
            return
        self._room = height
        size = self._dialog.size()
        if layout is not None:
            margins = layout.contentsMargins()
            margins.setBottom(margins.bottom() + more)
            layout.setContentsMargins(margins)
            layout.activate()  # only then may the dialog become smaller
        self._dialog.resize(size.width(), size.height() + more)
