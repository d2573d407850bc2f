"""Plays a session's changes forward, and tells them as steps: what one person did in one go (HIST-8)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from optiverse_collab.core.protocol.past import PastEntry
from optiverse_collab.core.records import Lane, Op, Put, Record, apply, record_difference

PAUSE_MS = 2000
"""Changes of one person that stand alone and are farther apart are different steps."""


@dataclass(frozen=True)
class PastStep:
    """What one person did in one go.

    Attributes:
        first, last: the clocks of its first and last change; changes of others may lie between them.
        began_ms, ended_ms: when the server accepted those, in ms since 1970 UTC.
        author: the author's name; empty if it was erased.
        step: the id of the gesture, command or script run; empty for changes that stand alone.
        edits: (id, the record before, the record after) for each record that is different afterwards; None
            where there was no such record. Nobody else changed the record in the meantime.
    """

    first: int
    last: int
    began_ms: int
    ended_ms: int
    author: str
    step: str
    edits: tuple[tuple[str, Record | None, Record | None], ...] = field(repr=False)

    @property
    def ids(self) -> Collection[str]:
        """The ids of the records that are different afterwards."""
        return [id for id, _, _ in self.edits]


@dataclass
class _Open:
    """A step that may continue."""

    first: PastEntry
    last: PastEntry
    before: dict[str, Record | None]
    after: dict[str, Record | None]

    def goes_on_with(self, entry: PastEntry) -> bool:
        """Whether a change of the same author belongs to it."""
        same_step = entry.step == self.last.step
        return same_step and (entry.step != "" or entry.time_ms - self.last.time_ms <= PAUSE_MS)

    def closed(self) -> PastStep:
        """All of it."""
        edits = tuple(
            (id, before, self.after[id])
            for id, before in self.before.items()
            if _differ(before, self.after[id])
        )
        times = self.first.time_ms, self.last.time_ms
        author, step = self.first.author, self.first.step
        return PastStep(self.first.clock, self.last.clock, *times, author, step, edits)


class Grouping:
    """Groups changes into steps, one change after the other.

    Args:
        start: the bench before the first change; it stays unchanged.

    Attributes:
        records: the bench after the last change.
    """

    def __init__(self, start: Mapping[str, Record]) -> None:
        self.records = dict(start)
        self._over: list[PastStep] = []
        self._going_on: dict[str, _Open] = {}

    @property
    def steps(self) -> list[PastStep]:
        """The steps so far, in the order in which they began; those without a lasting effect are left out."""
        open_ones = (step.closed() for step in self._going_on.values())
        found = [*self._over, *(step for step in open_ones if step.edits)]
        return sorted(found, key=lambda step: step.first)

    def add(self, entry: PastEntry) -> None:
        """Add the next change."""
        self._end_before(entry)
        step = self._going_on.setdefault(entry.author, _Open(entry, entry, {}, {}))
        step.last = entry
        for op in entry.ops:
            if is_shown(op, self.records):
                step.before.setdefault(op.id, self.records.get(op.id))
                apply(self.records, op)
                step.after[op.id] = self.records.get(op.id)

    def _end_before(self, entry: PastEntry) -> None:
        """End the steps that a change does not continue, or interrupts."""
        touched = {op.id for op in entry.ops}
        for author, other in list(self._going_on.items()):
            is_own = author == entry.author
            if not other.goes_on_with(entry) if is_own else not touched.isdisjoint(other.before):
                step = self._going_on.pop(author).closed()
                if step.edits:
                    self._over.append(step)


def steps_of(start: Mapping[str, Record], entries: Iterable[PastEntry]) -> list[PastStep]:
    """The steps that lead from one bench to another, in the order in which they began.

    A step without a lasting effect is left out.

    Args:
        start: the bench before the first entry.
        entries: one clock after the other.
    """
    grouping = Grouping(start)
    for entry in entries:
        grouping.add(entry)
    return grouping.steps


def played(start: Mapping[str, Record], entries: Iterable[PastEntry]) -> dict[str, Record]:
    """The bench after all of these entries.

    Args:
        start: the bench before the first of them; it stays unchanged.
    """
    records = dict(start)
    for entry in entries:
        for op in entry.ops:
            if is_shown(op, records):
                apply(records, op)
    return records


def _differ(before: Record | None, after: Record | None) -> bool:
    if before is None or after is None:
        return before is not after
    return record_difference(before, after) is not None


def is_shown(op: Op, records: Mapping[str, Record]) -> bool:
    """Whether it is about something on the bench, and not about a record of another lane."""
    return op.id in records or (isinstance(op, Put) and op.lane is Lane.BENCH)
