"""Notices replacements of the bench; shows the old one, and brings it back (PUSH-9, HIST-1)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

from PyQt6.QtCore import QObject, pyqtSignal, pyqtSlot

from optiverse_collab.core.client import effects as fx
from optiverse_collab.core.client.effects import ConflictKind
from optiverse_collab.core.client.past_effects import BenchReplaced, PastArrived, PastUnavailable
from optiverse_collab.core.client.restoring import Restoration
from optiverse_collab.core.records import Record
from optiverse_collab.drivers.qt.service import CollaborationService
from optiverse_collab.drivers.qt.timers import single_shot
from optiverse_collab.window.sync_loop import LiveBench, Restored
from optiverse_collab.wording import replacements as wording
from optiverse_collab.wording.presence import marked
from optiverse_collab.wording.replacements import Replacement

QUIET_MS = 2000
"""How long after its last change a replacement is announced: it may be many changes."""


class OldBench(NamedTuple):
    """The bench that somebody replaced.

    Attributes:
        replacement: its replacement.
        records: id → record.
        seen: the session's clock when they were read.
    """

    replacement: Replacement
    records: Mapping[str, Record]
    seen: int


class Replacements(QObject):
    """The replacements of the bench in the session that a window is in.

    Args:
        service: connects to the session.

    Attributes:
        last: the one that was announced last.

    Signals:
        changed: `last` changed.
        announced: a `Replacement`, all of it.
        arrived: the `OldBench` that `show_old` asked for.
        failed: a sentence: it can't be shown or brought back.
    """

    changed = pyqtSignal()
    announced = pyqtSignal(object)
    arrived = pyqtSignal(object)
    failed = pyqtSignal(str)

    def __init__(self, service: CollaborationService, parent: QObject) -> None:
        super().__init__(parent)
        self.last: Replacement | None = None
        self._service = service
        self._live: LiveBench | None = None
        self._gathering: dict[str, Replacement] = {}
        self._wanted: list[tuple[Replacement, bool]] = []
        self._restoring: Restored | None = None
        self._held: dict[str, str] = {}
        self._quiet = single_shot(self, self._on_quiet, QUIET_MS)
        service.happened.connect(self._on_happened)

    def begin(self, live: LiveBench) -> None:
        """The window shares its bench from now on."""
        self._live = live

    def end(self) -> None:
        """It no longer does; earlier events don't count."""
        self._live = self.last = None
        self._gathering.clear()
        self._wanted.clear()
        self._quiet.stop()
        self.changed.emit()

    def show_old(self, replacement: Replacement) -> None:
        """Fetch the bench from before a replacement; `arrived` has it."""
        self._ask(replacement, to_restore=False)

    def bring_back(self, replacement: Replacement) -> None:
        """Bring the old bench back, except for others' edits until it arrives."""
        self._ask(replacement, to_restore=True)

    def restore(self, wanted: Restoration, seen: int | None = None) -> None:
        """Restore a bench or a part of it, except for others' edits since it was read (SEEN-5).

        Args:
            wanted: what to restore.
            seen: the session's clock when it was read; None for now, if it is about an earlier moment.
        """
        if self._live is None or not self._service.is_connected():
            self.failed.emit(wording.NO_CONNECTION)
            return
        self._held.clear()
        seen = self._live.replica.clock if seen is None else seen
        self._restoring = self._live.restore(wording.UNDO_TEXT, wanted, seen)
        if self._restoring is None and self._live.replica.rights.may_edit:
            self.failed.emit(wording.NOTHING_TO_DO)

    def _ask(self, replacement: Replacement, to_restore: bool) -> None:
        if self._live is None or not self._service.is_connected():
            self.failed.emit(wording.NO_CONNECTION)
            return
        self._wanted.append((replacement, to_restore))
        self._service.ask_past(replacement.before)

    @pyqtSlot(object)
    def _on_happened(self, effect: fx.SessionEffect) -> None:
        if isinstance(effect, BenchReplaced):
            scripts = () if self._live is None else self._live.scripts
            self._hear(replace(effect, by=marked(effect.by, effect.by in scripts)))
        elif isinstance(effect, fx.Conflict):
            if effect.kind is ConflictKind.HELD and self._is_restored(effect.mine.id):
                self._held[effect.mine.id] = effect.by
        elif isinstance(effect, PastArrived):
            for replacement, to_restore in self._take_wanted(effect.clock):
                self._take(replacement, effect.records, to_restore)
        elif isinstance(effect, PastUnavailable) and self._take_wanted(effect.clock):
            self.failed.emit(effect.message)

    def _is_restored(self, id: str) -> bool:
        """Whether a record is a part of what is being brought back."""
        return self._restoring is not None and id in self._restoring.records

    def _hear(self, part: BenchReplaced) -> None:
        if self.last is not None and part.step == self.last.step:  # a part that came late
            self.last.add(part)
            return
        if part.step in self._gathering:
            self._gathering[part.step].add(part)
        else:
            self._gathering[part.step] = Replacement(part)
        self._quiet.start()

    def _take_wanted(self, clock: int) -> list[tuple[Replacement, bool]]:
        taken = [one for one in self._wanted if one[0].before == clock]
        self._wanted = [one for one in self._wanted if one[0].before != clock]
        return taken

    def _take(self, replacement: Replacement, records: Mapping[str, Record], to_restore: bool) -> None:
        session = self._service.session
        if session is None:
            return
        if to_restore:
            self.restore(Restoration(records))
        else:
            self.arrived.emit(OldBench(replacement, records, session.replica.clock))

    @pyqtSlot()
    def _on_quiet(self) -> None:
        for step, replacement in self._gathering.items():
            if self._restoring is not None and step == self._restoring.id:
                replacement.left = Counter(self._held.values())
                self._restoring = None
            if replacement.is_news:
                self.last = replacement
                self.changed.emit()
                self.announced.emit(replacement)
        self._gathering.clear()
