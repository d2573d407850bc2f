"""Brings the user's edits into the replica: in pages, each edit with its step; a refusal is reported once."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from optiverse_collab.core.client.conflicts import of_gone
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
        host: its log gets refusals.
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
        self._denied: dict[str, None] = {}

    def is_refused(self, record: Record | None) -> bool:
        """Whether this state of a record was refused, and is still on the screen."""
        return record is not None and self._refused.get(record.id) == record

    def forget(self, id: str) -> None:
        """The refused state of a record is no longer on the screen."""
        self._refused.pop(id, None)

    def take_denied(self) -> list[str]:
        """The records that the user changed without the right to since the last call."""
        denied, self._denied = [*self._denied], {}
        return denied

    def push(self, ops: Sequence[Op], now: Mapping[str, Record], brought: Collection[str]) -> None:
        """Push what the user did.

        Args:
            now: the records after it.
            brought: those of a bench that was brought into the session (SEEN-5).
        """
        for op in ops:
            if op.id not in now:
                self.forget(op.id)
        for yields in (True, False):
            some = [op for op in ops if (op.id in brought) is yields]
            for op in self._edit(some, now, yields, self._last_shown) if some else ():
                self._gestures.edited(op)

    def push_undo(self, ops: Sequence[Op], step: str, clock: int | None = None) -> list[Op]:
        """Push the edits of an undo or redo, which yield; return the accepted ones.

        Args:
            step: the step of the undo or redo.
            clock: at which the host showed the records, if it shows another one now.
        """
        at = self._last_shown if clock is None else dict.fromkeys((op.id for op in ops), clock)
        return self._edit(ops, self._host.records([op.id for op in ops]), True, at, step)

    def _edit(
        self,
        ops: Sequence[Op],
        now: Mapping[str, Record],
        yields: bool,
        last_shown: Mapping[str, int],
        step: str = "",
    ) -> list[Op]:
        """Give edits to the replica, as many at once as it accepts; return the accepted ones."""
        step = step or self._gestures.step
        taken: list[Op] = []
        for page in pages(list(ops), self._replica.limits.page_bytes):
            try:
                self._replica.edit(page, last_shown, yields, step)
            except ChangeRefused as refusal:
                if len(page) > 1:
                    for op in page:
                        taken += self._edit([op], now, yields, last_shown, step)
                    continue
                self._report(page[0], now.get(page[0].id), refusal)
            else:
                taken += page
        for op in taken:
            self.forget(op.id)
        return taken

    def _report(self, op: Op, shown: Record | None, refusal: ChangeRefused) -> None:
        """Report a refusal, once; the edit stays on the screen, unless the user lacks the right."""
        if refusal.reason is Reason.NOT_ALLOWED:
            self._denied[op.id] = None
            return
        if shown is not None:
            self._refused[op.id] = shown
        if refusal.reason is not Reason.NO_SUCH_RECORD:
            self._host.log("ERROR", log_lines.not_shared(str(refusal)))
        elif shown is not None:  # removed by others while the user held it; removing it too is no loss
            conflict = of_gone(op, shown, self._removed.get(op.id, ""))
            self._replica.hold(conflict)
            for line in log_lines.lines(conflict, self._replica.view):
                self._host.log("WARNING", line.text)
