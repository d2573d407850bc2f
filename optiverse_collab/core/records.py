"""Records, the operations on them, and the effect of an operation on a document.

A document is a flat set of records; the unit of conflict is one property of one record
(docs/protocol.md, DOC-1 to DOC-8).
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from typing import Any

import msgspec

_encode = msgspec.json.Encoder().encode
_canonical = msgspec.json.Encoder(order="sorted").encode


class Lane(str, Enum):
    """Which part of a session a record belongs to (DOC-8)."""

    BENCH = "bench"
    """The items of the bench: files, undo and capture see only this lane."""
    TALK = "talk"
    """Comments."""
    META = "meta"
    """Versions and other metadata."""

    __hash__ = str.__hash__  # that of an enumeration is written in Python, and used for each change


class Record(msgspec.Struct, frozen=True, omit_defaults=True):
    """One thing on the bench.

    Neither the record nor its `props` is ever changed in place, so that a snapshot of a document
    is a shallow copy of its dict.

    Attributes:
        id: unique in the session, 1 to 128 characters.
        kind: what it is (``component``, ``group``, …); unknown kinds are kept unchanged.
        props: property name → JSON value.
        lane: fixed by the first put.
    """

    id: str
    kind: str
    props: dict[str, Any]
    lane: Lane = Lane.BENCH


class Put(msgspec.Struct, frozen=True, tag_field="op", tag="put", omit_defaults=True):
    """Create a record, or set these properties of an existing one of this kind (DOC-2)."""

    id: str
    kind: str
    props: dict[str, Any] = {}
    lane: Lane = Lane.BENCH


class Set(msgspec.Struct, frozen=True, tag_field="op", tag="set", omit_defaults=True):
    """Give some properties of a record new values and remove others (DOC-3)."""

    id: str
    props: dict[str, Any] = {}
    unset: list[str] = []


class Remove(msgspec.Struct, frozen=True, tag_field="op", tag="remove"):
    """Remove a record (DOC-4)."""

    id: str


Op = Put | Set | Remove

HEIGHT = "z_value"
UNIT = frozenset(("parent", "order", HEIGHT))
"""The place of a record among the others: three properties that count as one (SEEN-6)."""


def apply(records: dict[str, Record], op: Op, copies: set[str] | None = None) -> bool:
    """Apply one operation to `records`.

    Args:
        copies: ids of records whose properties nobody else has: those are changed in place, since copying a
            thousand of them a hundred times takes long. Records that this function copies are added.

    Returns:
        False if the operation has no effect because its record is missing (DOC-5).
    """
    if isinstance(op, Remove):
        return records.pop(op.id, None) is not None
    record = records.get(op.id)
    if record is None or (isinstance(op, Put) and op.kind != record.kind):
        if not isinstance(op, Put):
            return False
        records[op.id] = Record(op.id, op.kind, op.props, op.lane if record is None else record.lane)
        if copies is not None:
            copies.discard(op.id)
        return True
    if copies is None or op.id not in copies:
        record = records[op.id] = Record(op.id, record.kind, record.props.copy(), record.lane)
    record.props.update(op.props)
    for name in () if isinstance(op, Put) else op.unset:
        record.props.pop(name, None)
    if copies is not None:
        copies.add(op.id)
    return True


def put(record: Record) -> Put:
    """The operation that creates `record`."""
    return Put(record.id, record.kind, record.props, record.lane)


def difference(old: dict[str, Record], new: dict[str, Record]) -> list[Op]:
    """The operations that turn `old` into `new`, property by property."""
    ops: list[Op] = [Remove(id) for id in old if id not in new]
    for record in new.values():
        op = record_difference(old.get(record.id), record)
        if op is not None:
            ops.append(op)
    return ops


def record_difference(old: Record | None, new: Record) -> Op | None:
    """The operation that turns `old` into `new`; None if they are the same."""
    if old is None or old.kind != new.kind:
        return put(new)
    before = old.props
    changed = {
        name: value
        for name, value in new.props.items()
        if name not in before or (before[name] is not value and not same_value(before[name], value))
    }
    gone = [] if before.keys() <= new.props.keys() else [name for name in before if name not in new.props]
    return Set(new.id, changed, gone) if changed or gone else None


def same_value(a: Any, b: Any) -> bool:
    """Whether two JSON values are equal on the wire.

    Python's ``==`` says that ``1 == True`` and ``0.0 == -0.0``; on the wire they differ. ``1``
    and ``1.0`` count as different too: a host gets exactly the sent value. A tuple equals a list.
    """
    if a is b:
        return True
    kind = type(a)
    if kind is float:
        return kind is type(b) and a == b and (a != 0 or str(a) == str(b))
    if isinstance(a, (list, tuple, dict)) and isinstance(b, (list, tuple, dict)):
        try:
            one, other = _encode(a), _encode(b)  # much faster than comparing many values one by one
        except (TypeError, ValueError, OverflowError):
            return _same_parts(a, b)
        if one == other or len(one) != len(other) or b"{" not in one:
            return one == other
        return _canonical(a) == _canonical(b)  # the order of keys doesn't count
    return kind is type(b) and bool(a == b)


def _same_parts(a: Any, b: Any) -> bool:
    """`same_value` for values outside JSON."""
    if isinstance(a, dict) or isinstance(b, dict):
        return type(a) is type(b) and a.keys() == b.keys() and all(same_value(a[k], b[k]) for k in a)
    return len(a) == len(b) and all(map(same_value, a, b))


Ids = dict[str, None]
"""Ids in order, each once."""


def named(ops: Iterable[Op]) -> dict[str, Ids]:
    """The names of the properties in `ops`, for each record."""
    found: dict[str, Ids] = {}
    for op in ops:
        names = found.setdefault(op.id, {})
        if not isinstance(op, Remove):
            names.update(dict.fromkeys(op.props))
        if isinstance(op, Set):
            names.update(dict.fromkeys(op.unset))
    return found


def touched(ops: Iterable[Op]) -> Ids:
    """The ids in `ops`, in their order (REP-10)."""
    return dict.fromkeys([op.id for op in ops])
