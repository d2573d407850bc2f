"""Checks the quality of a connection: once a second while it is used, and less often at rest."""

from __future__ import annotations

import time

from PyQt6.QtCore import QObject, pyqtSignal, pyqtSlot

from optiverse_collab.core.client.quality import Grade, Quality, QualityMeter
from optiverse_collab.drivers.qt import timers

LOOK_MS = 1000
"""How often to check a connection on which something happens, or an answer is missing."""


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
        self._rests = False
        self._timer = timers.single_shot(self, self._on_timer)

    def connected(self) -> None:
        """A connection starts."""
        self._follow()
        self._look()  # last, since a slot may leave the session

    def used(self) -> None:
        """A message came, or may leave."""
        if self._rests:
            self._follow()

    def disconnected(self) -> None:
        """The connection is over, or the attempt."""
        self._timer.stop()
        self._rests = False
        self._look()

    def _follow(self) -> None:
        self._rests = False
        self._timer.start(LOOK_MS)

    @pyqtSlot()
    def _on_timer(self) -> None:
        if self._meter.is_waiting:
            self._follow()
        else:
            self._rests = True
            self._timer.start(timers.rest_ms())
        self._look()  # last, as above

    def _look(self) -> None:
        quality = self._meter.quality(now_ms())
        if quality != self.quality:
            self.quality = quality
            self.changed.emit(quality)


def now_ms() -> float:
    """A monotonic clock, in ms."""
    return time.monotonic() * 1000
