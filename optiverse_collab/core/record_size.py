"""How long a record may be, how many properties it may have, and what all of them may take (LIM-6, LIM-16).

Measuring all of a long record takes long, and a change may set one short property of many of them. So the
server remembers what each takes, and measures only what a change replaces.
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
"""Measuring less at once costs no more than looking for what has changed."""

VALUE_BYTES, PROPERTY_BYTES, RECORD_BYTES = 64, 64, 256
"""About what a value, a property and a record take in memory besides their JSON, stamps included."""


class Size(NamedTuple):
    """What a record, or a part of one, takes.

    Attributes:
        json: bytes of JSON.
        memory: about how many bytes of memory.
    """

    json: int = 0
    memory: int = 0


class RecordSizes:
    """What the records of a session take, alone and together.

    Args:
        records: those that are there.
        space: shared with other sessions; None for as much as there may be.
    """

    def __init__(self, records: Mapping[str, Record], space: Space | None = None) -> None:
        self._known = {id: size_of_record(record) for id, record in records.items()}
        self._share = Share(space, sum(size.memory for size in self._known.values()))

    def release(self) -> None:
        """The session is not live any more."""
        self._share.resize(0)

    def after(
        self, records: Mapping[str, Record], after: Mapping[str, Record], ops: Sequence[Op], limits: Limits
    ) -> dict[str, Size]:
        """What the records that a change touches take after it; nothing what it removes.

        Args:
            records: before it.
            after: those that it touches, after it.
            ops: what takes effect of it.

        Raises:
            ChangeRefused: one of them would be too long, or all of the session or of the server too much.
        """
        sizes: dict[str, Size] = {}
        names: dict[str, Ids] | None = None
        growth = 0
        for id in touched(ops):
            record, before = after.get(id), records.get(id)
            known = self._known.get(id, Size())
            if record is None:
                size = Size()
            elif before is None or known.json <= LONG_BYTES:
                size = size_of_record(record)
            else:
                names = named(ops) if names is None else names
                size = size_after(known, before, record, names[id])
            if record is not None:
                check_record(record, limits, size.json)
            sizes[id] = size
            growth += size.memory - known.memory
        if growth >= 0:  # what frees memory is never refused
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
        """A change takes effect, of which `after` said this."""
        growth = 0
        for id, size in sizes.items():
            growth += size.memory - self._known.pop(id, Size()).memory
            if size.json:
                self._known[id] = size
        self._share.resize(self._share.bytes + growth)


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


def size_of_record(record: Record) -> Size:
    """What a record takes."""
    text = encoded(record)
    return Size(len(text), memory_of(text) + PROPERTY_BYTES * len(record.props) + RECORD_BYTES)


def size_after(size: Size, before: Record, after: Record, names: Collection[str]) -> Size:
    """What a record takes after a change.

    Args:
        size: what it took.
        before: the record then.
        names: the properties that the change touched.
    """
    if before.kind != after.kind or not before.props or not after.props:
        return size_of_record(after)
    more, less = _size_of_parts(after, names), _size_of_parts(before, names)
    return Size(size.json + more.json - less.json, size.memory + more.memory - less.memory)


def _size_of_parts(record: Record, names: Collection[str]) -> Size:
    """What some properties take, each with a colon and a comma."""
    texts = [encoded((name, record.props[name])) for name in names if name in record.props]
    # As a list of two, a property has brackets and a comma, and in a record a colon and a comma.
    json = sum(len(text) - 1 for text in texts)
    memory = sum(memory_of(text) - 1 - VALUE_BYTES + PROPERTY_BYTES for text in texts)
    return Size(json, memory)


def memory_of(text: bytes) -> int:
    """About what JSON takes once it is read."""
    return len(text) + VALUE_BYTES * values_in(text)
