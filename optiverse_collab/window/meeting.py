"""Compares a bench with a session's: the differences, and the edits to send."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from optiverse_collab.convert import is_item
from optiverse_collab.convert.ancestor_search import Departure
from optiverse_collab.convert.stray_copy import conflicts, merge_copy
from optiverse_collab.convert.three_way import Merge, Opened, Records, merge
from optiverse_collab.core.client.conflicts import of_gone
from optiverse_collab.core.client.effects import Conflict
from optiverse_collab.core.client.replica import Replica
from optiverse_collab.core.client.steps import edit_in_step
from optiverse_collab.core.protocol.changes import MERGE
from optiverse_collab.core.records import Op, Put, Set
from optiverse_collab.disk.ancestors import Ancestor
from optiverse_collab.window.gestures import new_id
from optiverse_collab.wording import benches
from optiverse_collab.wording.benches import Differences, differences

NOTHING = Merge([], [], [], 0, 0, 0)


class Meeting(NamedTuple):
    """The comparison of a user's bench with the session's.

    Attributes:
        found: the differences of the items.
        merge: the user's edits that the session lacks.
        clock: of the session's records.
        seen: the clock of what they had seen of contested records.
        since_ms: when the two were the same, in ms since 1970; None if they never were.
        asks: the two have not met before, and differ.
        held: edits that are not sent: their user decides.
    """

    found: Differences
    merge: Merge
    clock: int
    seen: int
    since_ms: int | None
    asks: bool
    held: Sequence[Conflict] = ()

    @property
    def has_edits(self) -> bool:
        """Whether the session lacks edits of the user."""
        return bool(self.merge.clear or self.merge.contested or self.merge.gone or self.held)

    @property
    def sentence(self) -> str:
        """The effect of joining, for the log; empty if there is none."""
        if self.since_ms is not None:
            return benches.merged(self.merge.edited, self.merge.taken, self.since_ms)
        return "" if self.found.theirs or not self.found.mine else benches.shared(self.found)


class Position(NamedTuple):
    """The position of a replica.

    Attributes:
        epoch: the history that it follows.
        clock: up to where it has that.
    """

    epoch: str | None
    clock: int


def meet(
    mine: Records, theirs: Records, at: Position, opened: Opened | None, ancestors: Sequence[Ancestor]
) -> Meeting:
    """Compare a window's bench with the session's.

    An ancestor of another history shows which of the session's items the user edited. It does not
    show what others removed, or what the user has seen.

    Args:
        mine, theirs: id → record.
        at: where the session's records stand.
        opened: the bench as it came into the window, if it has an ancestor.
        ancestors: the benches of sessions as the file has them, the latest first.
    """
    same = (one for one in ancestors if one.epoch == at.epoch and one.clock <= at.clock)
    exact = next(same, None)
    is_shared = exact is not None
    ancestor = exact or next(iter(ancestors), None)
    base = {} if ancestor is None else {record.id: record for record in ancestor.records}
    if not is_shared:
        base = {id: record for id, record in base.items() if id in theirs}
    found = differences(mine, theirs)
    merged = merge(base, opened or Opened(mine, mine), mine, theirs, removals=is_shared)
    have_met = is_shared or bool(base)
    if not have_met:  # then groups alone are no work
        items = [op for op in merged.contested if is_item(mine[op.id])]
        merged = merged._replace(contested=items) if merged.added else NOTHING
    asks = bool(found.theirs) and not is_shared and bool(merged.added or (found.differ and not have_met))
    seen = ancestor.clock if ancestor is not None and is_shared else 0
    since_ms = ancestor.when_ms if ancestor is not None and have_met else None
    return Meeting(found, merged, at.clock, seen, since_ms, asks)


def come_home(
    mine: Records, theirs: Records, at: Position, left: Departure, unshown: Collection[str]
) -> Meeting:
    """Compare a bench that left the session as a file, and was edited elsewhere, with the session's.

    Args:
        mine, theirs, at: as in `meet`.
        left: when it left.
        unshown: ids of records of the file that the window does not have.
    """
    merged = merge_copy(left, mine, theirs, unshown=unshown)
    held = conflicts(left, merged, mine, theirs)
    sent = merged._replace(contested=[], gone=[], edited=len(merged.clear))
    return Meeting(differences(mine, theirs), sent, at.clock, 0, left.when_ms, False, held)


class Sending:
    """Brings the user's edits into the session bit by bit, in one step that yields (SEEN-5).

    Args:
        meeting: the edits; None for none.
        mine: id → record, as the window shows it.
        replica: the session's document.

    Attributes:
        brought: the ids of new records that were refused …
        refused: … and the other edits that were.
    """

    def __init__(self, meeting: Meeting | None, mine: Records, replica: Replica) -> None:
        self.brought: list[str] = []
        self.refused: list[Op] = []
        self._mine = mine
        self._replica = replica
        self._step = (MERGE if meeting is not None and meeting.found.theirs else "") + new_id()
        self._left: list[tuple[int, Op]] = []
        self._gone: list[Set] = []
        self._held = [] if meeting is None else [*meeting.held]
        if meeting is not None:
            self._left += [(meeting.clock, op) for op in meeting.merge.clear]
            self._left += [(meeting.seen, op) for op in meeting.merge.contested]
            self._gone += meeting.merge.gone

    @property
    def is_done(self) -> bool:
        """Whether nothing is left to be sent."""
        return not self._left and not self._gone and not self._held

    def go_on(self, most: int | None = None) -> None:
        """Send at most `most` edits, or all."""
        part, self._left = self._left[:most], self._left[most:] if most is not None else []
        for seen, group in groupby(part, key=itemgetter(0)):
            ops = [op for _, op in group]
            self._sort(edit_in_step(self._replica, ops, self._step, seen, yields=True, away=True))
        if not self._left:
            for conflict in [*self._held, *(of_gone(op, self._mine[op.id]) for op in self._gone)]:
                self._replica.hold(conflict)
            self._held.clear()
            self._gone.clear()

    def _sort(self, refused: Iterable[Op]) -> None:
        for op in refused:
            if op.id in self._replica.view:
                self.refused.append(op)
            elif isinstance(op, Put):
                self.brought.append(op.id)
            elif isinstance(op, Set):  # others have removed it since the two were compared
                self._gone.append(op)
