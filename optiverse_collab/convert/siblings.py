"""Which item lies above which on a bench, while the bench changes."""

from __future__ import annotations

from bisect import bisect_left, insort

from optiverse_collab.convert.kinds import ASSEMBLY
from optiverse_collab.convert.layers import sibling_key
from optiverse_collab.core.records import Record

_Key = tuple[int, float, float, str]

Neighbour = tuple["str | None", "str | None"]
"""The group that a record is in, and the sibling above it; None at the root, and at the top."""


class Siblings:
    """The siblings of each group, from top to bottom.

    Unlike `tree_of`, this takes each `parent` at its word; so one change costs little.
    """

    def __init__(self) -> None:
        self._lists: dict[str | None, list[_Key]] = {}
        self._places: dict[str, tuple[str | None, _Key]] = {}

    def update(self, id: str, record: Record | None) -> set[str]:
        """Note a record's place; None if it was removed.

        Returns:
            The ids of all records that have another neighbour now.
        """
        place = None if record is None or record.kind == ASSEMBLY else _place(record)
        before = self._places.get(id)
        if place == before:
            return set()
        affected = {id}
        if before is not None:
            affected.update(self._remove(*before))
        if place is not None:
            self._places[id] = place
            affected.update(self._insert(*place))
        return affected

    def above(self, id: str) -> Neighbour | None:
        """A record's neighbour; None if it isn't on the bench."""
        place = self._places.get(id)
        if place is None:
            return None
        parent, key = place
        siblings = self._lists[parent]
        at = bisect_left(siblings, key)
        return parent, siblings[at - 1][-1] if at else None

    def _remove(self, parent: str | None, key: _Key) -> list[str]:
        siblings = self._lists[parent]
        at = bisect_left(siblings, key)
        del siblings[at], self._places[key[-1]]
        return [below[-1] for below in siblings[at : at + 1]]

    def _insert(self, parent: str | None, key: _Key) -> list[str]:
        siblings = self._lists.setdefault(parent, [])
        insort(siblings, key)
        at = bisect_left(siblings, key) + 1
        return [below[-1] for below in siblings[at : at + 1]]


def _place(record: Record) -> tuple[str | None, _Key]:
    parent = record.props.get("parent")
    return parent if isinstance(parent, str) else None, sibling_key(record)
