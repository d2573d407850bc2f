"""The document on the user's screen: the confirmed one, with the pending changes on top (REP-1)."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from optiverse_collab.core.client.effects import MetaChanged, ShowChange
from optiverse_collab.core.client.pending import Pending
from optiverse_collab.core.limits import Limits
from optiverse_collab.core.record_size import check_record
from optiverse_collab.core.records import Lane, Op, Record, Remove, apply, record_difference
from optiverse_collab.errors import ChangeRefused, Reason

Records = Mapping[str, Record]


class Views(NamedTuple):
    """The records as the user sees them, by id.

    Attributes:
        bench: those of the lane `bench`: hosts and files know no others.
        meta: the others: versions and the like.
    """

    bench: dict[str, Record]
    meta: dict[str, Record]

    @property
    def all(self) -> Records:
        """Both."""
        return ChainMap(self.bench, self.meta)

    def adopt(self, ids: Iterable[str], after: Records) -> None:
        """The user changed these records."""
        for id in ids:
            self.put(id, after.get(id))

    def put(self, id: str, record: Record | None) -> None:
        """Set a record, or remove it."""
        kept = None if record is None else self.bench if record.lane is Lane.BENCH else self.meta
        for view in self:
            if view is kept and record is not None:
                view[id] = record
            else:
                view.pop(id, None)


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
    views: Views, ids: Iterable[str], base: Records, pending: Pending, authors: Mapping[str, str]
) -> list[ShowChange | MetaChanged]:
    """Update the views of `ids`, and return their changes (REP-4, REP-10)."""
    ops: list[Op] = []
    seen: dict[str, Record | None] = {}
    is_meta = False
    for id in ids:
        before, other, now = views.bench.get(id), views.meta.get(id), shown(id, base, pending)
        views.put(id, now)
        on_bench = None if now is None or now.lane is not Lane.BENCH else now
        is_meta = is_meta or (now if on_bench is None else None) != other
        op = _difference(id, before, on_bench)
        if op is not None:
            ops.append(op)
            seen[id] = before
    changes: list[ShowChange | MetaChanged] = [ShowChange(tuple(ops), authors, seen)] if ops else []
    return [*changes, MetaChanged()] if is_meta else changes


def _difference(id: str, before: Record | None, now: Record | None) -> Op | None:
    if now is not None:
        return record_difference(before, now)
    return None if before is None else Remove(id)


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
