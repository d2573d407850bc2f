"""Possible faults with the versions that the server makes (HIST-13, HIST-14)."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from unittest import mock

from msgspec.structs import replace

from optiverse_collab.core.client.view import Views
from optiverse_collab.core.records import Lane, Op, Record
from optiverse_collab.core.server import occasions, versions
from optiverse_collab.core.server.history import History
from optiverse_collab.core.server.journal import Accepted, Entry, Removal, Watched
from optiverse_collab.core.server.occasions import Occasion, Occasions
from optiverse_collab.core.server.versions import Versions
from optiverse_collab.core.versions import Version
from tests.core.simulation.mutation import Mutations
from tests.core.simulation.versions import SCALED_KEPT

VERSION_MUTATIONS = Mutations()
_mutation = VERSION_MUTATIONS.add

_note, _removed, _see, _made = Occasions.note, Occasions._removed, Occasions.see, Versions.made
_superfluous, _keep, _watched = versions.superfluous, History.keep_version, Occasions.watched


@_mutation("The server keeps no version before a bench is replaced (HIST-13).", (Occasions, "note"))
def sweeps_are_no_reason(self: Occasions, entry: Entry, begins_sweep: bool) -> Occasion | None:
    return _note(self, entry, begins_sweep=False)


@_mutation("The server keeps no version before much is removed (HIST-13).", (Occasions, "_removed"))
def removals_are_no_reason(self: Occasions, entry: Entry, removal: Removal) -> int | None:
    return None


@_mutation("The server keeps no version before a day's first edit (HIST-13).", (Occasions, "note"))
def days_are_no_reason(self: Occasions, entry: Entry, begins_sweep: bool) -> Occasion | None:
    self._edited_ms = entry.time_ms
    return _note(self, entry, begins_sweep)


@_mutation("A version shows the bench after the change that was its reason (HIST-13).", (Occasions, "note"))
def version_comes_late(self: Occasions, entry: Entry, begins_sweep: bool) -> Occasion | None:
    occasion = _note(self, entry, begins_sweep)
    return None if occasion is None else occasion._replace(clock=entry.clock)


@_mutation("Each change of a sweeping step is a reason (HIST-13).", (Occasions, "note"))
def each_part_sweeps(self: Occasions, entry: Entry, begins_sweep: bool) -> Occasion | None:
    return _note(self, entry, entry.step.startswith(("sweep:", "restore:")))


@_mutation("An empty bench is kept (HIST-13).", (Occasions, "note"))
def nothing_is_kept(self: Occasions, entry: Entry, begins_sweep: bool) -> Occasion | None:
    self._before = self._before or 1
    return _note(self, entry, begins_sweep)


@_mutation("Only the removals of a single change count together (HIST-13).", (Occasions, "_removed"))
def changes_are_counted_alone(self: Occasions, entry: Entry, removal: Removal) -> int | None:
    self._bursts.clear()
    return _removed(self, entry, removal)


@_mutation("All people's removals count together (HIST-13).", (Occasions, "_removed"))
def removals_are_anybodys(self: Occasions, entry: Entry, removal: Removal) -> int | None:
    return _removed(self, replace(entry, origin=1), removal)


@_mutation("Removals of long ago count (HIST-13).", (Occasions, "_removed"))
def all_time_counts(self: Occasions, entry: Entry, removal: Removal) -> int | None:
    with mock.patch.object(occasions, "WINDOW_S", 1_000_000):
        return _removed(self, entry, removal)


@_mutation("Removals that go on are a reason again (HIST-13).", (Occasions, "_removed"))
def burst_is_kept_again(self: Occasions, entry: Entry, removal: Removal) -> int | None:
    found = _removed(self, entry, removal)
    self._bursts[entry.origin] = replace(self._bursts[entry.origin], is_kept=False)
    return found


@_mutation("A server that starts from a snapshot forgets what it watched (HIST-13).", (Occasions, "watched"))
def watched_is_forgotten(self: Occasions) -> Watched:
    return Watched()


@_mutation("Changes of other lanes count as edits (HIST-13).", (Occasions, "see"))
def every_lane_counts(self: Occasions, op: Op, before: Record | None, after: Record | None) -> None:
    _see(self, op, *(one and replace(one, lane=Lane.BENCH) for one in (before, after)))


@_mutation("A version of the same moment is made again (HIST-13).", (Versions, "made"))
def moment_is_kept_twice(self: Versions, occasion: Occasion, *rest: Any) -> list[Op]:
    return _made(Versions(()), occasion, *rest)


@_mutation("The server's versions are kept without end (HIST-14).", (versions, "superfluous"))
def all_are_kept(old: Collection[Version], now_ms: int) -> list[str]:
    return []


@_mutation("The last version of a day stays, in place of its first (HIST-14).", (versions, "superfluous"))
def last_of_the_day_stays(old: Collection[Version], now_ms: int) -> list[str]:
    gone = {*_superfluous(old, now_ms)}
    day_ms = SCALED_KEPT["DAY_MS"]
    days = {one.id: one.time_ms // day_ms for one in old if one.id in gone}
    others = [one.id for one in old if one.id not in gone and one.time_ms // day_ms in days.values()]
    return [*days][:-1] + others[:1] if others else [*gone]


@_mutation("A version is stored later than its reason (HIST-13).", (History, "keep_version"))
def version_comes_with_the_next_change(self: History) -> Accepted | None:
    waiting = self.__dict__.setdefault("_waiting", [])
    waiting.append(self._occasion)
    if len(waiting) < 2:
        return None
    self._occasion = waiting.pop(0)
    return _keep(self)


@_mutation("A replica shows versions on the bench (DOC-8).", (Views, "put"))
def versions_are_items(self: Views, id: str, record: Record | None) -> None:
    if record is None:
        self.bench.pop(id, None)
    else:
        self.bench[id] = record
