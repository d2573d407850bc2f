"""Possible faults when the server forgets replicas (SYNC-10)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any

from msgspec.structs import replace

from optiverse_collab.core.server.answers import _Answer
from optiverse_collab.core.server.clients import Clients
from optiverse_collab.core.server.history import History
from optiverse_collab.core.server.journal import Entry, Snapshot
from optiverse_collab.core.server.names import NameKind, Names
from optiverse_collab.core.server.references import References
from optiverse_collab.core.server.snapshots import SnapshotBuilder
from tests.core.simulation.mutation import Mutations

FORGETTING_MUTATIONS = Mutations()
_mutation = FORGETTING_MUTATIONS.add

_follow_snapshot, _keep, _build = References.follow_snapshot, Names.keep, SnapshotBuilder.__init__
_forget, _init, _note, _remembered = Clients._forget, _Answer.__init__, Clients.note, Clients.remembered


@_mutation("A replica that was forgotten is not told so (SYNC-10).", (Clients, "answers_for"))
def forgotten_unnoticed(self: Clients, origins: Collection[int], clock: int) -> bool:
    return True


@_mutation("Every replica learns that it may be forgotten (SYNC-10).", (Clients, "answers_for"))
def everybody_is_forgotten(self: Clients, origins: Collection[int], clock: int) -> bool:
    return False


@_mutation("What was settled leaves no trace when it is forgotten (SYNC-10).", (Clients, "_forget"))
def settled_without_a_trace(self: Clients, origin: int) -> int:
    clock = _forget(self, origin)
    return clock if len(self._all) >= self._most else 0


@_mutation("The newest is forgotten in place of the oldest (SYNC-10).", (Clients, "note"))
def newest_is_forgotten(self: Clients, entry: Entry) -> None:
    _note(self, entry)
    self._all.move_to_end(entry.origin, last=False)


@_mutation("A settled replica is not forgotten (SYNC-10).", (Clients, "remembered"))
def settled_is_kept(self: Clients, origins: Iterable[int]) -> list[int]:
    return []


@_mutation(
    "The names of people with unreported outcomes are forgotten (STAMP-4).",
    (References, "follow_snapshot"),
)
def names_of_outcomes_forgotten(self: References, snapshot: Snapshot) -> Iterator[int]:
    return _follow_snapshot(self, replace(snapshot, outcomes=[]))


@_mutation("Names that came into use while a snapshot was built are forgotten (STAMP-4).", (Names, "keep"))
def names_in_use_forgotten(self: Names, kind: NameKind, used: Iterable[int]) -> None:
    self.watch()
    _keep(self, kind, used)


class _Later:
    """Stamps that are looked up when they are asked for."""

    def __init__(self, records: Any, stamps: Any) -> None:
        self._ids, self._stamps = list(records), stamps

    def __iter__(self) -> Iterator[Any]:
        return (self._stamps[id] for id in self._ids)


@_mutation(
    "The stamps in a snapshot are those of when it is built (DUR-4).",
    (SnapshotBuilder, "__init__"),
)
def snapshot_with_later_stamps(
    self: SnapshotBuilder, rest: Snapshot, records: Any, stamps: Any, tombstones: Any
) -> None:
    _build(self, rest, records, stamps, tombstones)
    self._stamps = _Later(records, stamps)  # type: ignore[assignment]


@_mutation(
    "Pages that nobody asked for say what is remembered, not what was accepted (SYNC-10).",
    (_Answer, "__init__"),
)
def connected_is_forgotten(
    self: _Answer, history: History, request: Any, size: Any, accepted: int | None = None
) -> None:
    _init(self, history, request, size, accepted)
    if accepted is not None:
        self._common["client_clock"] = history.clients.last(next(reversed(self._mine)))
