"""Short notices in a corner of the window: never modal, never in the way of the keyboard."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence

from PyQt6.QtCore import QObject, QRectF, Qt, pyqtSignal, pyqtSlot
from PyQt6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPalette, QPen
from PyQt6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QLabel,
    QMainWindow,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from optiverse_collab.drivers.qt.timers import single_shot
from optiverse_collab.window.ui.bench_area import BenchArea
from optiverse_collab.window.ui.button_keys import press_by_keys
from optiverse_collab.wording import dialogs

MOST = 3
"""How many notices show at a time; the next one takes the place of the oldest."""

SHOWN_MS = 5000
"""How long a notice without buttons shows, if neither mouse nor keyboard is on it."""

WIDEST = 46  # characters
GAP = 10  # pixels between notices, and around them

ToastAction = tuple[str, Callable[[], None]]
"""A button: its text, and its action."""

_VIRAMA = 9  # the combining class of signs that join letters of Indian scripts

_LONG_WORD = re.compile(r"(\S{16})(?=\S)")


class Toast(QFrame):
    """One notice: a sentence, perhaps buttons, and a cross that dismisses it, as Escape does.

    Attributes:
        text: the sentence.
        buttons: those of the actions, in their order.
        dismiss: the cross.

    Signals:
        done: it is no longer needed.
    """

    done = pyqtSignal()

    def __init__(
        self, text: str, actions: Sequence[ToastAction], parent: QWidget, lasts_ms: int | None = None
    ) -> None:
        super().__init__(parent)
        self.text = text
        self.setAccessibleName(text)
        self.setAutoFillBackground(False)
        label = QLabel(breakable(text), self)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        label.setAccessibleName(text)
        self.dismiss = QToolButton(self)
        self.dismiss.setText("\N{MULTIPLICATION SIGN}")
        self.dismiss.setAutoRaise(True)
        self.dismiss.setToolTip(dialogs.DISMISS)
        self.dismiss.setAccessibleName(dialogs.DISMISS)
        self.dismiss.clicked.connect(self.done)
        press_by_keys(self.dismiss)
        sentence, row = QHBoxLayout(), QHBoxLayout()
        sentence.addWidget(label, 1)
        sentence.addWidget(self.dismiss, 0, Qt.AlignmentFlag.AlignTop)
        self.buttons = [self._button(*action) for action in actions]
        row.addStretch(1)
        for button in self.buttons:
            row.addWidget(button)
        layout = QVBoxLayout(self)
        layout.addLayout(sentence)
        if actions:
            layout.addLayout(row)
        self._timer = single_shot(self, self._on_late, SHOWN_MS)
        if lasts_ms is not None:  # then there is nothing left to answer
            single_shot(self, self._on_end, lasts_ms).start()
        elif not actions:  # one with buttons waits for its answer
            self._timer.start()

    @property
    def is_in_use(self) -> bool:
        """Whether the mouse or the keyboard is on it."""
        focused = QApplication.focusWidget()
        return self.underMouse() or (focused is not None and self.isAncestorOf(focused))

    def fit(self, width: int) -> None:
        """Take a width in pixels, and the height that the text needs."""
        layout = self.layout()
        if layout is not None:
            self.resize(width, layout.totalHeightForWidth(width))
            layout.activate()

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Escape dismisses it."""
        if event is not None and event.key() == Qt.Key.Key_Escape:
            self.done.emit()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Draw a card in the colours of the host's theme."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        edge = self.palette().color(QPalette.ColorRole.WindowText)
        edge.setAlphaF(0.35)
        painter.setPen(QPen(edge, 1.0))
        painter.setBrush(self.palette().color(QPalette.ColorRole.AlternateBase))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 5.0, 5.0)

    def _button(self, text: str, run: Callable[[], None]) -> QPushButton:
        button = QPushButton(text, self)
        button.clicked.connect(lambda: run())
        button.clicked.connect(self.done)
        press_by_keys(button)
        return button

    @pyqtSlot()
    def _on_end(self) -> None:
        self.done.emit()

    @pyqtSlot()
    def _on_late(self) -> None:
        if self.is_in_use:
            self._timer.start()
        else:
            self.done.emit()


class Toasts(QObject):
    """Shows notices over the bench, in the lower right corner, the newest at the bottom.

    Args:
        window: its central widget lies below.

    Attributes:
        shown: the notices, oldest first.
        quiet: show only `urgent` ones.

    Signals:
        changed: the first appeared, or the last is gone.
    """

    changed = pyqtSignal()

    def __init__(self, window: QMainWindow) -> None:
        super().__init__(window)
        self.shown: list[Toast] = []
        self.quiet = False
        self._window = window
        self._area = BenchArea(window)
        self._area.changed.connect(self._lay_out)

    def show(
        self,
        text: str,
        actions: Sequence[ToastAction] = (),
        urgent: bool = False,
        lasts_ms: int | None = None,
    ) -> Toast | None:
        """Show a notice, which the log has too.

        Args:
            text: a sentence; markup in it shows as it is written.
            actions: what the user can do about it. With any, the notice stays until it is answered or
                dismissed, or until others need its place.
            urgent: it is about a conflict, or answers a request of the user.
            lasts_ms: it goes after this time, answered or not.

        Returns:
            The notice; None if it doesn't show.
        """
        if self.quiet and not urgent:
            return None
        if len(self.shown) >= MOST:
            self._remove(min(self.shown, key=lambda toast: bool(toast.buttons)))
        toast = Toast(text, actions, self._window, lasts_ms)
        toast.done.connect(self._on_done)
        self.shown.append(toast)
        self._lay_out()
        toast.show()
        toast.raise_()
        self.changed.emit()
        return toast

    def remove(self, toast: Toast) -> None:
        """Remove a notice that is no longer needed, if it still shows."""
        if toast in self.shown:
            self._remove(toast)

    def be_quiet(self, quiet: bool) -> None:
        """Show only what is urgent from now on, or all again."""
        self.quiet = quiet

    def focus_newest(self) -> None:
        """Give the keyboard to the newest notice, which then stays."""
        if self.shown:
            toast = self.shown[-1]
            (toast.buttons[0] if toast.buttons else toast.dismiss).setFocus()

    def clear(self) -> None:
        """Remove all notices."""
        for toast in list(self.shown):
            self._remove(toast)

    def _remove(self, toast: Toast) -> None:
        self.shown.remove(toast)
        had_focus = toast.isAncestorOf(self._window.focusWidget())
        toast.hide()
        toast.deleteLater()
        self._lay_out()
        bench = self._window.centralWidget()
        if had_focus and bench is not None:
            bench.setFocus()
        self.changed.emit()

    @pyqtSlot()
    def _lay_out(self) -> None:
        """Stay in the corner."""
        area = self._area.rect()
        widest = self._window.fontMetrics().averageCharWidth() * WIDEST
        width = max(1, min(widest, area.width() - 2 * GAP))
        right, bottom = area.x() + area.width() - GAP, area.y() + area.height() - GAP
        for toast in reversed(self.shown):
            toast.fit(width)
            toast.move(right - width, bottom - toast.height())
            bottom -= toast.height() + GAP

    @pyqtSlot()
    def _on_done(self) -> None:
        toast = self.sender()
        if isinstance(toast, Toast) and toast in self.shown:
            self._remove(toast)


def breakable(text: str) -> str:
    """The same text with invisible breaks in its long words, but not within what is written as one."""
    return _LONG_WORD.sub(_with_break, text)


def _with_break(found: re.Match[str]) -> str:
    part, following = found[0], found.string[found.end()]
    is_joined = unicodedata.category(following).startswith("M") or unicodedata.combining(part[-1]) == _VIRAMA
    return part if is_joined or "\u200d" in (part[-1], following) else f"{part}\u200b"
