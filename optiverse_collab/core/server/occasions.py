"""When the server keeps a version: before edits that change a lot (HIST-13).

Everything follows from the entries, so a server that crashed and read them again decides as before.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from optiverse_collab.core.protocol.changes import replaces_bench
from optiverse_collab.core.records import Lane, Op, Record, Remove
from optiverse_collab.core.server.journal import Burst, Entry, Removal, Watched
from optiverse_collab.core.versions import DAY, REMOVAL, SWEEP

MANY, SHARE = 20, 0.1
"""Removing at least this many records, which are more than this share of the bench, is an occasion …"""

WINDOW_S = 10
"""… if one person does it within this many seconds."""

DAY_MS = 24 * 60 * 60 * 1000

BURSTS = 1000
"""Of at most this many people the removals are watched."""


class Occasion(NamedTuple):
    """A reason to keep a version.

    Attributes:
        clock: of the bench to keep.
        why: `SWEEP`, `REMOVAL` or `DAY`.
        author: the number of the name of whoever gave the reason.
    """

    clock: int
    why: str
    author: int


class Occasions:
    """Watches the changes of one history.

    Args:
        records: those at its start.
        watched: what was known then.

    Attributes:
        edited: the clock of the last change of the bench; 0 if unknown.
    """

    def __init__(self, records: Iterable[Record], watched: Watched) -> None:
        self._there = self._before = sum(record.lane is Lane.BENCH for record in records)
        self.edited, self._edited_ms = watched.edited, watched.edited_ms
        self._bursts = {one.origin: one for one in watched.bursts}
        self._gone: set[str] = set()
        self._is_edit = False

    def watched(self) -> Watched:
        """For a snapshot."""
        self._forget_before(self._edited_ms // 1000 - WINDOW_S)
        return Watched(self.edited, self._edited_ms, list(self._bursts.values()))

    def see(self, op: Op, before: Record | None, after: Record | None) -> None:
        """An operation of the next entry takes effect on a record."""
        either = before or after
        if either is None or either.lane is not Lane.BENCH:
            return
        self._is_edit = True
        if isinstance(op, Remove):
            self._gone.add(op.id)
            self._there -= 1
        elif before is None:
            self._gone.discard(op.id)
            self._there += 1

    def note(self, entry: Entry, begins_sweep: bool) -> Occasion | None:
        """Advance by an entry, whose operations were seen.

        Args:
            begins_sweep: it is the first change of a step that replaces the bench.

        Returns:
            The reason to keep a version, if it is one; an empty bench never is.
        """
        there, is_edit, gone = self._before, self._is_edit, len(self._gone)
        self._before, self._is_edit = self._there, False
        self._gone.clear()
        is_new_day = is_edit and entry.time_ms // DAY_MS > self._edited_ms // DAY_MS
        clock = self.edited or entry.clock - 1
        if is_edit:
            self.edited, self._edited_ms = entry.clock, entry.time_ms
        removed_from = None
        if gone and not replaces_bench(entry.step):
            removed_from = self._removed(entry, Removal(entry.time_ms // 1000, clock, there, gone))
        if not there:
            return None
        if begins_sweep:
            return Occasion(clock, SWEEP, entry.author)
        if removed_from is not None:
            return Occasion(removed_from, REMOVAL, entry.author)
        return Occasion(clock, DAY, entry.author) if is_new_day else None

    def _removed(self, entry: Entry, removal: Removal) -> int | None:
        """Records were removed; returns the clock of the bench before, the first time that they are many."""
        recent = removal.second - WINDOW_S
        self._forget_before(recent)
        before = self._bursts.pop(entry.origin, Burst(entry.origin, False, []))
        removals = [one for one in before.removals if one.second >= recent]
        if removals and removals[-1].second == removal.second:
            last = removals[-1]
            removals[-1] = Removal(last.second, last.clock, last.there, last.count + removal.count)
        else:
            removals.append(removal)
        total, first = sum(one.count for one in removals), removals[0]
        is_many = total >= MANY and total > SHARE * first.there
        while len(self._bursts) >= BURSTS:
            del self._bursts[next(iter(self._bursts))]
        self._bursts[entry.origin] = Burst(entry.origin, before.is_kept or is_many, removals)
        return first.clock if is_many and not before.is_kept else None

    def _forget_before(self, second: int) -> None:
        """Forget bursts that ended before; so a name that only they refer to can be forgotten (STAMP-4)."""
        self._bursts = {id: one for id, one in self._bursts.items() if one.removals[-1].second >= second}
