"""Which items the user is using, for others to see (PRES-13)."""

from __future__ import annotations

from collections.abc import Mapping

from PyQt6.QtCore import QElapsedTimer, QObject, pyqtSignal, pyqtSlot

from optiverse_collab.core.client.activity import ACTIVITY, Doing, shown_activity
from optiverse_collab.drivers.qt.timers import single_shot
from optiverse_collab.host.api import Host
from optiverse_collab.window.input_watch import InputWatch

IDLE_MS = 60_000
"""After this long without input, the user no longer counts as using an open item."""


class OwnActivity(QObject):
    """Tracks what the user drags, has open in a dialog, or types in.

    It watches the program's input only while there is something to show.

    Args:
        host: the window's bench.

    Signals:
        changed: the presence to be shown: a mapping with `ACTIVITY`.
    """

    changed = pyqtSignal(object)

    def __init__(self, host: Host, parent: QObject) -> None:
        super().__init__(parent)
        self._host = host
        self._items: Mapping[str, Doing] = {}
        self._is_idle = False
        self._since_input = QElapsedTimer()
        self._input = InputWatch(self)
        self._input.came.connect(self._on_input)
        self._timer = single_shot(self, self._on_timer)
        self._unwatch = host.watch_editors(self.look)

    def close(self) -> None:
        """Stop watching."""
        self._unwatch()
        self._listen(False)

    @pyqtSlot()
    def look(self) -> None:
        """The user may have taken something in hand or let go of it, opened or closed it."""
        editors = self._host.editors()
        dragged = sorted(set(self._host.held()) - editors.keys())
        items = {id: Doing.TEXT if dialog is None else Doing.DIALOG for id, dialog in editors.items()}
        items.update(dict.fromkeys(dragged, Doing.DRAG))
        if items == self._items:
            return
        if bool(items) is not bool(self._items):
            self._listen(bool(items))
        self._items, self._is_idle = items, False
        self._since_input.start()
        self._show()

    @pyqtSlot()
    def _on_input(self) -> None:
        """Remember the time of the last input."""
        self._since_input.start()
        if self._is_idle:
            self._is_idle = False
            self._show()

    def _listen(self, listens: bool) -> None:
        self._input.listen(listens)
        if not listens:
            self._timer.stop()

    def _show(self) -> None:
        shown = None if self._is_idle else shown_activity(self._items.items())
        if shown is not None:
            self._timer.start(IDLE_MS)
        self.changed.emit({ACTIVITY: shown})

    @pyqtSlot()
    def _on_timer(self) -> None:
        left_ms = IDLE_MS - self._since_input.elapsed()
        if left_ms > 0:
            self._timer.start(left_ms)
        else:
            self._is_idle = True
            self._show()
