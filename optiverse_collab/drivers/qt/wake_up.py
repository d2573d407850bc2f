"""Detects that the machine slept, or is online again: the state of a connection may be out of date."""

from __future__ import annotations

import time

from PyQt6.QtCore import QObject, pyqtSignal, pyqtSlot
from PyQt6.QtNetwork import QNetworkInformation

from optiverse_collab.drivers.qt import timers

SLEPT_S = 10.0
"""If more time has passed since the last look at the wall clock, the machine slept, or the program was
blocked."""

_Reachability = QNetworkInformation.Reachability


class WakeUp(QObject):
    """Watches the wall clock, and the network where the system reports it.

    The timers' clock may stop while a machine sleeps.

    Signals:
        woke: the machine slept, or is online again.
    """

    woke = pyqtSignal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._looked_s = 0.0
        self._timer = timers.single_shot(self, self._on_timeout)
        if QNetworkInformation.loadBackendByFeatures(QNetworkInformation.Feature.Reachability):
            network = QNetworkInformation.instance()
            if network is not None:
                network.reachabilityChanged.connect(self._on_reachability_changed)

    def start(self) -> None:
        """Watch."""
        self._looked_s = time.time()
        self._timer.start(timers.rest_ms())

    def stop(self) -> None:
        """Stop watching."""
        self._timer.stop()

    @pyqtSlot()
    def _on_timeout(self) -> None:
        self._timer.start(timers.rest_ms())
        before, self._looked_s = self._looked_s, time.time()
        if self._looked_s - before > SLEPT_S:
            self.woke.emit()

    @pyqtSlot(QNetworkInformation.Reachability)
    def _on_reachability_changed(self, reachability: QNetworkInformation.Reachability) -> None:
        if reachability is _Reachability.Online and self._timer.isActive():
            self.woke.emit()
