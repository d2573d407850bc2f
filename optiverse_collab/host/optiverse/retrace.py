"""Retraces rays after others' changes, and leaves the window time for everything else."""

from __future__ import annotations

from PyQt6.QtCore import QElapsedTimer, QObject, QTimer, pyqtSlot

from optiverse_collab.host.optiverse.upstream.contract import as_qt
from optiverse_collab.host.optiverse.upstream.window import Window

REST = 3
"""How long to rest after a retrace, as a multiple of its time: rays take at most a quarter of the time."""


class Retrace(QObject):
    """Traces the rays of one window after changes by others.

    Quirk: the host traces all rays after every change, in one go, which takes 0.15 s on a bench of
    1,000. One user's edits can stand that; a session of people who drag would leave no time to paint.

    Args:
        window: an Optiverse main window.
    """

    def __init__(self, window: Window) -> None:
        super().__init__(as_qt(window, QObject))
        self._window = window
        self._rest_ms = 0
        self._ended = QElapsedTimer()
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.timeout.connect(self._trace)

    def close(self) -> None:
        """Stop tracing."""
        self._later.stop()
        self.deleteLater()

    def follow(self) -> None:
        """Something has changed: trace soon."""
        if not self._later.isActive():
            rested_ms = self._ended.elapsed() if self._ended.isValid() else self._rest_ms
            self._later.start(max(1, self._rest_ms - rested_ms))

    @pyqtSlot()
    def _trace(self) -> None:
        if not self._window.autotrace:
            return
        took = QElapsedTimer()
        took.start()
        self._window.retrace()
        self._rest_ms = REST * took.elapsed()
        self._ended.start()
