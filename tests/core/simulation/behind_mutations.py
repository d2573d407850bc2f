"""Possible faults with receivers that are behind (SYNC-11 to SYNC-13)."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from optiverse_collab.core.client.effects import ReplicaEffect
from optiverse_collab.core.client.replica import Replica
from optiverse_collab.core.protocol.messages import Delta, FullState, SyncRequest
from optiverse_collab.core.protocol.outcomes import Ack
from optiverse_collab.core.protocol.pages import PageSize
from optiverse_collab.core.server import room
from optiverse_collab.core.server.answers import _Answer, _Told, catch_up
from optiverse_collab.core.server.delivery import _Frame
from optiverse_collab.core.server.history import History
from optiverse_collab.core.server.subscribers import Subscribers
from tests.core.simulation.mutation import Mutations

BEHIND_MUTATIONS = Mutations()
_mutation = BEHIND_MUTATIONS.add

_told = _Answer._told
_confirm, _groups, _receive_page, _refusals = (
    Subscribers.confirm,
    Subscribers.groups,
    Replica._receive_page,
    _Frame.refusals,
)


@_mutation("Who is behind is never brought to the present (SYNC-12).", (Subscribers, "confirm"))
def never_caught_up(self: Subscribers, id: str, clock: int, newest: int, now_ms: float) -> bool:
    _confirm(self, id, clock, newest, now_ms)
    return False


@_mutation("Who is behind gets frames too, with a gap (SYNC-12).", (Subscribers, "groups"))
def frames_for_all_who_had_some(self: Subscribers) -> Iterator[tuple[object, list[str]]]:
    for lanes, ids in _groups(self):
        yield lanes, [*ids, *(id for id in self.behind() if self._all[id].caught_up_ms is not None)]


@_mutation("What is refused isn't told to who is behind (SYNC-12).", (_Frame, "refusals"))
def refusals_withheld(self: _Frame, to: Collection[str]) -> dict[str, list[Ack]]:
    return {}


@_mutation("Unasked pages begin with what is unconfirmed (SYNC-12).", (room, "catch_up"))
def delta_from_the_present(
    history: History, request: SyncRequest, clock: int, accepted: int, size: PageSize
) -> Iterator[FullState | Delta]:
    return catch_up(history, request, history.clock, accepted, size)


@_mutation("Unasked pages make what is pending yield (SYNC-13).", (Replica, "_receive_page"))
def all_yields(self: Replica, page: FullState | Delta) -> list[ReplicaEffect]:
    if page.unasked and self.synced and page.done:
        self._pending.yield_all()
    return _receive_page(self, page)


@_mutation("Unasked pages don't say whose values were replaced (SYNC-13).", (_Answer, "_told"))
def nothing_is_told(self: _Answer) -> _Told:
    told = _told(self)
    return told._replace(answered=[], notices=[]) if self._common["unasked"] else told
