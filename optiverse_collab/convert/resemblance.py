"""What a copy of a bench has in common with a session's, while the session's changes are played."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from optiverse_collab.convert.equivalence import PLACE, agree
from optiverse_collab.convert.kinds import ASSEMBLY, GROUP, is_item
from optiverse_collab.convert.siblings import Siblings
from optiverse_collab.core.client.past_steps import is_shown
from optiverse_collab.core.records import Op, Record, apply, named

Unit = tuple[str, str]
"""A record's id and a property, `THERE` or `NEIGHBOUR`."""

THERE = ""
"""In place of a property: whether the session has a record that the copy lacks."""

NEIGHBOUR = "parent"
"""The record's group, and the sibling above it: the number of its place says nothing."""

_OF_A_FILE = frozenset(("absent_items", "linked_cache", "z_base"))
"""Properties of groups that follow from a linked file, or from the tree."""

STATED, MISSING = 4, 1
"""The weights of units."""


class Resemblance:
    """A copy beside a session's bench.

    Args:
        copy: the copy's records.
        start: the session's; they stay unchanged.

    Attributes:
        different: the units in which the two differ.
        distance: their weights together. What the copy states weighs more than what it lacks: that may have
            been removed, or dropped by an editor.
    """

    def __init__(self, copy: Mapping[str, Record], start: Mapping[str, Record]) -> None:
        self.different: set[Unit] = set()
        self.distance = 0
        self._copy = copy
        self._records = dict(start)
        self._own: set[str] = set()  # ids of records that only this has
        self._names: dict[str, set[str]] = {}  # id → the properties in which it differs
        self._siblings = Siblings()
        self._neighbours = _neighbours(copy)
        for record in start.values():
            self._siblings.update(record.id, record)
        for id in dict.fromkeys([*copy, *start]):
            for unit in self._of_record(id):
                self._flip(unit)

    def play(self, ops: Iterable[Op], merges: bool = False) -> Iterator[Unit]:
        """Apply a change of the session.

        Args:
            ops: the change.
            merges: it is from a merge, perhaps of this copy: what it makes the same says nothing.

        Yields:
            Each unit that became different, or the same again; perhaps several times.
        """
        for op in ops:
            if is_shown(op, self._records):
                for unit in self._apply(op):
                    if not merges or unit not in self.different:
                        self._flip(unit)
                        yield unit

    def weight(self, unit: Unit) -> int:
        """How much a unit counts."""
        record = self._copy.get(unit[0])
        return STATED if record is not None and unit[1] in record.props and unit[1] != NEIGHBOUR else MISSING

    def _flip(self, unit: Unit) -> None:
        if unit in self.different:
            self.different.remove(unit)
            self._names[unit[0]].discard(unit[1])
            self.distance -= self.weight(unit)
        else:
            self.different.add(unit)
            self._names.setdefault(unit[0], set()).add(unit[1])
            self.distance += self.weight(unit)

    def _apply(self, op: Op) -> list[Unit]:
        """Apply an operation; returns the units to flip."""
        id, before = op.id, self._records.get(op.id)
        apply(self._records, op, self._own)
        record = self._records.get(id)
        if before is None or record is None or record.kind != before.kind:
            found, affected = self._of_record(id), self._siblings.update(id, record)
        else:
            names = named([op])[id]
            found = self._flipped(id, names)
            affected = set() if PLACE.isdisjoint(names) else self._siblings.update(id, record)
        beside = [(one, NEIGHBOUR) for one in affected if self._has_moved(one)]
        return [*dict.fromkeys([*found, *beside])]

    def _of_record(self, id: str) -> list[Unit]:
        """The units of a record to flip."""
        copy, there = self._copy.get(id), self._records.get(id)
        names = {*self._names.get(id, ()), THERE, NEIGHBOUR}
        for record in (copy, there):
            names.update(() if record is None else record.props)
        found = self._flipped(id, names)
        return [*found, (id, NEIGHBOUR)] if self._has_moved(id) else found

    def _flipped(self, id: str, names: Iterable[str]) -> list[Unit]:
        return [(id, name) for name in names if self._is_unit(id, name) and self._has_flipped(id, name)]

    def _is_unit(self, id: str, name: str) -> bool:
        """Whether a property of a record says anything."""
        copy = self._copy.get(id)
        if copy is None or name == THERE:
            return copy is None and name == THERE
        return name not in PLACE and (copy.kind != GROUP or name not in _OF_A_FILE)

    def _has_flipped(self, id: str, name: str) -> bool:
        copy, there = self._copy.get(id), self._records.get(id)
        if copy is None:
            differs = there is not None and is_item(there)
        elif there is None or there.kind != copy.kind:
            differs = name in copy.props
        else:
            differs = not agree(there, copy, name)
        return differs != (name in self._names.get(id, ()))

    def _has_moved(self, id: str) -> bool:
        """The same for a record's neighbour."""
        if id not in self._neighbours:
            return False
        differs = self._siblings.above(id) != self._neighbours[id]
        return differs != (NEIGHBOUR in self._names.get(id, ()))


def _neighbours(records: Mapping[str, Record]) -> dict[str, object]:
    siblings = Siblings()
    for record in records.values():
        siblings.update(record.id, record)
    return {id: siblings.above(id) for id, record in records.items() if record.kind != ASSEMBLY}
