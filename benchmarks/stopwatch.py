"""Measures the GUI thread: the time in the plugin's own code, and gaps between frames."""

from __future__ import annotations

import functools
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from inspect import CO_VARARGS
from time import perf_counter, thread_time
from types import FunctionType
from typing import Any, NamedTuple

from PyQt6.QtCore import QEventLoop, QObject, Qt, QTimer

FRAME_MS = 16
"""The refresh rate of a screen."""


class Gaps(NamedTuple):
    """Gaps between frames, sorted.

    Attributes:
        wall_ms: their lengths. On a busy machine, most of that may be due to other programs.
        work_ms: the GUI thread's CPU time in each; on an idle machine, gaps are no longer than that.
    """

    wall_ms: list[float]
    work_ms: list[float]


class Frames(QObject):
    """A timer that ticks once a frame; when it is late, the GUI thread was busy."""

    def __init__(self) -> None:
        super().__init__()
        self._gaps = Gaps([], [])
        self._last = self._worked = 0.0
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(FRAME_MS)
        self._timer.timeout.connect(self._tick)

    def start(self) -> None:
        """Start measuring."""
        self._gaps = Gaps([], [])
        self._last, self._worked = perf_counter(), thread_time()
        self._timer.start()

    def stop(self) -> Gaps:
        """Stop measuring."""
        self._tick()
        self._timer.stop()
        return Gaps(*map(sorted, self._gaps))

    def _tick(self) -> None:
        now, worked = perf_counter(), thread_time()
        self._gaps.wall_ms.append((now - self._last) * 1000)
        self._gaps.work_ms.append((worked - self._worked) * 1000)
        self._last, self._worked = now, worked


class Stopwatch:
    """CPU time in methods of the plugin's `QObject` classes: Qt and the host call no others.

    Create it before the plugin is attached to a window.

    Attributes:
        calls: class and name of the called method → the time of each call, in s, since `restart`.
    """

    def __init__(self) -> None:
        self.calls: defaultdict[tuple[str, str], list[float]] = defaultdict(list)
        self._inside = False
        self._left_out_s = 0.0
        for cls in _classes():
            for name, method in list(vars(cls).items()):
                if isinstance(method, FunctionType) and name != "__init__":
                    setattr(cls, name, self._timed((cls.__name__, name), method))

    @property
    def seconds(self) -> float:
        """The sum."""
        return sum(map(sum, self.calls.values()))

    def of(self, *classes: str) -> float:
        """The sum of these classes."""
        return sum(sum(times) for (of, _), times in self.calls.items() if of in classes)

    def restart(self) -> None:
        """Begin again."""
        self.calls.clear()

    def leave_out(self, cls: type, name: str) -> None:
        """Don't count this method of the editor's, wherever the plugin calls it."""
        method = getattr(cls, name)

        @functools.wraps(method)
        def apart(*args: Any, **kwargs: Any) -> Any:
            start = thread_time()
            try:
                return method(*args, **kwargs)
            finally:
                self._left_out_s += thread_time() - start

        setattr(cls, name, apart)

    def _timed(self, of: tuple[str, str], method: FunctionType) -> Callable[..., Any]:
        code = method.__code__
        takes = None if code.co_flags & CO_VARARGS else code.co_argcount

        @functools.wraps(method)
        def timed(*args: Any, **kwargs: Any) -> Any:
            args = args[:takes]  # as Qt does: a slot need not accept all arguments of its signal
            if self._inside:
                return method(*args, **kwargs)
            self._inside = True
            start, left_out_s = thread_time(), self._left_out_s
            try:
                return method(*args, **kwargs)
            finally:
                self.calls[of].append(thread_time() - start - (self._left_out_s - left_out_s))
                self._inside = False

        # If this were marked as a slot, Qt would call the method itself.
        vars(timed).pop("__pyqtSignature__", None)
        return timed


def _classes() -> Iterator[type]:
    """All except the one that draws the layer panel when the editor would: that is the editor's work."""
    for name, module in list(sys.modules.items()):
        if name.startswith("optiverse_collab."):
            for thing in list(vars(module).values()):
                is_class = isinstance(thing, type) and issubclass(thing, QObject)
                if is_class and thing.__module__ == name and thing.__name__ != "LayerPanel":
                    yield thing


def spin(seconds: float) -> None:
    """Run Qt's event loop for this time."""
    loop = QEventLoop()
    QTimer.singleShot(round(seconds * 1000), loop.quit)
    loop.exec()


def spin_until(condition: Callable[[], bool], seconds: float = 120.0) -> None:
    """Run Qt's event loop until a condition holds.

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
