"""Makes what the user did the replica's: in pages, each edit with its step; a refusal is reported once."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from optiverse_collab.core.client.replica import Replica
from optiverse_collab.core.protocol.pages import pages
from optiverse_collab.core.records import Op, Record
from optiverse_collab.errors import ChangeRefused, Reason
from optiverse_collab.host.api import Host
from optiverse_collab.window.gestures import Gestures
from optiverse_collab.wording import log_lines


class Pusher:
    """Pushes edits of one window.

    Args:
        host: its log gets what is refused.
        replica: the session's document.
        gestures: the steps that edits are parts of.
        last_shown: record id → the clock at which the window showed it, if that is not the present one.
        removed: record id → who removed it while the user had it in hand.
    """

    def __init__(
        self,
        host: Host,
        replica: Replica,
        gestures: Gestures,
        last_shown: Mapping[str, int],
        removed: Mapping[str, str],
    ) -> None:
        self._host = host
        self._replica = replica
        self._gestures = gestures
        self._last_shown = last_shown
        self._removed = removed
        self._refused: dict[str, Record] = {}

    def is_refused(self, record: Record | None) -> bool:
        """Whether a record was refused as it is, and still stands on the screen."""
        return record is not None and self._refused.get(record.id) == record

    def push(self, ops: Sequence[Op], now: Mapping[str, Record], brought: Collection[str]) -> None:
        """Push what the user did.

        Args:
            now: the records after it.
            brought: those that came with a bench that was brought into the session (SEEN-5).
        """
        for yields in (True, False):
            some = [op for op in ops if (op.id in brought) is yields]
            for page in pages(some, self._replica.limits.page_bytes):
                if len(page) == 1 or not self._edit(page, yields):
                    for op in page:
                        self._edit_alone(op, now.get(op.id), yields)

    def push_undo(self, ops: Sequence[Op], step: str, clock: int | None = None) -> list[Op]:
        """Push what undo or redo did, which yields; return what was accepted.

        Args:
            step: the step of the undo or redo.
            clock: at which the host showed the records, if it shows another one now.
        """
        at = self._last_shown if clock is None else dict.fromkeys((op.id for op in ops), clock)
        pushed: list[Op] = []
        for page in pages(list(ops), self._replica.limits.page_bytes):
            try:
                self._replica.edit(page, at, True, step)
            except ChangeRefused as refusal:
                self._host.log("ERROR", f"✗ This edit was not shared: {refusal}")
            else:
                pushed += page
        return pushed

    def _edit(self, ops: Sequence[Op], yields: bool) -> bool:
        """Make edits the replica's, all of them or none."""
        try:
            self._replica.edit(ops, self._last_shown, yields, self._gestures.step)
        except ChangeRefused:
            return False
        for op in ops:
            self._accepted(op)
        return True

    def _edit_alone(self, op: Op, shown: Record | None, yields: bool) -> None:
        """Make one edit the replica's; if it is refused, that is told once and it stays on the screen."""
        try:
            self._replica.edit([op], self._last_shown, yields, self._gestures.step)
        except ChangeRefused as refusal:
            self._report(op, shown, refusal)
            if shown is not None:
                self._refused[op.id] = shown
        else:
            self._accepted(op)

    def _accepted(self, op: Op) -> None:
        self._refused.pop(op.id, None)
        self._gestures.edited(op)

    def _report(self, op: Op, shown: Record | None, refusal: ChangeRefused) -> None:
        if refusal.reason is not Reason.NO_SUCH_RECORD:
            self._host.log("ERROR", f"✗ This edit was not shared: {refusal}")
        elif shown is not None:  # removed by others while in the user's hand; to remove it too is no loss
            conflict = self._replica.note_gone(op, shown, self._removed.get(op.id, ""))
            for line in log_lines.lines(conflict, self._replica.view):
                self._host.log("WARNING", line.text)
