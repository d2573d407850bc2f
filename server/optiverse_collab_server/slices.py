"""Splits a push into short parts, so that others are served in between (LIM-11)."""

from __future__ import annotations

from collections.abc import Iterator

from optiverse_collab.core.protocol.changes import PushedChange
from optiverse_collab.core.protocol.codec import size_of
from optiverse_collab.core.protocol.messages import Push
from optiverse_collab.core.records import Remove, Set

SLICE_US = 2_000
"""About how long a slice takes, in µs; a change is never split, and may take longer."""

CHANGE_US, OPERATION_US, PROPERTY_US, BYTES_IN_A_US = 20, 10, 1, 100
"""The cost of a change, and of each operation, property and 100 bytes. If it meets others' values
or long records, it takes up to three times as long."""


def slices(push: Push) -> Iterator[Push]:
    """The changes of a push in order, in pushes that each take about `SLICE_US`."""
    if len(push.changes) == 1:
        yield push
        return
    part: list[PushedChange] = []
    room = SLICE_US
    for change in push.changes:
        cost = cost_us(change)
        if part and cost > room:
            yield Push(part)
            part, room = [], SLICE_US
        part.append(change)
        room -= cost
    if part or not push.changes:
        yield Push(part)


def is_long(push: Push) -> bool:
    """Whether `slices` may divide a push."""
    return len(push.changes) > 1 and sum(map(cost_us, push.changes)) > SLICE_US


def cost_us(change: PushedChange) -> int:
    """About how long a change takes, in µs."""
    properties = sum(
        len(op.props) + (len(op.unset) if isinstance(op, Set) else 0)
        for op in change.ops
        if not isinstance(op, Remove)
    )
    length = size_of(change.ops) // BYTES_IN_A_US
    return CHANGE_US + OPERATION_US * len(change.ops) + PROPERTY_US * properties + length
