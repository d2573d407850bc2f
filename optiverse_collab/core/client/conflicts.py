"""Conflicts of edits with others' unseen ones, with the values of both sides (SEEN-10, REP-8).

The server names records, properties and people. The values are taken here, before its changes are applied.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import msgspec

from optiverse_collab.core.client.effects import Conflict, ConflictKind
from optiverse_collab.core.client.pending import PendingChange
from optiverse_collab.core.client.squash import squash
from optiverse_collab.core.protocol.changes import Change
from optiverse_collab.core.protocol.outcomes import Ack, Notice, Part
from optiverse_collab.core.records import Op, Put, Record, Remove, Set, apply, put

Records = Mapping[str, Record]


class HeldChange(msgspec.Struct):
    """Edits of one record that were not applied, until their user uses or dismisses them (SEEN-9).

    Attributes:
        ops: the edits.
        by: who had changed the record, or removed it.
        record: the record with the edits, to bring it back; None if they removed it.
    """

    ops: list[Op]
    by: str
    record: Record | None = None


def of_acknowledged(
    ack: Ack, change: PendingChange, before: Records, after: Records, clock: int
) -> list[Conflict]:
    """The conflicts of one of my changes.

    Args:
        ack: its acknowledgement.
        change: the change.
        before: the records here, without the change.
        after: the records at the server, as far as known here.
        clock: `before` has the session's changes up to this clock.
    """
    held = {(part.id, *part.names): part for part in ack.held}  # a removal and later operations are one
    found = [_gone(part, change, before) for part in ack.lost if part.id in change.ops]
    found += [_held(part, change, before, after) for part in held.values() if part.id in change.ops]
    found += [_replaced(part, change, before, clock) for part in ack.replaced if part.id in change.ops]
    return found


def of_others(change: Change, origins: Iterable[str], mine: Records) -> Iterator[Conflict]:
    """The conflicts in which another change replaced my values unseen; `mine` has the records before it."""
    for replaced in change.replaced:
        if replaced.of in origins:
            theirs = [op for op in change.ops if op.id == replaced.id]
            yield _replaced_mine(change.user_id, replaced.id, replaced.names, mine.get(replaced.id), theirs)


def of_notice(notice: Notice, mine: Records, after: Records) -> Conflict:
    """The same for changes while this replica was away."""
    now = after.get(notice.id)
    theirs: Op = Remove(notice.id) if now is None else _values(now, notice.names)
    return _replaced_mine(notice.by, notice.id, notice.names, mine.get(notice.id), [theirs])


def of_gone(op: Op, record: Record | None = None, by: str = "") -> Conflict:
    """An edit of a record that others removed while the user was editing it, for `Replica.hold`.

    Args:
        op: the edit, which the replica refused with `no_such_record`.
        record: the record with the edit, to bring it back.
        by: who removed it.
    """
    return Conflict(ConflictKind.GONE, by, (), op, Remove(op.id), record)


def keep(held: dict[str, HeldChange], conflict: Conflict) -> None:
    """Add an edit that was not applied to the held ones; there is one list for each record."""
    mine, record = conflict.mine, conflict.record
    known = held.get(mine.id)
    if known is not None and isinstance(known.ops[-1], Remove):
        known = None  # they continued with the record that they had removed
    if isinstance(mine, Remove):
        record = None
    elif known is not None and known.record is not None and record is not None:
        scratch = {mine.id: known.record}
        apply(scratch, mine)
        record = scratch[mine.id]
    ops = [mine] if known is None else squash([*known.ops, mine])[mine.id]
    held[mine.id] = HeldChange(ops, conflict.by, record)


def _gone(part: Part, change: PendingChange, before: Records) -> Conflict:
    with_mine = _with(before.get(part.id), change, part.id)
    return _conflict(ConflictKind.GONE, part, change, Remove(part.id), with_mine)


def _held(part: Part, change: PendingChange, before: Records, after: Records) -> Conflict:
    now = after.get(part.id)
    theirs: Op = Remove(part.id) if now is None else _values(now, part.names or list(now.props))
    with_mine = _with(before.get(part.id), change, part.id)
    return _conflict(ConflictKind.HELD, part, change, theirs, with_mine or now)


def _replaced(part: Part, change: PendingChange, before: Records, clock: int) -> Conflict:
    record = before.get(part.id)
    is_known = record is not None and part.clock <= clock
    theirs = _values(record, part.names or list(record.props)) if record is not None and is_known else None
    return _conflict(ConflictKind.REPLACED_THEIRS, part, change, theirs, record)


def _conflict(
    kind: ConflictKind, part: Part, change: PendingChange, theirs: Op | None, record: Record | None
) -> Conflict:
    mine = _only(_named(change.ops[part.id], part.names), part.names)
    return Conflict(kind, part.by, tuple(part.names), mine, theirs, record, change.away, change.step)


def _replaced_mine(by: str, id: str, names: list[str], record: Record | None, theirs: list[Op]) -> Conflict:
    mine = Set(id, {}, names) if record is None else _values(record, names or list(record.props))
    found = _only(theirs[-1], names) if theirs else None
    return Conflict(ConflictKind.REPLACED_MINE, by, tuple(names), mine, found, record)


def _named(ops: list[Op], names: list[str]) -> Op:
    """The operation that has these properties; without names, the last."""
    for op in reversed(ops):
        if not names or isinstance(op, Remove) or not {*op.props, *_unset(op)}.isdisjoint(names):
            return op
    return ops[-1]


def _unset(op: Put | Set) -> list[str]:
    return op.unset if isinstance(op, Set) else []


def _only(op: Op, names: list[str]) -> Op:
    """An operation, except for the properties that are not named; without names, all of it."""
    if isinstance(op, Remove) or not names:
        return op
    unset = [name for name in _unset(op) if name in names]
    return Set(op.id, {name: value for name, value in op.props.items() if name in names}, unset)


def _values(record: Record, names: list[str]) -> Set:
    """A record's values of some properties."""
    props = {name: record.props[name] for name in names if name in record.props}
    return Set(record.id, props, [name for name in names if name not in props])


def _with(record: Record | None, change: PendingChange, id: str) -> Record | None:
    """A record with a change applied, as its user saw it; the record itself if the change removes it."""
    scratch = {} if record is None else {id: record}
    for op in change.ops[id]:
        apply(scratch, op)
    return scratch.get(id, record)


def standing(held: HeldChange, now: Record | None) -> Op:
    """The present state in place of held edits: a removal, or the values that using them would replace."""
    if now is None:
        return Remove(held.ops[0].id)
    names: dict[str, None] = {}
    for op in held.ops:
        if isinstance(op, Remove) or (isinstance(op, Put) and op.kind != now.kind):
            return _values(now, list(now.props))
        names.update(dict.fromkeys([*op.props, *_unset(op)]))
    return _values(now, list(names))


def bring_back(held: HeldChange, is_there: bool) -> list[Op]:
    """The edit that uses held edits: on the existing record, or with a new one in its place.

    Removing a missing record is no edit. A `set` will be refused if the record isn't known.
    """
    if is_there:
        return held.ops
    if held.record is not None:
        return [put(held.record)]
    return [op for op in held.ops if not isinstance(op, Remove)]
