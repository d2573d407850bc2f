"""Brings a picture of a large bench up in steps, between which the window keeps working."""

from __future__ import annotations

from collections.abc import Mapping

from PyQt6.QtCore import QElapsedTimer, QObject, pyqtSignal, pyqtSlot

from optiverse_collab.core.records import Record
from optiverse_collab.drivers.qt.timers import single_shot
from optiverse_collab.host.api import Picture
from optiverse_collab.window.pace import Pace

AT_ONCE = 100
"""A bench with fewer differences from the shown one is shown at once, as while a slider moves."""

SOURCE = "source"
"""The kind of records that come last: with them, each step would trace the beams again."""


class PictureBuilder(QObject):
    """Shows benches in one picture.

    Args:
        picture: nobody else shows anything in it.

    Attributes:
        is_done: the picture has all of the bench.

    Signals:
        built: `is_done`.
    """

    built = pyqtSignal()

    def __init__(self, picture: Picture, parent: QObject) -> None:
        super().__init__(parent)
        self.is_done = True
        self._picture = picture
        self._shown: dict[str, Record] = {}
        self._wanted: Mapping[str, Record] = {}
        self._pace = Pace(AT_ONCE)
        self._soon = single_shot(self, self._on_step)

    def show(self, records: Mapping[str, Record]) -> None:
        """Show a bench, instead of the one before or what there is of it."""
        self._wanted, self.is_done = records, False
        self._soon.stop()
        if len(self._missing()) <= AT_ONCE:
            self._finish()
        else:
            self._soon.start()

    def _missing(self) -> list[Record]:
        """What is still to be drawn."""
        found = [one for id, one in self._wanted.items() if self._shown.get(id) != one]
        return sorted(found, key=lambda record: record.kind == SOURCE)

    def _finish(self) -> None:
        self._picture.show(self._wanted)
        self._shown, self.is_done = dict(self._wanted), True
        self.built.emit()

    @pyqtSlot()
    def _on_step(self) -> None:
        missing, count = self._missing(), self._pace.records
        if len(missing) <= count:
            self._finish()
            return
        took = QElapsedTimer()
        took.start()
        kept = {id: one for id, one in self._shown.items() if id in self._wanted}
        self._shown = kept | {record.id: record for record in missing[:count]}
        self._picture.show(self._shown)
        self._pace.took(count, took.nsecsElapsed() / 1e6)
        self._soon.start()
