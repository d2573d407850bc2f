"""Who set each property, and when (STAMP-1 to STAMP-3)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, NamedTuple

import msgspec

from optiverse_collab.core.records import Lane, Record

UNSET_NAMES = 64
"""How many removed properties a record remembers; beyond this, it counts as changed as a whole."""


class Stamp(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The change that set a property.

    Attributes:
        clock: the change's.
        origin, author: numbers in the session's `Names`; 0 is unknown.
        time_ms: when, ms since 1970 UTC.
    """

    clock: int
    origin: int
    author: int
    time_ms: int


class Tombstone(NamedTuple):
    """What is known about a removed record (CLK-4).

    Attributes:
        stamp: the removal's.
        lane: the record's; the id stays in it as long as this is known (DOC-8).
    """

    stamp: Stamp
    lane: Lane


class RecordStamps:
    """The stamps of one record; immutable once their change is done.

    Attributes:
        whole: of the change that created the record, or since which it counts as changed as a whole.
        newest: of the last change.
        own: property name → stamp, if it is not `whole`; includes removed properties.
    """

    __slots__ = ("_gone", "newest", "own", "whole")

    def __init__(
        self, whole: Stamp, own: dict[str, Stamp] | None = None, props: Mapping[str, Any] | None = None
    ) -> None:
        self.whole = whole
        self.own = own or {}
        self.newest = max([whole, *self.own.values()], key=_clock)
        self._gone = frozenset(name for name in self.own if name not in (props or {}))

    def of(self, name: str) -> Stamp:
        """The stamp of a property."""
        return self.own.get(name, self.whole)

    def marked(self, names: Collection[str], stamp: Stamp, record: Record) -> RecordStamps:
        """The stamps after a change set or removed these properties.

        Args:
            names: at least one.
            stamp: of the change.
            record: the record after it.
        """
        new = self if self.newest is stamp else self._copy()
        new.own.update(dict.fromkeys(names, stamp))
        new.newest = stamp
        removed = [name for name in names if name not in record.props]
        if removed or new._gone:
            new._gone = new._gone.difference(names).union(removed)
        if len(new._gone) > UNSET_NAMES:
            new.own = {name: one for name, one in new.own.items() if name not in new._gone}
            new.whole, new._gone = stamp, frozenset()
        return new

    def _copy(self) -> RecordStamps:
        new = RecordStamps.__new__(RecordStamps)
        new.whole, new.newest = self.whole, self.newest
        new.own, new._gone = self.own.copy(), self._gone
        return new

    def newer(self, clock: int) -> Iterator[str]:
        """The properties that were changed or removed after `clock`; `whole` must not be newer."""
        return (name for name, stamp in self.own.items() if stamp.clock > clock)


def _clock(stamp: Stamp) -> int:
    return stamp.clock
