"""Compares all of a bench with its session, slowly: the safety net for hosts that report too little."""

from __future__ import annotations

from PyQt6.QtCore import QObject, pyqtSlot

from optiverse_collab.core.client.replica import Replica
from optiverse_collab.drivers.qt import timers
from optiverse_collab.window.capture import Capture
from optiverse_collab.window.input_watch import InputWatch

SCAN_MS, SCAN_RECORDS = 250, 25
"""How often to compare, and how many records: a bench of 1,000 within 10 s. The editor reads so few in less
than a millisecond. While there is no input they are compared only every `REST_MS` of a window at rest."""

LEAST = 40
"""After input there are at least this many scans: some editors do part of an edit a moment later."""


class Scan(QObject):
    """Compares a few records at a time, and fewer a second while the user does nothing.

    Nearly all edits without a report follow some input. So the scan rests only after it has compared all
    of the bench without any, and the next input wakes it. At rest it continues more slowly, and finds what
    an editor does without its user.

    Args:
        capture: compares them.
        replica: what it compares them with.

    Attributes:
        at_rest: whether it has slowed down.
    """

    def __init__(self, capture: Capture, replica: Replica, parent: QObject) -> None:
        super().__init__(parent)
        self.at_rest = False
        self._capture, self._replica = capture, replica
        self._left = 0  # scans until the whole bench was compared without input
        self._had_input = False
        self._input = InputWatch(self)
        self._input.came.connect(self._on_input)
        self._timer = timers.single_shot(self, self._on_timer)

    def start(self) -> None:
        """Scan from now on."""
        self._begin_round()

    def stop(self) -> None:
        """Scan no more."""
        self._timer.stop()
        self._input.listen(False)

    def _begin_round(self) -> None:
        self._left = max(LEAST, len(self._replica.view) // SCAN_RECORDS + 2)
        self._had_input = self.at_rest = False
        self._input.listen(True)
        self._timer.start(SCAN_MS)

    @pyqtSlot()
    def _on_input(self) -> None:
        """Once a round is enough: another one follows. More events would only take time."""
        self._input.listen(False)
        self._had_input = True
        if self.at_rest:
            self._begin_round()

    @pyqtSlot()
    def _on_timer(self) -> None:
        self._left -= 1
        if self._left <= 0 and self._had_input:
            self._begin_round()
        else:
            self.at_rest = self._left <= 0
            self._timer.start(timers.rest_ms() if self.at_rest else SCAN_MS)
        self._capture.scan(SCAN_RECORDS)
