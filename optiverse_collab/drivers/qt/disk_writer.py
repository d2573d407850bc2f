"""Writes a replica to disk on its request, and reports finished writes to it."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Collection, Sequence
from functools import partial
from math import ceil
from typing import Protocol

from PyQt6.QtCore import QObject, pyqtSignal, pyqtSlot

from optiverse_collab.core.client.carrying import KeepParcel, ParcelsWanted
from optiverse_collab.core.client.disk_effects import EditsUnprotected
from optiverse_collab.core.client.effects import SessionEffect
from optiverse_collab.core.client.journal import Entry
from optiverse_collab.core.client.replica import Replica
from optiverse_collab.core.client.saved import Saved
from optiverse_collab.core.client.write_ahead import Write
from optiverse_collab.core.protocol.parcels import Parcel, ParcelsReturned
from optiverse_collab.drivers.qt.quality_watch import now_ms
from optiverse_collab.drivers.qt.timers import single_shot

PATIENCE_S = 0.001
"""How long a push waits for its write at most. A write usually takes a quarter of that: the system only notes
it (DISK-1). Otherwise the window would be painted first, which takes ten times as long."""


class Store(Protocol):
    """The store of a replica: `optiverse_collab.disk.slot.Slot`. No call waits for the disk."""

    def report_to(self, on_written: Callable[[int], None], on_failed: Callable[[str], None]) -> None:
        """Set the callbacks for writes; both are called in another thread."""

    def append(self, entries: Sequence[Entry], mark: int) -> None:
        """Append entries to the journal."""

    def rebase(self, saved: Saved, mark: int) -> None:
        """Write a full copy, and start an empty journal."""

    def keep_parcel(self, parcel: Parcel) -> None:
        """Keep a parcel for the server."""

    def find_parcels(
        self, clock: int, epochs: Collection[str], on_found: Callable[[list[Parcel]], None]
    ) -> None:
        """Find the parcels that continue a history; `on_found` gets them in another thread."""


class DiskWriter(QObject):
    """Passes the writes of `WriteAhead` to a store, and the store's answers back to the GUI thread.

    Args:
        replica: the replica to write.
        store: where to write it; its opener releases it after `end`.

    Attributes:
        protects: whether edits are on disk, or were at the end.

    Signals:
        written: a write is on disk, and its changes may be sent.
        happened: `EditsUnprotected` or `EditsProtected`.
        found: a `ParcelsReturned` for the server.
    """

    written = pyqtSignal()
    happened = pyqtSignal(object)
    found = pyqtSignal(object)
    _answered = pyqtSignal(int)
    _broke = pyqtSignal(str)

    def __init__(self, replica: Replica, store: Store, parent: QObject) -> None:
        super().__init__(parent)
        self.protects = True
        self._ahead = replica.write_ahead
        self._is_written = threading.Event()
        self._reported = 0  # the mark of the last finished write; set by the store's thread …
        self._mark = 0  # … and of the last one that the replica knows to be finished
        self._store = store
        self._due = single_shot(self, self.poll)
        self._answered.connect(self._on_written)  # from another thread, so Qt queues it
        self._broke.connect(self._on_failed)
        store.report_to(self._report_written, self._report_failed)
        self._ahead.begin()
        self._due.start(0)

    @pyqtSlot()
    def poll(self) -> None:
        """Start the next write, and the timer for the one after it."""
        effect = self._ahead.poll(now_ms())
        if isinstance(effect, Write):
            self._write(effect)
            if self._ahead.blocks and self._is_written.wait(PATIENCE_S) and self._reported == effect.mark:
                self._on_written(effect.mark)
        elif effect is not None:
            self._report_unprotected(effect)
        wait_ms = self._ahead.wait_ms(now_ms())
        if wait_ms is None:
            self._due.stop()
        else:
            self._due.start(ceil(wait_ms))

    @pyqtSlot(object)
    def carry(self, effect: SessionEffect) -> None:
        """Keep or find parcels; does nothing about other effects."""
        if isinstance(effect, KeepParcel):
            self._store.keep_parcel(effect.parcel)
        elif isinstance(effect, ParcelsWanted):
            clock, epochs = effect.request.clock, effect.request.epochs
            self._store.find_parcels(clock, epochs, partial(self._report_found, clock))

    def end(self) -> None:
        """Leave a last copy in the store."""
        self._store.report_to(_ignore, _ignore)
        self._due.stop()
        last = self._ahead.end()
        if last is not None:
            self._write(last)

    def _write(self, write: Write) -> None:
        self._is_written.clear()
        if write.copy is not None:
            self._store.rebase(write.copy, write.mark)
        else:
            self._store.append(write.entries, write.mark)

    @pyqtSlot(int)
    def _on_written(self, mark: int) -> None:
        if mark <= self._mark:  # known since `poll` waited for it
            return
        self._mark = mark
        for effect in self._ahead.written(mark):
            self.protects = True
            self.happened.emit(effect)
        self.written.emit()
        self.poll()

    @pyqtSlot(str)
    def _on_failed(self, sentence: str) -> None:
        for effect in self._ahead.failed(sentence, now_ms()):
            self._report_unprotected(effect)
        self.written.emit()  # no edit waits any more
        self.poll()

    def _report_unprotected(self, effect: EditsUnprotected) -> None:
        self.protects = False
        self.happened.emit(effect)

    # In the store's thread, which may outlive this object

    def _report_written(self, mark: int) -> None:
        self._reported = mark
        self._is_written.set()
        with contextlib.suppress(RuntimeError):
            self._answered.emit(mark)

    def _report_found(self, clock: int, parcels: list[Parcel]) -> None:
        with contextlib.suppress(RuntimeError):
            self.found.emit(ParcelsReturned(clock, parcels))

    def _report_failed(self, sentence: str) -> None:
        with contextlib.suppress(RuntimeError):
            self._broke.emit(sentence)


def _ignore(_: object) -> None:
    pass
