"""A part of a session's history that grows at both ends, and the bench at each of its clocks (HIST-8)."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from operator import attrgetter

from optiverse_collab.core.client.past_reading import PastReading
from optiverse_collab.core.client.past_steps import Grouping, PastStep, played
from optiverse_collab.core.protocol.codec import size_of
from optiverse_collab.core.protocol.past import PastEntry
from optiverse_collab.core.records import Record

MOST_BYTES = 64 << 20
"""How much of the history is held: the oldest part is dropped beyond that."""

MARK_EVERY = 256
"""How many changes lie between two benches that are kept to start from; more if the bench is large."""


class Timeline:
    """The changes between two clocks, one after the other.

    Args:
        reading: a finished one with its bench.

    Attributes:
        after: the clock before the first change.
        steps: what people did, in the order in which they began.
    """

    def __init__(self, reading: PastReading) -> None:
        assert reading.start is not None
        self.steps: Sequence[PastStep] = ()
        self._restart(reading.after, reading.start, reading.entries)

    @property
    def start(self) -> Mapping[str, Record]:
        """The bench before the first change."""
        return self._marks[self.after]

    @property
    def last(self) -> int:
        """The clock of the last change."""
        return self.after + len(self._entries)

    @property
    def is_full(self) -> bool:
        """Whether no older changes can be held."""
        return self._bytes > MOST_BYTES // 2

    def append(self, entries: Iterable[PastEntry]) -> None:
        """Add later changes, from `last` on."""
        self._add(entries)
        if self._bytes > MOST_BYTES:
            middle = self.after + len(self._entries) // 2
            self._restart(middle, self.at(middle), self._entries[middle - self.after :])

    def prepend(self, reading: PastReading) -> None:
        """Add earlier changes: a finished reading up to `after`, with its bench."""
        assert reading.start is not None
        self._restart(reading.after, reading.start, [*reading.entries, *self._entries])

    def at(self, clock: int) -> dict[str, Record]:
        """The bench after a change of the timeline, or before its first one."""
        mark = max(mark for mark in self._marks if mark <= clock)
        return played(self._marks[mark], self._entries[mark - self.after : clock - self.after])

    def time_ms(self, clock: int) -> int:
        """When the change of a clock was made, in ms since 1970 UTC; for `after`, when the first one was."""
        return self._entries[max(0, clock - self.after - 1)].time_ms

    def clock_at(self, time_ms: int) -> int:
        """The clock after the last change that was made by then."""
        return self.after + bisect_right(self._entries, time_ms, key=attrgetter("time_ms"))

    def step_at(self, clock: int) -> PastStep | None:
        """The last step that had begun at a clock; None before the first."""
        place = bisect_right(self.steps, clock, key=attrgetter("first"))
        return self.steps[place - 1] if place else None

    def last_step_of(self, id: str) -> PastStep | None:
        """The step that touched a record last; None if none of the timeline did."""
        return next((step for step in reversed(self.steps) if id in step.ids), None)

    def _add(self, entries: Iterable[PastEntry]) -> None:
        for entry in entries:
            self._entries.append(entry)
            self._bytes += size_of(entry.ops)
            self._grouping.add(entry)
            records = self._grouping.records
            if self.last - next(reversed(self._marks)) >= max(MARK_EVERY, len(records)):
                self._marks[self.last] = dict(records)
        self.steps = self._grouping.steps

    def _restart(self, after: int, start: Mapping[str, Record], entries: Iterable[PastEntry]) -> None:
        self.after = after
        self._entries: list[PastEntry] = []
        self._bytes = 0
        self._grouping = Grouping(start)
        self._marks: dict[int, Mapping[str, Record]] = {after: dict(start)}
        self._add(entries)
