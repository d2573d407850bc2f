"""How long a record may be, and how many properties it may have (LIM-6).

Measuring all of a long record takes long, and a change may set one short property of many of them. So the
server remembers how long each is, and measures only what a change replaces.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from optiverse_collab.core.limits import PROPERTIES, Limits
from optiverse_collab.core.protocol.codec import size_of
from optiverse_collab.core.records import Ids, Op, Record, named, touched
from optiverse_collab.errors import ChangeRefused, Reason

LONG_BYTES = 4096
"""Measuring less at once costs no more than looking for what has changed."""


class RecordSizes:
    """How long the records of a session are, alone and together."""

    def __init__(self) -> None:
        self._known: dict[str, int] = {}
        self._total: int | None = None

    def after(
        self, records: Mapping[str, Record], after: Mapping[str, Record], ops: Sequence[Op], limits: Limits
    ) -> dict[str, int]:
        """How long the records are that a change touches, after it; 0 for what it removes.

        Args:
            records: before it.
            after: those that it touches, after it.
            ops: what takes effect of it.

        Raises:
            ChangeRefused: one of them would be too long, or all of the session.
        """
        if self._total is None:
            self._total = size_of([*records.values()])
        sizes: dict[str, int] = {}
        names: dict[str, Ids] | None = None
        growth = 0
        for id in touched(ops):
            record, before = after.get(id), records.get(id)
            known = self._size_of(before)
            if record is None:
                size = 0
            elif before is None or known <= LONG_BYTES:
                size = size_of(record)
            else:
                names = named(ops) if names is None else names
                size = size_after(known, before, record, names[id])
            if record is not None:
                check_record(record, limits, size)
            sizes[id] = size
            growth += size - known
        if growth > 0 and self._total + growth > limits.session_bytes:
            raise ChangeRefused(
                Reason.SESSION_FULL,
                f"The session's records take {self._total} bytes, and the limit is {limits.session_bytes}; "
                "remove some first.",
            )
        return sizes

    def _size_of(self, record: Record | None) -> int:
        """How long a record of the session is; 0 if there is none."""
        if record is None:
            return 0
        if record.id not in self._known:
            self._known[record.id] = size_of(record)
        return self._known[record.id]

    def take(self, sizes: Mapping[str, int]) -> None:
        """A change takes effect, of which `after` said this."""
        assert self._total is not None
        for id, size in sizes.items():
            self._total += size - self._known.pop(id, 0)
            if size:
                self._known[id] = size


def check_record(record: Record, limits: Limits, size: int | None = None) -> None:
    """Check a record that a change would leave.

    Args:
        size: how long it is, in bytes of JSON, if that is known.

    Raises:
        ChangeRefused: it would be too long, or have too many properties.
    """
    if len(record.props) > PROPERTIES:
        raise ChangeRefused(
            Reason.RECORD_TOO_LARGE,
            f"The record {record.id!r} would have {len(record.props)} properties; the limit is {PROPERTIES}.",
        )
    if (size_of(record) if size is None else size) > limits.record_bytes:
        raise ChangeRefused(
            Reason.RECORD_TOO_LARGE,
            f"The record {record.id!r} would be longer than {limits.record_bytes} bytes.",
        )


def size_after(size: int, before: Record, after: Record, names: Collection[str]) -> int:
    """How long a record is after a change, in bytes of JSON.

    Args:
        size: how long it was.
        before: the record then.
        names: the properties that the change touched.
    """
    if before.kind != after.kind or not before.props or not after.props:
        return size_of(after)
    return size + _bytes_of(after, names) - _bytes_of(before, names)


def _bytes_of(record: Record, names: Collection[str]) -> int:
    """How much some properties take, each with a colon and a comma."""
    props = record.props
    return sum(size_of(name) + size_of(props[name]) + 2 for name in names if name in props)
