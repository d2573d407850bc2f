"""The things in a picture: where each is now, where it was, and what became of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import Enum
from itertools import chain
from typing import NamedTuple

from optiverse_collab.convert import is_item
from optiverse_collab.convert.displacement import displacement
from optiverse_collab.convert.outlines import Point
from optiverse_collab.core.records import Record, Set, record_difference
from optiverse_collab.core.text import cut, printable
from optiverse_collab.report.symbols import Symbol, symbol
from optiverse_collab.wording.values import LAYERS

NAME_CHARS = 24
"""How many characters of a name are shown."""


class Fate(Enum):
    """What became of a thing; the value is its word in the legend."""

    MOVED = "moved or turned"
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed otherwise"
    SAME = "unchanged"


class Thing(NamedTuple):
    """A thing.

    Attributes:
        name: a short text on one line; empty if it has none.
        fate: what became of it.
        now, old: how it looks at the end, and at the start if that is different; at least one of them.
    """

    name: str
    fate: Fate
    now: Symbol | None
    old: Symbol | None

    @property
    def at(self) -> Point:
        """Where it is, or was."""
        there = self.now or self.old
        assert there is not None
        return there.at

    def points(self) -> Iterator[Point]:
        """All points of its symbols."""
        for one in (self.now, self.old):
            if one is not None:
                yield one.at
                yield from chain.from_iterable(one.paths)


def things(start: Mapping[str, Record], end: Mapping[str, Record]) -> list[Thing]:
    """What has a place on one of two benches: the changed things first, otherwise in the benches' order."""
    found = [_thing(start.get(id), end.get(id)) for id in dict.fromkeys([*end, *start])]
    return sorted((thing for thing in found if thing), key=lambda thing: thing.fate is Fate.SAME)


def without_place(start: Mapping[str, Record], end: Mapping[str, Record]) -> int:
    """How many items were changed but have no place."""
    pairs = ((start.get(id), end.get(id)) for id in dict.fromkeys([*end, *start]))
    return sum(_is_item(old, new) and _differ(old, new) and _thing(old, new) is None for old, new in pairs)


def _thing(old: Record | None, new: Record | None) -> Thing | None:
    before, now = (None if record is None else symbol(record) for record in (old, new))
    name = _name(new or old)
    if before is None:
        return None if now is None else Thing(name, Fate.ADDED, now, None)
    if now is None or old is None or new is None:
        return Thing(name, Fate.REMOVED, None, before)
    looks_same = before == now
    return Thing(name, _fate(old, new, looks_same), now, None if looks_same else before)


def _fate(old: Record, new: Record, looks_same: bool) -> Fate:
    moved = displacement(old, new)
    is_elsewhere = not looks_same if moved is None else moved.is_move or moved.is_turn
    if is_elsewhere:
        return Fate.MOVED
    return Fate.CHANGED if _differ(old, new) else Fate.SAME


def _differ(old: Record | None, new: Record | None) -> bool:
    """Whether there is a difference, apart from the place in the layers."""
    if old is None or new is None:
        return old is not new
    op = record_difference(old, new)
    return op is not None and not (isinstance(op, Set) and LAYERS.issuperset([*op.props, *op.unset]))


def _is_item(old: Record | None, new: Record | None) -> bool:
    record = new or old
    return record is not None and is_item(record)


def _name(record: Record | None) -> str:
    props = {} if record is None else record.props
    name = props.get("name") or props.get("text")
    return cut(printable(name), NAME_CHARS).strip() if isinstance(name, str) else ""
