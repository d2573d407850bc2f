"""Compares all of a bench with its session, slowly: the safety net for hosts that report too little."""

from __future__ import annotations

from PyQt6.QtCore import QObject, QTimer, pyqtSlot

from optiverse_collab.core.client.replica import Replica
from optiverse_collab.window.capture import Capture
from optiverse_collab.window.input_watch import InputWatch

SCAN_MS, SCAN_RECORDS = 250, 25
"""How often to compare, and how many records: a bench of 1,000 within 10 s. The editor reads so few in less
than a millisecond."""

REST_MS, REST_RECORDS = 4000, 50
"""The same while there is no input: an editor that is open all day then hardly needs a processor."""

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
    """

    def __init__(self, capture: Capture, replica: Replica, parent: QObject) -> None:
        super().__init__(parent)
        self._capture, self._replica = capture, replica
        self._left = 0  # scans until the whole bench was compared without input
        self._had_input = False
        self._input = InputWatch(self)
        self._input.came.connect(self._on_input)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._on_timer)

    @property
    def at_rest(self) -> bool:
        """Whether it has slowed down."""
        return self._timer.interval() == REST_MS

    def start(self) -> None:
        """Scan from now on."""
        self._begin_round()

    def stop(self) -> None:
        """Scan no more."""
        self._timer.stop()
        self._input.listen(False)

    def _begin_round(self) -> None:
        self._left = max(LEAST, len(self._replica.view) // SCAN_RECORDS + 2)
        self._had_input = False
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
        self._capture.scan(REST_RECORDS if self.at_rest else SCAN_RECORDS)
        self._left -= 1
        if self._left > 0 or self.at_rest:
            return
        if self._had_input:
            self._begin_round()
        else:
            self._timer.start(REST_MS)
