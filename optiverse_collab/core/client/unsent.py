"""Edits of an abandoned replica, for another one: their user decides about each (SEEN-9)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from optiverse_collab.core.client.conflicts import HeldChange
from optiverse_collab.core.client.effects import Conflict, ConflictKind
from optiverse_collab.core.client.saved import Saved
from optiverse_collab.core.records import Op, Record, apply


def held_edits(held: Mapping[str, HeldChange]) -> Iterator[Conflict]:
    """The held edits of one replica, for `Replica.hold` of another."""
    for change in held.values():
        for op in change.ops:
            yield _held(op, change.record, change.by)


def unsent_edits(saved: Saved) -> Iterator[Conflict]:
    """The held and unsent edits of a replica whose history is gone (CLK-3)."""
    yield from held_edits(saved.held)
    records = {record.id: record for record in saved.records}
    for change in saved.pending:
        for op in change.operations:
            apply(records, op)
            yield _held(op, records.get(op.id))


def _held(op: Op, record: Record | None, by: str = "") -> Conflict:
    return Conflict(ConflictKind.HELD, by, (), op, None, record)
