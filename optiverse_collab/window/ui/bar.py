"""The bar over the top of the bench: lasting states, and what to do about them."""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum
from typing import NamedTuple

from PyQt6.QtCore import QSize, Qt, pyqtSlot
from PyQt6.QtGui import QPainter, QPaintEvent, QPalette, QResizeEvent
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QLabel, QMainWindow, QPushButton, QSizePolicy

from optiverse_collab.core.text import unmarked
from optiverse_collab.window.ui import colours
from optiverse_collab.window.ui.bench_area import BenchArea
from optiverse_collab.window.ui.button_keys import press_by_keys

EDGE = 4  # pixels: the coloured edge at the left

BarAction = tuple[str, Callable[[], object]]
"""A button: its text, and its action."""


class Rescue(NamedTuple):
    """What the user can do about an outage.

    Attributes:
        action: a button; None if there is only something to say.
        more: when to do it, for the tooltip.
    """

    action: BarAction | None
    more: str = ""


class State(IntEnum):
    """Lasting states, the most important first."""

    UNPROTECTED = 0
    """Edits would not survive a crash."""
    HOST_LEFT = 1
    """The session's host is gone."""
    OFFLINE = 2
    """There is no connection."""
    OUTSIDE = 3
    """An owner has to let the user in."""
    NOT_SAVING = 4
    """The server doesn't save for now."""
    ENDING = 5
    """The user's access ends soon."""
    VIEW_ONLY = 6
    """The user may not edit."""
    ALONE = 7
    """The server goes on without its standby."""
    WAITING = 8
    """There is no session, and unsent edits of one wait on this computer."""


class _Shown(NamedTuple):
    """The display of a state."""

    sentence: str
    action: BarAction | None
    more: str


class StateBar(QFrame):
    """One line over the top of the bench while there is something to show.

    It lies on the bench instead of moving it: a connection may be lost while the user drags something.

    Args:
        window: its central widget lies below.

    Attributes:
        button: the action of the most important state that has one.
        rescue: what the user can do about an outage, besides waiting; called while one shows.
    """

    def __init__(self, window: QMainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._states: dict[State, _Shown] = {}
        self._run: Callable[[], object] = lambda: None
        self._is_closed = False
        self.rescue: Callable[[], Rescue | None] = lambda: None
        self._label = _Elided(self)
        self.button = QPushButton(self)
        self.button.setAutoDefault(False)
        self.button.clicked.connect(self._on_clicked)
        press_by_keys(self.button)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(EDGE + 6, 2, 4, 2)
        layout.addWidget(self._label, 1)
        layout.addWidget(self.button)
        self._area = BenchArea(window)
        self._area.changed.connect(self._lay_out)
        self.hide()

    @property
    def text(self) -> str:
        """All shown texts, the most important first."""
        return self._label.full_text

    def set_state(self, state: State, sentence: str, action: BarAction | None = None, more: str = "") -> None:
        """Show a lasting state, in place of its former text.

        Args:
            sentence: the state; markup in it shows unchanged.
            action: what the user can do about it.
            more: for the tooltip.
        """
        if not self._is_closed:
            self._states[state] = _Shown(sentence, action, more)
            self._show()

    def clear_state(self, state: State) -> None:
        """It is over."""
        if self._states.pop(state, None) is not None:
            self._show()

    def close_for_good(self) -> None:
        """Leave the window, and ignore later calls."""
        self._states.clear()
        self._show()
        self._is_closed = True
        self.deleteLater()

    def sizeHint(self) -> QSize:
        """As high as its button, whether it has one or not: so it does not jump."""
        return QSize(self._area.rect().width(), self.button.sizeHint().height() + 4)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Draw the background in the colours of the host's theme, and a conspicuous edge."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self.palette().color(QPalette.ColorRole.AlternateBase))
        painter.fillRect(0, 0, EDGE, self.height(), colours.ORANGE)
        painter.fillRect(0, self.height() - 1, self.width(), 1, colours.ORANGE)

    def _show(self) -> None:
        shown = [self._states[state] for state in sorted(self._states)]
        text = " · ".join(one.sentence for one in shown)
        lines = [line for one in shown for line in (one.sentence, one.more) if line]
        self._label.set_text(text, "\n".join(lines))
        action = next((one.action for one in shown if one.action is not None), None)
        had_focus = self.button.hasFocus()
        self.button.setVisible(action is not None)
        if action is not None:
            self.button.setText(action[0])
            self._run = action[1]
        if not shown:
            self._leave(had_focus)
        elif self.isHidden():
            self._lay_out()
            self.show()
            self.raise_()
        self.setAccessibleName(self.text)

    def _leave(self, had_focus: bool) -> None:
        """Hide; if the button had the keyboard, the bench gets it back."""
        self.hide()
        bench = self._window.centralWidget()
        if had_focus and bench is not None:
            bench.setFocus()

    @pyqtSlot()
    def _lay_out(self) -> None:
        area = self._area.rect()
        self.setGeometry(area.x(), area.y(), area.width(), self.sizeHint().height())

    @pyqtSlot()
    def _on_clicked(self) -> None:
        self._run()


class _Elided(QLabel):
    """One line that ends with … if there is no room; the tooltip has the full text.

    Attributes:
        full_text: all of it.
    """

    def __init__(self, parent: StateBar) -> None:
        super().__init__(parent)
        self.full_text = ""
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def set_text(self, text: str, tooltip: str) -> None:
        """Show a text; the tooltip says the same, and perhaps more."""
        self.full_text = text
        self.setToolTip(unmarked(tooltip))
        self._elide()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Show as much as there is room for."""
        super().resizeEvent(event)
        self._elide()

    def _elide(self) -> None:
        self.setText(self.fontMetrics().elidedText(self.full_text, Qt.TextElideMode.ElideRight, self.width()))
