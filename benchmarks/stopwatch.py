"""What is measured on the GUI thread: the time in the plugin's own code, and gaps between frames."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Iterator
from time import perf_counter
from types import FunctionType
from typing import Any

from PyQt6.QtCore import QEventLoop, QObject, Qt, QTimer

FRAME_MS = 16
"""A screen shows so often what is new."""


class Frames(QObject):
    """Gaps between frames: a timer that is late was kept waiting by whatever the GUI thread did.

    Attributes:
        gaps_ms: between each two of its ticks.
    """

    def __init__(self) -> None:
        super().__init__()
        self.gaps_ms: list[float] = []
        self._last = perf_counter()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(FRAME_MS)
        self._timer.timeout.connect(self._tick)

    def start(self) -> None:
        """Measure from now on."""
        self.gaps_ms.clear()
        self._last = perf_counter()
        self._timer.start()

    def stop(self) -> list[float]:
        """Measure up to now; returns all gaps, sorted."""
        self._tick()
        self._timer.stop()
        return sorted(self.gaps_ms)

    def _tick(self) -> None:
        now = perf_counter()
        self.gaps_ms.append((now - self._last) * 1000)
        self._last = now


class Stopwatch:
    """Time in methods of the plugin's `QObject` classes: whatever Qt and the host call of it is one of them.

    Make it before the plugin is given to a window.

    Attributes:
        seconds: the sum, since it was set to 0.
    """

    def __init__(self) -> None:
        self.seconds = 0.0
        self._inside = False
        for cls in _classes():
            for name, method in list(vars(cls).items()):
                if isinstance(method, FunctionType) and name != "__init__":
                    setattr(cls, name, self._timed(method))

    def _timed(self, method: FunctionType) -> Callable[..., Any]:
        takes = method.__code__.co_argcount

        @functools.wraps(method)
        def timed(*args: Any, **kwargs: Any) -> Any:
            args = args[:takes]  # as Qt does: a slot need not take all that its signal has
            if self._inside:
                return method(*args, **kwargs)
            self._inside = True
            start = perf_counter()
            try:
                return method(*args, **kwargs)
            finally:
                self.seconds += perf_counter() - start
                self._inside = False

        # Qt would call the method itself, and not this, if it were marked as a slot.
        vars(timed).pop("__pyqtSignature__", None)
        return timed


def _classes() -> Iterator[type]:
    for name, module in list(sys.modules.items()):
        if name.startswith("optiverse_collab."):
            for thing in list(vars(module).values()):
                if isinstance(thing, type) and issubclass(thing, QObject) and thing.__module__ == name:
                    yield thing


def spin(seconds: float) -> None:
    """Let Qt work for so long."""
    loop = QEventLoop()
    QTimer.singleShot(round(seconds * 1000), loop.quit)
    loop.exec()


def spin_until(condition: Callable[[], bool], seconds: float = 120.0) -> None:
    """Let Qt work until something is so.

    Raises:
        RuntimeError: it takes longer than that.
    """
    loop = QEventLoop()
    deadline = perf_counter() + seconds
    timer = QTimer()
    timer.timeout.connect(lambda: loop.quit() if condition() or perf_counter() > deadline else None)
    timer.start(5)
    loop.exec()
    timer.stop()
    if not condition():
        raise RuntimeError(f"That took longer than {seconds:.0f} s.")
