"""Notices input by the user, in any window of the program."""

from __future__ import annotations

from PyQt6.QtCore import QEvent, QObject, pyqtSignal
from PyQt6.QtWidgets import QApplication

_INPUT = frozenset(
    (
        QEvent.Type.KeyPress,
        QEvent.Type.KeyRelease,
        QEvent.Type.InputMethod,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseButtonRelease,
        QEvent.Type.MouseMove,
        QEvent.Type.Wheel,
        QEvent.Type.DragMove,
        QEvent.Type.Drop,
        QEvent.Type.TabletMove,
        QEvent.Type.TouchUpdate,
    )
)


class InputWatch(QObject):
    """Watches the program's input on demand: every event passes through it meanwhile.

    Signals:
        came: there was some; the program gets it next.
    """

    came = pyqtSignal()

    def listen(self, wanted: bool) -> None:
        """Watch, or stop watching."""
        app = QApplication.instance()
        if app is None:
            return
        if wanted:
            app.installEventFilter(self)
        else:
            app.removeEventFilter(self)

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Report input, and let it pass."""
        if event is not None and event.type() in _INPUT:
            self.came.emit()
        return False
