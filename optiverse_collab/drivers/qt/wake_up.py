"""Detects that the machine slept, or is online again: the state of a connection may be out of date."""

from __future__ import annotations

import time

from PyQt6.QtCore import QObject, QTimer, pyqtSignal, pyqtSlot
from PyQt6.QtNetwork import QNetworkInformation

LOOK_MS, SLEPT_S = 2000, 10.0
"""How often to check the wall clock; if more time has passed, the machine slept, or the program was
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
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self._on_timeout)
        if QNetworkInformation.loadBackendByFeatures(QNetworkInformation.Feature.Reachability):
            network = QNetworkInformation.instance()
            if network is not None:
                network.reachabilityChanged.connect(self._on_reachability_changed)

    def start(self) -> None:
        """Watch."""
        self._looked_s = time.time()
        self._timer.start()

    def stop(self) -> None:
        """Stop watching."""
        self._timer.stop()

    @pyqtSlot()
    def _on_timeout(self) -> None:
        before, self._looked_s = self._looked_s, time.time()
        if self._looked_s - before > SLEPT_S:
            self.woke.emit()

    @pyqtSlot(QNetworkInformation.Reachability)
    def _on_reachability_changed(self, reachability: QNetworkInformation.Reachability) -> None:
        if reachability is _Reachability.Online and self._timer.isActive():
            self.woke.emit()
