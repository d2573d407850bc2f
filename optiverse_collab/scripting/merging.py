"""Merges copies of the bench that were edited elsewhere."""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import Any, NamedTuple

from optiverse_collab.convert.ancestor_search import AncestorSearch, Certainty, Departure
from optiverse_collab.convert.stray_copy import conflicts, merge_copy
from optiverse_collab.core.client import effects as fx
from optiverse_collab.core.client.conflicts import of_gone
from optiverse_collab.core.client.past_effects import Span
from optiverse_collab.core.client.replica import Replica
from optiverse_collab.core.client.steps import edit_in_step
from optiverse_collab.core.protocol.changes import MERGE
from optiverse_collab.core.records import Op, Record, Remove, Set
from optiverse_collab.drivers.aio.driver import AioDriver
from optiverse_collab.errors import CollaborationError
from optiverse_collab.scripting.conflicts import Conflict, conflict_of
from optiverse_collab.scripting.files import FileRecords, read_file
from optiverse_collab.scripting.history import PastReader
from optiverse_collab.wording import benches, stray_copies
from optiverse_collab.wording.edits import title

log = logging.getLogger("optiverse_collab")

Flush = Callable[[], Coroutine[Any, Any, list[Conflict]]]

File = str | os.PathLike[str] | FileRecords
"""A path, or what `read_file` returned."""


class MergedCopy(NamedTuple):
    """The outcome of merging a copy.

    Attributes:
        left: when it left the session.
        changes: its edits that nobody in the session contests.
        before: the session's records before them: id → record.
        conflicts: its other edits, which were not applied, with both values.
    """

    left: Departure
    changes: list[Op]
    before: Mapping[str, Record]
    conflicts: list[Conflict]


class Merging:
    """Merges copies into the session of a script.

    Args:
        replica: the session's, and `driver` its connection.
        past: reads its history.
        flush: waits until the server has everything.
    """

    def __init__(self, replica: Replica, driver: AioDriver, past: PastReader, flush: Flush) -> None:
        self._replica, self._driver, self._past, self._flush = replica, driver, past, flush

    async def merge(self, file: File, ancestor: int | None, dry_run: bool) -> MergedCopy:
        """Make a copy's edits in the session, in one step; others' edits stay, and are conflicts.

        The log has a WARNING for each conflict.

        Args:
            file: a path, or what `read_file` returned.
            ancestor: the clock after which the copy left, if it is known; else the history is searched.
            dry_run: change nothing.

        Raises:
            BenchFileError: this is no bench.
            CollaborationError: it is not sure when the copy left, or it never was in this session.
            ChangeRefused: this script may not edit.
            ConnectionFailed: as in `AsyncBench.flush`.
        """
        mine, has_tree = file if isinstance(file, FileRecords) else await read_file(file)
        left = await self._departure(mine, ancestor)
        theirs, clock = dict(self._replica.view), self._replica.clock
        merged = await asyncio.to_thread(merge_copy, left, mine, theirs, has_tree)
        found = [conflict_of(one) for one in conflicts(left, merged, mine, theirs)]
        if dry_run or not (merged.clear or found):
            return MergedCopy(left, merged.clear, theirs, found)
        self._replica.rights.lane_of(merged.clear, theirs)
        self._driver.check()
        step = MERGE + secrets.token_hex(8)
        refused = edit_in_step(self._replica, merged.clear, step, clock, yields=True, away=True)
        self._driver.wake()
        found += map(conflict_of, self._gone(refused, mine))
        for conflict in found:
            log.warning("✗ %s", conflict.sentence)
        return MergedCopy(left, merged.clear, theirs, [*found, *await self._flush()])

    def _gone(self, refused: Sequence[Op], mine: Mapping[str, Record]) -> list[fx.Conflict]:
        """The edits of items that were removed meanwhile; the log has a WARNING for each other one."""
        found = []
        for op in refused:
            if isinstance(op, Set) and op.id not in self._replica.view:
                found.append(of_gone(op, mine[op.id]))
            elif not isinstance(op, Remove) or op.id in self._replica.view:
                log.warning("%s", benches.not_sent(title(op.id, mine.get(op.id))))
        return found

    async def _departure(self, mine: Mapping[str, Record], ancestor: int | None) -> Departure:
        """When the copy left the session.

        Raises:
            CollaborationError: nobody knows.
        """
        reading = await self._past.read(Span(0, self._replica.clock))
        start = await self._past.bench(reading.after) if reading.start is None else reading.start

        def search() -> Departure | None:
            states = AncestorSearch(mine, start, reading.after)
            states.add(reading.entries)
            return states.find() if ancestor is None else states.at(ancestor)

        left = await asyncio.to_thread(search)
        if left is None and ancestor is not None:
            raise CollaborationError(stray_copies.no_such_ancestor(ancestor))
        if left is None:
            raise CollaborationError(stray_copies.STRANGER)
        if left.certainty is Certainty.UNSURE:
            raise CollaborationError(stray_copies.unsure(left))
        return left
