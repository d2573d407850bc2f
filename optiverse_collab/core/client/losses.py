"""What did not survive, so that it can be told: nothing that a user saw vanishes without a trace (REP-8)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from optiverse_collab.core.client.effects import LossKind, Lost, ReplicaEffect
from optiverse_collab.core.client.pending import Pending
from optiverse_collab.core.exhaustive import Unmatched
from optiverse_collab.core.protocol.messages import Ack, AckResult, Change
from optiverse_collab.core.records import Op, Put, Record, Remove, Set, same_value


def acknowledged(ack: Ack, ops: Iterable[Op]) -> list[ReplicaEffect]:
    """What the server says was lost of a change of mine.

    Args:
        ops: all of the change.
    """
    match ack.result:
        case AckResult.COMMIT | AckResult.DUPLICATE:
            return []
        case AckResult.REBASE:
            return [Lost(tuple(ack.lost), LossKind.REBASE)]
        case AckResult.DISCARD:
            return [Lost(tuple(ack.lost), LossKind.DISCARD)]
        case AckResult.REFUSED:
            return [Lost(tuple(ops), LossKind.REFUSED, message=ack.message)]
    raise Unmatched(ack.result)


def overridden(change: Change, pending: Pending) -> list[ReplicaEffect]:
    """Values in somebody's change that never show, since a pending change of mine replaces them."""
    lost: list[Op] = []
    for op in change.ops:
        if isinstance(op, Remove):
            continue
        mine: set[str] = set()
        for own in pending.on(op.id):
            own_op = own.ops[op.id]
            if isinstance(own_op, Set):
                mine.update(own_op.props, own_op.unset)
            elif isinstance(own_op, Put):  # it replaces all of the record
                mine.update(op.props)
        values = {name: value for name, value in op.props.items() if name in mine}
        if values:
            lost.append(Set(op.id, values))
    return [Lost(tuple(lost), LossKind.OVERRIDDEN, by=change.user_id)] if lost else []


def superseded(accepted: Mapping[str, Op], records: Mapping[str, Record]) -> list[ReplicaEffect]:
    """What of my accepted changes the document doesn't hold any more.

    Args:
        accepted: record id → all that these changes did to it.
        records: the document, with them in it.
    """
    lost: list[Op] = []
    for id, op in accepted.items():
        record = records.get(id)
        if isinstance(op, Remove):
            if record is not None:
                lost.append(op)
        elif record is None:
            lost.append(op)
        else:
            values = {
                name: value
                for name, value in op.props.items()
                if name not in record.props or not same_value(record.props[name], value)
            }
            back = [name for name in op.unset if name in record.props] if isinstance(op, Set) else []
            if values or back:
                lost.append(Set(id, values, back))
    return [Lost(tuple(lost), LossKind.SUPERSEDED)] if lost else []
