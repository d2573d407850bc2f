"""A shared bench: keeps a host and a session's replica equal."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from math import ceil
from typing import NamedTuple

from PyQt6.QtCore import QElapsedTimer, QObject, pyqtSignal, pyqtSlot

from optiverse_collab.core.client.effects import Conflict, ShowChange
from optiverse_collab.core.client.push_pace import PUSH_EVERY_MS, PushPace
from optiverse_collab.core.client.replica import Replica
from optiverse_collab.core.client.restoring import Restoration
from optiverse_collab.core.client.session import SessionClient
from optiverse_collab.core.client.steps import edit_in_step
from optiverse_collab.core.protocol.changes import SWEEP
from optiverse_collab.core.records import Op, Record, difference
from optiverse_collab.drivers.qt.quality_watch import now_ms
from optiverse_collab.drivers.qt.timers import single_shot
from optiverse_collab.errors import ChangeRefused
from optiverse_collab.host.api import Host
from optiverse_collab.window import garbage
from optiverse_collab.window.capture import Capture
from optiverse_collab.window.gestures import new_id
from optiverse_collab.window.grip import Grip
from optiverse_collab.window.own_activity import OwnActivity
from optiverse_collab.window.pace import Pace
from optiverse_collab.window.scan import Scan
from optiverse_collab.window.undo import Undo
from optiverse_collab.wording import log_lines

AT_ONCE = 200
"""Others' edits of more records than this, for example after an absence, are shown in steps."""

SELECTION_MOST = 500
"""How many ids of selected items are sent to others; more would not help, and presence is small."""


class Restored(NamedTuple):
    """The step that restored an earlier bench, or a part of it.

    Attributes:
        id: of the step.
        records: the ids of the records that it touches.
    """

    id: str
    records: frozenset[str]


class LiveBench(QObject):
    """Ticks a `Capture`: at once when something changes, here or at others, then at the pace of pushes.

    Others' edits between two ticks are shown at once: a window that is painted for each of a thousand
    changes a second would do nothing else.

    Args:
        host: the window's bench.
        session: whose replica it must equal, and in which the user's presence is shown.

    Signals:
        edited: the session has something to send.
        ticked: if it is an edit, it should leave now, before the window is painted.
        loading: how many of how many records have been brought to the window.
        loaded: all of them.
        undo_left: a sentence: what an undo or a redo left alone, since it belongs to others.
        denied: the user edited without the right; the window reverts it.
    """

    edited = pyqtSignal()
    ticked = pyqtSignal()
    undo_left = pyqtSignal(str)
    denied = pyqtSignal()
    loading = pyqtSignal(int, int)
    loaded = pyqtSignal()

    def __init__(self, host: Host, session: SessionClient, parent: QObject) -> None:
        super().__init__(parent)
        self._host = host
        self._session = session
        self._total = self._seen = 0
        self._is_loading = self._in_steps = self._suspended = False
        self._pace = Pace()
        self._ticks, self._shows = PushPace(), PushPace()
        self._timer = single_shot(self, self._on_tick)
        self._capture = Capture(host, session.replica, self._wake)
        self._capture.denied = self.denied.emit
        self._scan = Scan(self._capture, session.replica, self)
        self._grip = Grip(host, self)
        self._grip.changed.connect(self._show_presence)
        self._activity = OwnActivity(host, self)
        self._activity.changed.connect(self._show_presence)
        report, scripts = self.undo_left.emit, lambda: self.scripts
        self._undo = Undo(host, self._capture, self.edited.emit, report, scripts)

    @property
    def replica(self) -> Replica:
        """The session's document."""
        return self._session.replica

    @property
    def scripts(self) -> frozenset[str]:
        """The names of the scripts in the session."""
        return self._session.people.scripts

    @property
    def suspended(self) -> bool:
        """Whether another bench is in the window."""
        return self._suspended

    @property
    def seen(self) -> int:
        """Up to which clock others' changes are on the screen; 0 if something is held back."""
        return 0 if self._capture.held_back else self._session.replica.clock

    def begin(
        self,
        mine: Collection[str],
        shown: Mapping[str, Record] | None = None,
        changed: Collection[str] = (),
    ) -> None:
        """Make the two equal, and keep them so; see `Capture.merge`."""
        self._suspended = False
        self._host.watch_undo(self._undo)
        garbage.spare(self)
        self._capture.forget()
        self._capture.merge(mine, shown, changed)
        self._total = self._capture.held_back
        self._is_loading = True
        self._scan.start()
        self._host.watch_presence(self._show_presence)
        if self._total or changed:
            self._timer.start(1)
        else:
            self._on_tick()

    def suspend(self) -> None:
        """Push and show nothing until `begin` or `publish_window`: another bench is in the window."""
        self._suspended = True
        self._seen = self._session.replica.clock
        self._host.watch_undo(None)

    def publish_window(self) -> None:
        """Replace the session's bench by the window's, in one step (PUSH-9), and continue."""
        self._suspended = False
        self._host.watch_undo(self._undo)
        self._capture.forget()
        replica = self._session.replica
        edit_in_step(replica, difference(replica.view, self._host.records()), SWEEP + new_id(), self._seen)
        self._capture.scan()  # what can't be shared is reported
        self.tick()
        self.edited.emit()

    def restore(self, text: str, wanted: Restoration, seen: int) -> Restored | None:
        """Restore an earlier bench or a part of it, except for others' later edits; here it is an undo step.

        Args:
            text: the name of the step.
            wanted: what to restore; if it is all of it, everybody hears of it (PUSH-9).
            seen: the clock at which it was read.

        Returns:
            The step; None if there is nothing to do, or another bench is in the window.
        """
        self.push_edits()
        if not self.check_right():
            return None
        replica, step = self._session.replica, wanted.step(new_id())
        before = dict(replica.view)
        ops = wanted.ops(before)
        if self._suspended or not ops:
            return None
        edit_in_step(replica, ops, step, seen, yields=True)
        shown = difference(before, replica.view)
        if self._capture.held_back:  # the window shows something else than `before`
            self.show(ShowChange(tuple(shown), {}, {op.id: before.get(op.id) for op in shown}))
        else:
            self._capture.gestures.add(step, shown)
            self._host.edit(text, shown)
        self.edited.emit()
        return Restored(step, frozenset(op.id for op in ops))

    def push_before_receiving(self) -> None:
        """Push the user's edits so far, to separate them from others' edits."""
        if not self._suspended and self._capture.push_before_receiving():
            self.edited.emit()
        if self._capture.has_noted and not self._capture.held_back:
            self._timer.start(0)  # the message may be the answer that the next push waits for

    def push_edits(self) -> None:
        """Push everything, including items that the user holds."""
        if self._capture.has_work and not self._suspended:
            self._capture.push_edits()
            self.edited.emit()

    def tick(self) -> None:
        """The same, and show others' edits so far."""
        self._tick(self._pace.records if self._is_loading else None)

    def _tick(self, most: int | None) -> None:
        if self._capture.has_work and not self._suspended:
            self._capture.tick(most)
            self.edited.emit()

    def edit(self, text: str, ops: Callable[[], Sequence[Op]]) -> None:
        """Do something for the user, as one undo step.

        Args:
            text: the name of the step.
            ops: called for the edit, once the replica has the user's edits so far and the window shows
                others' edits.
        """
        self.tick()
        found = [] if self._suspended else ops()
        if found and self.check_right():
            self._host.edit(text, found)
            self.push_edits()

    def show(self, change: ShowChange) -> None:
        """Show others' edits: now, or with the next tick if the last ones were shown just now."""
        if self._suspended:
            return
        self._keep_pace()
        if self._is_loading or self._shows.wait_ms(now_ms()) or len(change.ops) > AT_ONCE:
            self._capture.defer(change)
            self._total = max(self._total, self._capture.held_back)
        else:
            self._ticks.fire(now_ms())
            self._shows.fire(now_ms())
            self._capture.show(change)

    def check_right(self) -> bool:
        """Whether the user may edit; if not, they get a notice."""
        if not self.replica.rights.may_edit:
            self.denied.emit()
        return self.replica.rights.may_edit

    def settle(self, conflict: Conflict) -> None:
        """Pass a conflict to undo."""
        if not self._suspended:
            self._undo.settle(conflict)

    def close(self) -> None:
        """Leave the host alone."""
        self._timer.stop()
        self._scan.stop()
        self._host.watch_undo(None)
        self._capture.close()
        self._activity.close()
        garbage.release(self)
        self._host.watch_presence(lambda state: None)
        self.deleteLater()

    def _wake(self) -> None:
        self._keep_pace()
        wait_ms = ceil(self._ticks.wait_ms(now_ms()))
        if not self._timer.isActive() or self._timer.remainingTime() > wait_ms:
            self._timer.start(wait_ms)

    def _keep_pace(self) -> None:
        """Others' edits are shown as often as they are pushed, and the user's are read as often."""
        self._ticks.few = self._shows.few = self.replica.pace.few

    @pyqtSlot()
    def _on_tick(self) -> None:
        before = self._capture.held_back
        wait_ms = ceil(self.replica.push_wait_ms(now_ms()))
        if wait_ms and not before and not self._is_loading:
            self._timer.start(wait_ms)  # what is read now would be out of date when it is sent
            return
        took = QElapsedTimer()
        took.start()
        self._ticks.fire(now_ms())
        if before:
            self._shows.fire(now_ms())
        in_steps = self._in_steps = self._is_loading or before > (0 if self._in_steps else AT_ONCE)
        self._tick(self._pace.records if in_steps else None)
        self._grip.look()
        self._activity.look()
        self.ticked.emit()
        if in_steps and before:
            self._pace.took(min(before, self._pace.records), took.elapsed())
        if self._is_loading:
            self._report_loading()
        if in_steps and self._capture.held_back < before:
            self._timer.start(1)
        elif self._capture.has_work and not self._suspended:  # the user holds something
            self._timer.start(PUSH_EVERY_MS)

    def _report_loading(self) -> None:
        if self._total:
            self.loading.emit(self._total - self._capture.held_back, self._total)
        if not self._capture.held_back:
            self._is_loading = False
            garbage.spare(self)
            self.loaded.emit()

    @pyqtSlot(object)
    def _show_presence(self, state: Mapping[str, object]) -> None:
        self._grip.note(state)
        selection = state.get("selection")
        if isinstance(selection, list):
            state = {**state, "selection": selection[:SELECTION_MOST]}
        try:
            self._session.show(state)
        except ChangeRefused as refusal:
            self._host.log("DEBUG", log_lines.presence_not_sent(str(refusal)))
        else:
            self.edited.emit()
