"""The document on the user's screen: the confirmed one, with the pending changes on top (REP-1)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from optiverse_collab.core.client.effects import ShowChange
from optiverse_collab.core.client.pending import Pending
from optiverse_collab.core.limits import Limits
from optiverse_collab.core.record_size import check_record
from optiverse_collab.core.records import Op, Record, Remove, apply, record_difference
from optiverse_collab.errors import ChangeRefused, Reason

Records = Mapping[str, Record]


def shown(id: str, base: Records, pending: Pending) -> Record | None:
    """A record as the user sees it; None if they don't."""
    record = base.get(id)
    changes = pending.on(id)
    if not changes:
        return record
    scratch = {} if record is None else {id: record}
    for change in changes:
        for op in change.ops[id]:
            apply(scratch, op)
    return scratch.get(id)


def show(
    view: dict[str, Record], ids: Iterable[str], base: Records, pending: Pending, authors: Mapping[str, str]
) -> list[ShowChange]:
    """Update the view of `ids`, and return its changes (REP-4, REP-10)."""
    ops: list[Op] = []
    seen: dict[str, Record | None] = {}
    for id in ids:
        before, now = view.get(id), shown(id, base, pending)
        if now is None:
            if before is not None:
                del view[id]
                ops.append(Remove(id))
                seen[id] = before
            continue
        op = record_difference(before, now)
        view[id] = now
        if op is not None:
            ops.append(op)
            seen[id] = before
    return [ShowChange(tuple(ops), authors, seen)] if ops else []


def rehearse(view: Records, ops: Sequence[Op], limits: Limits) -> dict[str, Record]:
    """The records that `ops` touch, with `ops` applied.

    Raises:
        ChangeRefused: a record is not in the view (REP-6), or would be too long (LIM-6).
    """
    scratch = {op.id: view[op.id] for op in ops if op.id in view}
    for op in ops:
        if not apply(scratch, op):
            raise ChangeRefused(
                Reason.NO_SUCH_RECORD, f"There is no record {op.id!r} in the session; put it first."
            )
    for record in scratch.values():
        check_record(record, limits)
    return scratch
