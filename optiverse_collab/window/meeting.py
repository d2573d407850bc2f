"""A bench and a session's meet: what each has that the other lacks, and what has to be sent."""

from __future__ import annotations

from typing import NamedTuple

from optiverse_collab.convert import is_item
from optiverse_collab.convert.three_way import Merge, Opened, Records, merge
from optiverse_collab.core.client.replica import Replica
from optiverse_collab.core.client.steps import edit_in_step
from optiverse_collab.core.records import Op, Put
from optiverse_collab.window.coming_back import ComingBack
from optiverse_collab.window.gestures import new_id
from optiverse_collab.wording import benches
from optiverse_collab.wording.benches import Differences, differences

NOTHING = Merge([], [], [], 0, 0, 0)


class Meeting(NamedTuple):
    """How a user's bench stands to the session's.

    Attributes:
        found: the differences of the items.
        merge: what the user did that the session lacks.
        seen: the clock of what they had seen of contested records.
        since_ms: when the two were the same, in ms since 1970; None if they never were.
        asks: the two have not met before, and differ.
    """

    found: Differences
    merge: Merge
    seen: int
    since_ms: int | None
    asks: bool

    @property
    def sentence(self) -> str:
        """What joining does, for the log; empty if that is nothing."""
        if self.since_ms is not None:
            return benches.merged(self.merge.edited, self.merge.taken, self.since_ms)
        return "" if self.found.theirs or not self.found.mine else benches.shared(self.found)


def meet(mine: Records, theirs: Records, replica: Replica, known: ComingBack) -> Meeting:
    """Compare what a window shows with what the session has.

    An ancestor of another history says what the user edited of what is in this session, too. It does not
    say what others removed, or what the user has seen.
    """
    same = (one for one in known.ancestors if one.epoch == replica.epoch and one.clock <= replica.clock)
    exact = next(same, None)
    is_exact = exact is not None
    ancestor = exact or next(iter(known.ancestors), None)
    base = {} if ancestor is None else {record.id: record for record in ancestor.records}
    if not is_exact:
        base = {id: record for id, record in base.items() if id in theirs}
    found = differences(mine, theirs)
    merged = merge(base, known.opened or Opened(mine, mine), mine, theirs, removals=is_exact)
    have_met = is_exact or bool(base)
    if not have_met:  # then groups alone are no work
        items = [op for op in merged.contested if is_item(mine[op.id])]
        merged = merged._replace(contested=items) if merged.added else NOTHING
    asks = bool(found.theirs) and not is_exact and bool(merged.added or (found.differ and not have_met))
    seen = ancestor.clock if ancestor is not None and is_exact else 0
    return Meeting(found, merged, seen, ancestor.when_ms if ancestor is not None and have_met else None, asks)


def send(meeting: Meeting, mine: Records, replica: Replica) -> tuple[list[str], list[Op]]:
    """Make what the user did the session's, in one step that yields (SEEN-5).

    Returns:
        The ids of new records that were refused, and the other edits that were.
    """
    found, step = meeting.merge, new_id()
    refused = edit_in_step(replica, found.clear, step, replica.clock, yields=True, away=True)
    refused += edit_in_step(replica, found.contested, step, meeting.seen, yields=True, away=True)
    for op in found.gone:
        replica.note_gone(op, mine[op.id])
    new = [op.id for op in refused if isinstance(op, Put) and op.id not in replica.view]
    return new, [op for op in refused if op.id not in new]
