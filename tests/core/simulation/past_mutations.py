"""Possible faults with earlier benches: their content, and who replaced them (HIST-2, PUSH-9)."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

import msgspec
from msgspec.structs import replace

from optiverse_collab.core.client import past_steps, sweeps
from optiverse_collab.core.client.past_effects import BenchReplaced
from optiverse_collab.core.client.past_steps import Grouping, PastStep
from optiverse_collab.core.protocol.changes import Change
from optiverse_collab.core.protocol.codec import RawPastEntry
from optiverse_collab.core.protocol.outcomes import SweepNotice
from optiverse_collab.core.protocol.pages import marked_pages
from optiverse_collab.core.protocol.past import PastEntry
from optiverse_collab.core.records import Record
from optiverse_collab.core.server import past
from optiverse_collab.core.server.journal import Sweep
from optiverse_collab.core.server.past import Past, PastEntries
from optiverse_collab.core.server.raw_records import RawRemove, raw_ops
from optiverse_collab.core.server.sweeps import Sweeps
from tests.core.simulation.mutation import Mutations

PAST_MUTATIONS = Mutations()
_mutation = PAST_MUTATIONS.add

_index, _of_pages, _since = Past._index, sweeps.of_pages, Sweeps.since
_told, _add, _closed = PastEntries._told, Grouping.add, past_steps._Open.closed


@_mutation("The past keeps what an entry removed (HIST-2).", (past, "raw_ops"))
def removals_left_out(data: msgspec.Raw) -> list[Any]:
    return [op for op in raw_ops(data) if not isinstance(op, RawRemove)]


@_mutation("The past lacks what no entry touched (HIST-2).", (Past, "_index"))
def snapshot_left_out(self: Past) -> Iterator[int]:
    yield from _index(self)
    self._records.clear()


@_mutation("The last record of a page is missing (HIST-2).", (past, "marked_pages"))
def record_left_out(things: Iterable[Any], most: int) -> Iterator[tuple[list[Any], bool]]:
    return ((page[:-1], last) for page, last in marked_pages(things, most))


@_mutation("The past names a head that is not the one of its clock (HIST-2).", (past, "next_head"))
def head_stays(head: bytes, data: bytes) -> bytes:
    return head


@_mutation("The first change of a span is not told (HIST-7).", (PastEntries, "_told"))
def first_change_left_out(self: PastEntries) -> Iterator[RawPastEntry]:
    return islice(_told(self), 1, None)


@_mutation("Changes are reported as somebody else's (HIST-7).", (PastEntries, "_told"))
def author_is_wrong(self: PastEntries) -> Iterator[RawPastEntry]:
    return (replace(entry, author=f"{entry.author}?") for entry in _told(self))


@_mutation("A step goes on after somebody else changed its record (HIST-8).", (Grouping, "_end_before"))
def steps_go_on(self: Grouping, entry: PastEntry) -> None:
    return


@_mutation("A step is somebody else's (HIST-8).", (Grouping, "add"))
def step_is_not_theirs(self: Grouping, entry: PastEntry) -> None:
    _add(self, replace(entry, author="one"))


@_mutation("A step tells what its first change made, not its last (HIST-8).", (past_steps._Open, "closed"))
def first_is_told(self: past_steps._Open) -> PastStep:
    step = _closed(self)
    return dataclasses.replace(step, edits=step.edits[:1])


@_mutation("Whoever is there when the bench is replaced hears nothing (PUSH-9).", (sweeps, "of_change"))
def nobody_is_told(change: Change, before: Mapping[str, Record], mine: bool) -> list[BenchReplaced]:
    return []


@_mutation("Whoever was away hears of the first replacement, not the last (SYNC-14).", (sweeps, "of_pages"))
def the_first_is_told(
    notices: Sequence[SweepNotice], before: Mapping[str, Record], after: Mapping[str, Record], mine: set[str]
) -> list[BenchReplaced]:
    return _of_pages(notices[:1], before, after, mine)


@_mutation("A replacement that had begun before an absence is not told (SYNC-14).", (Sweeps, "since"))
def only_whole_ones(self: Sweeps, clock: int) -> list[Sweep]:
    return [one for one in _since(self, clock) if one.first > clock]


@_mutation("A replica gets a step again that it already has (SYNC-14).", (Sweeps, "since"))
def all_are_told(self: Sweeps, clock: int) -> list[Sweep]:
    return list(self.kept)


@_mutation("A stale restore is accepted (HIST-9).", (Sweeps, "check"))
def stale_is_fine(self: Sweeps, step: str, author: int, seen: int) -> None:
    pass
