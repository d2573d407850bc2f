"""Limits on the size of a record, its number of properties, and the size of all (LIM-6, LIM-16).

Measuring a long record takes long, and a change may set one short property of many records. So the
server remembers the size of each, and measures only the replaced part.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from optiverse_collab.core.limits import PROPERTIES, Limits
from optiverse_collab.core.protocol.codec import encoded, size_of, values_in
from optiverse_collab.core.records import Ids, Op, Record, named, touched
from optiverse_collab.core.space import Share, Space
from optiverse_collab.errors import ChangeRefused, Reason

LONG_BYTES = 4096
"""Below this, measuring a whole record costs no more than finding what has changed."""

VALUE_BYTES, PROPERTY_BYTES, RECORD_BYTES = 64, 64, 256
"""The approximate memory of a value, a property and a record besides their JSON, including stamps."""


class Size(NamedTuple):
    """The size of a record, or of a part of one.

    Attributes:
        json: bytes of JSON.
        memory: about how many bytes of memory.
    """

    json: int = 0
    memory: int = 0


_NONE = Size()


class RecordSizes:
    """The sizes of a session's records, alone and together.

    Args:
        records: the present ones.
        space: memory shared with other sessions; None for no limit.
    """

    def __init__(self, records: Mapping[str, Record], space: Space | None = None) -> None:
        self._known = {id: size_of_record(record) for id, record in records.items()}
        self._share = Share(space, sum(size.memory for size in self._known.values()))

    def release(self) -> None:
        """The session is no longer live."""
        self._share.resize(0)

    def after(
        self, records: Mapping[str, Record], after: Mapping[str, Record], ops: Sequence[Op], limits: Limits
    ) -> dict[str, Size]:
        """The sizes, after a change, of the records that it touches; removed ones are left out.

        Args:
            records: before it.
            after: the touched ones, after it.
            ops: the operations that take effect.

        Raises:
            ChangeRefused: a record, the session or all sessions of the server would be too large.
        """
        sizes: dict[str, Size] = {}
        names: dict[str, Ids] | None = None
        growth = 0
        for id in touched(ops):
            record, before = after.get(id), records.get(id)
            known = self._known.get(id, _NONE)
            if record is None:
                size = _NONE
            elif before is None or known.json <= LONG_BYTES:
                size = size_of_record(record)
            else:
                names = named(ops) if names is None else names
                size = size_after(known, before, record, names[id])
            if record is not None:
                check_record(record, limits, size.json)
            sizes[id] = size
            growth += size.memory - known.memory
        if growth >= 0:  # a change that frees memory is never refused
            self._check_room(growth, limits)
        return sizes

    def _check_room(self, growth: int, limits: Limits) -> None:
        total, space = self._share.bytes, self._share.space
        if growth and total + growth > limits.session_bytes:
            raise ChangeRefused(
                Reason.SESSION_FULL,
                f"The session's records take {total} bytes, and the limit is {limits.session_bytes}; "
                "remove some first.",
            )
        if space.used + growth > space.most:
            raise ChangeRefused(
                Reason.SESSION_FULL,
                f"The server's sessions take {space.used} bytes, and the limit is {space.most}; "
                "wait until others have left, or ask whoever runs it.",
            )

    def take(self, sizes: Mapping[str, Size]) -> None:
        """A change with these sizes (from `after`) takes effect."""
        growth = 0
        for id, size in sizes.items():
            growth += size.memory - self._known.pop(id, _NONE).memory
            if size.json:
                self._known[id] = size
        self._share.resize(self._share.bytes + growth)


def check_record(record: Record, limits: Limits, size: int | None = None) -> None:
    """Check the record that would result from a change.

    Args:
        size: its size, in bytes of JSON, if known.

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


def size_of_record(record: Record) -> Size:
    """The size of a record."""
    text = encoded(record)
    return Size(len(text), memory_of(text) + PROPERTY_BYTES * len(record.props) + RECORD_BYTES)


def size_after(size: Size, before: Record, after: Record, names: Collection[str]) -> Size:
    """The size of a record after a change.

    Args:
        size: its size before.
        before: the record before.
        names: the properties that the change touched.
    """
    if before.kind != after.kind or not before.props or not after.props:
        return size_of_record(after)
    more, less = _size_of_parts(after, names), _size_of_parts(before, names)
    return Size(size.json + more.json - less.json, size.memory + more.memory - less.memory)


def _size_of_parts(record: Record, names: Collection[str]) -> Size:
    """The size of some properties, each with a colon and a comma."""
    texts = [encoded((name, record.props[name])) for name in names if name in record.props]
    # In a list of two, a property has brackets and a comma; in a record, a colon and a comma.
    json = sum(len(text) - 1 for text in texts)
    memory = sum(memory_of(text) - 1 - VALUE_BYTES + PROPERTY_BYTES for text in texts)
    return Size(json, memory)


def memory_of(text: bytes) -> int:
    """The approximate memory of parsed JSON."""
    return len(text) + VALUE_BYTES * values_in(text)
