"""Who gave each property its value, and when (STAMP-1 to STAMP-3)."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import NamedTuple

import msgspec

from optiverse_collab.core.records import Lane, Record

UNSET_NAMES = 64
"""A record remembers this many properties that were removed from it; then it counts as changed as a whole."""


class Stamp(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The change that gave a property its value.

    Attributes:
        clock: of the change.
        origin, author: numbers in the session's `Names`; 0 is unknown.
        time_ms: when, ms since 1970 UTC.
    """

    clock: int
    origin: int
    author: int
    time_ms: int


class Tombstone(NamedTuple):
    """What is known of a record that was removed (CLK-4).

    Attributes:
        stamp: of the removal.
        lane: in which the record lay; its id stays there as long as this is known (DOC-8).
    """

    stamp: Stamp
    lane: Lane


class RecordStamps:
    """The stamps of one record.

    Attributes:
        whole: of the change since which the record exists, or counts as changed as a whole.
        newest: of the last change.
        own: property name → stamp, where it is not `whole`; also of properties that were removed.
    """

    __slots__ = ("newest", "own", "whole")

    def __init__(self, whole: Stamp, own: dict[str, Stamp] | None = None) -> None:
        self.whole = whole
        self.own = own or {}
        self.newest = max([whole, *self.own.values()], key=_clock)

    def of(self, name: str) -> Stamp:
        """The stamp of a property."""
        return self.own.get(name, self.whole)

    def mark(self, names: Collection[str], stamp: Stamp, record: Record) -> None:
        """A change gave these properties other values, or removed them; `record` is what came of it."""
        own = self.own
        for name in names:
            own[name] = stamp
            self.newest = stamp
        removed = any(name not in record.props for name in names)
        if removed and sum(name not in record.props for name in own) > UNSET_NAMES:
            self.own = {name: one for name, one in own.items() if name in record.props}
            self.whole = stamp

    def newer(self, clock: int) -> Iterator[str]:
        """The properties that were changed or removed after `clock`; `whole` must not be newer."""
        return (name for name, stamp in self.own.items() if stamp.clock > clock)


def _clock(stamp: Stamp) -> int:
    return stamp.clock
