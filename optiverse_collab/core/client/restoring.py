"""Restores an earlier bench, or a part of it (HIST-9, PUSH-9)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from optiverse_collab.core.protocol.changes import RESTORE
from optiverse_collab.core.records import Op, Record, difference, record_difference


@dataclass(frozen=True)
class Restoration:
    """What to restore.

    Attributes:
        records: the bench as it was.
        ids: of the items to restore; None for all.
        properties: the names of those to restore, of items that are there now and were then; None for all.
    """

    records: Mapping[str, Record]
    ids: Collection[str] | None = None
    properties: Collection[str] | None = None

    def step(self, id: str) -> str:
        """The id of the step, made from a new one; everybody gets a notice if the whole bench is restored."""
        is_whole = self.ids is None and self.properties is None
        return (RESTORE if is_whole else "") + id

    def ops(self, now: Mapping[str, Record]) -> list[Op]:
        """The operations that restore it.

        Args:
            now: the bench.
        """
        wanted = [*now, *self.records] if self.ids is None else self.ids
        pairs = [(now.get(id), self.records.get(id)) for id in dict.fromkeys(wanted)]
        if self.properties is None:
            return difference(_those_of(one for one, _ in pairs), _those_of(old for _, old in pairs))
        found = [
            record_difference(one, _with_properties(one, old, self.properties))
            for one, old in pairs
            if one is not None and old is not None
        ]
        return [op for op in found if op is not None]


def _those_of(records: Iterable[Record | None]) -> dict[str, Record]:
    return {record.id: record for record in records if record is not None}


def _with_properties(record: Record, source: Record, names: Collection[str]) -> Record:
    """A record with some of its properties as in another one."""
    others = {name: value for name, value in record.props.items() if name not in names}
    taken = {name: source.props[name] for name in names if name in source.props}
    return Record(record.id, record.kind, {**others, **taken}, record.lane)
