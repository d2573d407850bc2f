"""Checks the quality of a connection once a second, as long as there is one."""

from __future__ import annotations

import time

from PyQt6.QtCore import QObject, QTimer, pyqtSignal, pyqtSlot

from optiverse_collab.core.client.quality import Grade, Quality, QualityMeter

LOOK_MS = 1000
"""How often to check the quality."""


class QualityWatch(QObject):
    """Follows one connection after the other.

    Args:
        meter: measures them.

    Attributes:
        quality: the result of the last check.

    Signals:
        changed: the new `Quality`.
    """

    changed = pyqtSignal(object)

    def __init__(self, meter: QualityMeter, parent: QObject) -> None:
        super().__init__(parent)
        self.quality = Quality(Grade.OFFLINE)
        self._meter = meter
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self._look)

    def connected(self) -> None:
        """A connection starts."""
        self._timer.start()
        self._look()

    def disconnected(self) -> None:
        """The connection is over, or the attempt."""
        self._timer.stop()
        self._look()

    @pyqtSlot()
    def _look(self) -> None:
        quality = self._meter.quality(now_ms())
        if quality != self.quality:
            self.quality = quality
            self.changed.emit(quality)


def now_ms() -> float:
    """A monotonic clock, in ms."""
    return time.monotonic() * 1000
