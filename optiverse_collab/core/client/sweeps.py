"""Steps that replace the whole bench, and their real changes (PUSH-9)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from optiverse_collab.core.client.past_effects import BenchReplaced
from optiverse_collab.core.protocol.changes import RESTORE, Change, replaces_bench
from optiverse_collab.core.protocol.outcomes import SweepNotice
from optiverse_collab.core.records import Lane, Record, apply, record_difference


def of_change(change: Change, before: Mapping[str, Record], mine: bool) -> list[BenchReplaced]:
    """The effect of a change, as a part of such a step, on the bench `before` it; None for other changes.

    Args:
        mine: whether this replica made it.
    """
    if not replaces_bench(change.step):
        return []
    after = {op.id: before[op.id] for op in change.ops if op.id in before}
    touched = dict(after)
    for op in change.ops:
        apply(after, op)
    return [_told(change.step, change.user_id, mine, change.clock, touched, after)]


def of_pages(
    notices: Sequence[SweepNotice], before: Mapping[str, Record], after: Mapping[str, Record], mine: set[str]
) -> list[BenchReplaced]:
    """The changes of the bench while this replica was away, if somebody replaced it; the last one counts.

    Args:
        mine: the steps of changes that were pending.
    """
    if not notices:
        return []
    last = notices[-1]
    return [_told(last.step, last.by, last.step in mine, last.clock, before, after)]


def _told(
    step: str, by: str, mine: bool, clock: int, before: Mapping[str, Record], after: Mapping[str, Record]
) -> BenchReplaced:
    return BenchReplaced(
        step=step,
        by=by,
        mine=mine,
        restores=step.startswith(RESTORE),
        clock=clock,
        removed=tuple(one for id, one in before.items() if id not in after and one.lane is Lane.BENCH),
        added=tuple(one for id, one in after.items() if id not in before and one.lane is Lane.BENCH),
        changed=tuple(
            one
            for id, one in after.items()
            if one.lane is Lane.BENCH and id in before and record_difference(before[id], one)
        ),
    )
