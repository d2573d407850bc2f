"""Collects Python's garbage only on the GUI thread, while our threads run.

Python collects cycles in whatever thread happens to allocate. If that is one which writes to the disk, and an
item of a canvas is in the cycle, Qt's object is deleted behind the GUI thread's back, and the editor crashes.
calibre does the same (``GarbageCollector`` in calibre/gui2/__init__.py).
"""

from __future__ import annotations

import gc
import weakref

from PyQt6.QtCore import QObject, pyqtSlot

from optiverse_collab.drivers.qt import timers

EVERY_MS = 500
"""How often to check for garbage after a check that found some; otherwise the timer rests."""

_collectors: set[object] = set()


class _Spared:
    """Objects that the collector leaves alone while a bench is shared.

    Attributes:
        owners: the benches, of any window.
        is_due: whether one of them was left, and is to be collected.
    """

    def __init__(self) -> None:
        self.owners: set[object] = set()
        self.is_due = False

    def collect(self) -> bool:
        """Collect the remains of a bench; returns whether there was one."""
        if not self.is_due:
            return False
        self.is_due = False
        gc.collect()
        if self.owners:
            gc.freeze()
        return True


_spared = _Spared()


def spare(owner: object) -> None:
    """Let Python's collector leave existing objects alone until `release`.

    It scans all objects from time to time, at once. With a bench of 3,000 items that takes 0.1 s, in
    which the window freezes, several times while the bench is loaded and now and then afterwards.
    """
    _spared.collect()  # present garbage would stay
    _spared.owners.add(owner)
    gc.freeze()


def release(owner: object) -> None:
    """Let it scan everything again, and soon; then it leaves alone the objects of other owners."""
    if owner in _spared.owners:
        _spared.owners.remove(owner)
        _spared.is_due = True
        gc.unfreeze()


class GuiGarbage(QObject):
    """Replaces Python's own collections, from the first window to the last."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._key = object()
        self._timer = timers.single_shot(self, self._on_timer)
        self._timer.start(EVERY_MS)
        # A window may go without being closed. Not `destroyed`: PyQt may have freed its slots by then.
        weakref.finalize(self, _end, self._key).atexit = False
        _collectors.add(self._key)
        gc.disable()

    def close(self) -> None:
        """The window closes; once is enough."""
        self._timer.stop()
        _end(self._key)

    @pyqtSlot()
    def _on_timer(self) -> None:
        self._timer.start(timers.rest_ms())
        if _collect() and self._timer.isActive():  # what is collected may close the window
            self._timer.start(EVERY_MS)


def _collect() -> bool:
    """Collect the oldest generation whose time has come, and the younger; returns whether there was one."""
    if _spared.collect():
        return True
    for generation in (2, 1, 0):
        if gc.get_count()[generation] > gc.get_threshold()[generation]:
            gc.collect(generation)
            return True
    return False


def _end(key: object) -> None:
    """One collector fewer; behind the last, Python collects again."""
    _collectors.discard(key)
    if not _collectors:
        gc.enable()
