"""Merges a user's edits into a session while the window keeps working: read, compared and sent in steps.

A bench of thousands takes a tenth of a second to read, to compare and to send. So it is read and sent some
records at a time, and compared in a thread. What the user does meanwhile is noted, for the `Capture` that
follows; what others do is merged by the server, which knows what was seen here (SEEN-1).
"""

from __future__ import annotations

from collections.abc import Collection
from functools import partial

from PyQt6.QtCore import QObject, pyqtSignal, pyqtSlot

from optiverse_collab.core.client.replica import Replica
from optiverse_collab.core.records import Record
from optiverse_collab.drivers.qt.timers import single_shot
from optiverse_collab.errors import CollaborationError
from optiverse_collab.host.api import Host
from optiverse_collab.window.background import Background
from optiverse_collab.window.coming_back import ComingBack
from optiverse_collab.window.meeting import Meeting, Position, Sending, come_home, meet
from optiverse_collab.wording import benches
from optiverse_collab.wording.edits import title

AT_ONCE = 200
"""How many records are read, or edits sent, in one turn of the event loop, which takes a few ms."""

PAUSE_MS = 1
"""Between two turns, in which the window paints."""


class MergeJob(QObject):
    """Reads a window's bench and compares it with a session's; then sends the missing edits.

    Args:
        host: the window's adapter. It is watched by this, until somebody else watches it.
        replica: the session's document.
        known: the bench from when it was last the session's.

    Attributes:
        shown: id → record, as the window showed it.
        changed: the ids that may have changed in the window since.
        meeting: the edits that are or were sent; None if there are none.

    Signals:
        compared: the `Meeting`.
        sent: the replica has all edits; there is nothing else to do.
    """

    compared = pyqtSignal(object)
    sent = pyqtSignal()

    def __init__(self, host: Host, replica: Replica, known: ComingBack, parent: QObject) -> None:
        super().__init__(parent)
        self.shown: dict[str, Record] = {}
        self.changed: dict[str, None] = {}
        self.meeting: Meeting | None = None
        self._host = host
        self._replica = replica
        self._known = known
        self._background = Background(self)
        self._unread = list(host.ids())
        self._sending: Sending | None = None
        self._turn = single_shot(self, self._on_turn)
        self._is_closed = False
        host.watch(self._note)
        self._turn.start(PAUSE_MS)

    @property
    def is_sending(self) -> bool:
        """Whether `send` was called, and not all is sent."""
        return self._sending is not None

    @property
    def may_edit(self) -> bool:
        """Whether the user has the right to send anything."""
        return self._replica.rights.may_edit

    @property
    def brought(self) -> list[str]:
        """The ids of new records that the replica refused."""
        return [] if self._sending is None else self._sending.brought

    def send(self, meeting: Meeting | None) -> None:
        """Bring the user's edits into the session; none if there is no meeting."""
        self.meeting = meeting
        self._sending = Sending(meeting, self.shown, self._replica)
        self._turn.start(PAUSE_MS)

    def finish(self) -> bool:
        """Send the rest of it now; returns whether that was under way. Then `sent` will not follow."""
        if self._sending is None:
            return False
        self._turn.stop()
        self._sending.go_on()
        self._report_refused(self._sending)
        return True

    def close(self) -> None:
        """Do nothing else."""
        self._is_closed = True
        self._turn.stop()
        self.deleteLater()

    def _note(self, ids: Collection[str]) -> None:
        self.changed.update(dict.fromkeys(ids))

    @pyqtSlot()
    def _on_turn(self) -> None:
        if self._sending is not None and self._sending.is_done:
            self._report_refused(self._sending)
            self.sent.emit()
        elif self._sending is not None:
            self._sending.go_on(AT_ONCE)
            self._turn.start(PAUSE_MS)
        elif self._unread:
            ids, self._unread = self._unread[:AT_ONCE], self._unread[AT_ONCE:]
            self.shown.update(self._host.records(ids))
            self._turn.start(PAUSE_MS)
        else:
            self._compare()

    def _report_refused(self, sending: Sending) -> None:
        for op in sending.refused:
            name = title(op.id, self.shown.get(op.id))
            self._host.log("ERROR", f"✗ {benches.not_sent(name)}")

    def _compare(self) -> None:
        at = Position(self._replica.epoch, self._replica.clock)
        theirs, known = dict(self._replica.view), self._known
        if known.left is None:
            work = partial(meet, self.shown, theirs, at, known.opened, list(known.ancestors))
        else:
            work = partial(come_home, self.shown, theirs, at, known.left, known.unshown(self.shown))
        self._background.run(work, self._on_compared, _never)

    def _on_compared(self, meeting: Meeting) -> None:
        if not self._is_closed:
            self.compared.emit(meeting)


def _never(error: CollaborationError) -> None:
    raise error
