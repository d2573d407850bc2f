"""Looks at the quality of the connection when it may have changed, and while time alone makes it worse."""

from __future__ import annotations

import time

from PyQt6.QtCore import QObject, QTimer, pyqtSignal, pyqtSlot

from optiverse_collab.core.client import effects as fx
from optiverse_collab.core.client.quality import Grade, Quality, QualityMeter
from optiverse_collab.core.client.replica import Replica
from optiverse_collab.core.protocol.messages import Ping, SyncRequest

LOOK_MS = 1000
"""While something waits for the server, the quality is looked at so often."""


class QualityWatch(QObject):
    """Follows one connection after the other.

    Attributes:
        quality: as it was when it was last looked at.

    Signals:
        changed: the new `Quality`, where a reader would notice.
    """

    changed = pyqtSignal(object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.quality = Quality(Grade.OFFLINE)
        self._meter = QualityMeter()
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self._look)

    def hear(self, effect: fx.SessionEffect) -> None:
        """Take note of an effect that is carried out: a question to the server, or its answer."""
        if isinstance(effect, fx.Acknowledged):
            self._meter.connected()
        elif isinstance(effect, fx.Transmit) and isinstance(effect.message, (Ping, SyncRequest)):
            self._meter.asked(now_ms())
        elif isinstance(effect, (fx.HeartbeatAnswered, fx.Synced, fx.SyncProgress)):
            self._meter.answered(now_ms())

    def waits(self, replica: Replica) -> None:
        """Take note of what the server has not acknowledged, and look."""
        pending = replica.pending
        self._meter.waits(pending[0].client_clock if pending else None, now_ms())
        self._look()

    def disconnected(self) -> None:
        """The connection is over."""
        self._meter.disconnected()
        self._look()

    @pyqtSlot()
    def _look(self) -> None:
        quality = self._meter.quality(now_ms())
        news = (quality.verdict, quality.latency) != (self.quality.verdict, self.quality.latency)
        self.quality = quality
        if news:
            self.changed.emit(quality)
        if not self._meter.open:
            self._timer.stop()
        elif not self._timer.isActive():
            self._timer.start()


def now_ms() -> float:
    """A clock that never goes back, in ms."""
    return time.monotonic() * 1000
