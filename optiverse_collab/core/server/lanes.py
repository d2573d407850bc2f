"""The lane of a change: records in different lanes never conflict (DOC-8)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from optiverse_collab.core.records import Lane, Op, Put, Record, Set
from optiverse_collab.core.server.stamps import Tombstone
from optiverse_collab.errors import ChangeRefused, Reason


def lane_of(ops: Iterable[Op], records: Mapping[str, Record], tombstones: Mapping[str, Tombstone]) -> Lane:
    """The one lane of all records in a change, including those that exist neither before nor after it.

    Raises:
        ChangeRefused: there are several.
    """
    found: set[Lane] = set()
    is_there: dict[str, bool] = {}
    for op in ops:
        known = records.get(op.id) or tombstones.get(op.id)
        if known is not None:
            found.add(known.lane)
        if isinstance(op, Put) and not is_there.get(op.id, op.id in records):
            found.add(op.lane)
        if not isinstance(op, Set):
            is_there[op.id] = isinstance(op, Put)
    if len(found) > 1:
        raise ChangeRefused(
            Reason.MIXED_LANES,
            "A change lies in one lane, and an id stays in its lane; send one change for each lane.",
        )
    return found.pop() if found else Lane.BENCH
