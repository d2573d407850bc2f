"""Steps that replace all of the bench, and what they really changed (PUSH-9)."""

from __future__ import annotations

from collections.abc import Mapping

from optiverse_collab.core.client.effects import BenchReplaced
from optiverse_collab.core.protocol.messages import Change
from optiverse_collab.core.records import Record, apply

SWEEP = "sweep:"
"""A step whose id begins so replaces the bench."""

RESTORE = "restore:"
"""A step whose id begins so brings an earlier bench back."""


def of_change(change: Change, before: Mapping[str, Record], mine: bool) -> list[BenchReplaced]:
    """What a change does to the bench `before` it, as a part of such a step; nothing for other changes.

    Args:
        mine: whether this replica made it.
    """
    if not change.step.startswith((SWEEP, RESTORE)):
        return []
    scratch = {op.id: before[op.id] for op in change.ops if op.id in before}
    touched = dict(scratch)
    for op in change.ops:
        apply(scratch, op)
    return [
        BenchReplaced(
            step=change.step,
            by=change.user_id,
            mine=mine,
            restores=change.step.startswith(RESTORE),
            clock=change.clock,
            removed=tuple(record for id, record in touched.items() if id not in scratch),
            added=tuple(record for id, record in scratch.items() if id not in touched),
            changed=tuple(record for id, record in scratch.items() if id in touched),
        )
    ]
