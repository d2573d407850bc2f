"""Sessions that continue from a participant's replica, after their server has gone (HOST-1)."""

from __future__ import annotations

from optiverse_collab.core.protocol.continuation import Continuation
from optiverse_collab.core.server.chain import HASH_BYTES
from optiverse_collab.core.server.history import TERM
from optiverse_collab.core.server.journal import Parent, Snapshot, StampedRecord
from optiverse_collab.core.server.stamps import Stamp


def end_of(found: Continuation) -> Parent:
    """Where the history that a replica follows ends, as far as that knows."""
    return Parent(found.epoch, found.clock, found.time_ms, found.term)


def snapshot_from(found: Continuation) -> Snapshot:
    """The state of a session as a replica knows it, on a server that has never taken over from another one.

    A replica knows nobody's numbers of changes, and neither authors nor removals. So all values count as set
    by the last change: an edit whose author has not seen that is a conflict, unless they saw the same value.

    Raises:
        ValueError: the head is none.
    """
    head = bytes.fromhex(found.head)
    if len(head) != HASH_BYTES:
        raise ValueError(f"its head has {len(head)} bytes")
    return Snapshot(
        epoch=found.epoch,
        term=TERM,
        clock=found.clock,
        head=head,
        time_ms=found.time_ms,
        history_start=found.clock,
        heads=b"",
        records=[StampedRecord(record, 0, {}) for record in found.records],
        tombstones=[],
        stamps=[Stamp(found.clock, 0, 0, found.time_ms)],
        clients=[],
        skipped={},
        outcomes=[],
        outcomes_from=found.clock,
        forgotten=(found.clock, 0),
    )
