"""Possible faults of the replica and its pending changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from optiverse_collab.core.client import view
from optiverse_collab.core.client.confirmed import Confirmed
from optiverse_collab.core.client.effects import ReplicaEffect, SessionEffect, ShowChange
from optiverse_collab.core.client.pending import Pending, PendingChange
from optiverse_collab.core.client.push_pace import PushPace
from optiverse_collab.core.client.replica import Replica
from optiverse_collab.core.client.saved import Saved
from optiverse_collab.core.client.session import SessionClient
from optiverse_collab.core.limits import Limits
from optiverse_collab.core.protocol.messages import Delta, FullState, OtherHistory, Patch, UserAway
from optiverse_collab.core.protocol.outcomes import Ack
from optiverse_collab.core.records import Record, put
from optiverse_collab.core.throttle import Throttle
from tests.core.simulation.mutation import Mutations

CLIENT_MUTATIONS = Mutations()
_mutation = CLIENT_MUTATIONS.add

_receive, _receive_page, _receive_patch, _request_sync = (
    Replica.receive,
    Replica._receive_page,
    Replica._receive_patch,
    Replica._request_sync,
)
_restore, _show, _take_unsent = Replica.restore, Replica._show, Pending.take_unsent
_wait_ms = PushPace.wait_ms


@_mutation("An incoming value shows over a pending one (REP-3).", (view, "shown"))
def no_shield(id: str, base: Mapping[str, Record], pending: Pending) -> Record | None:
    return base.get(id)


@_mutation("What is shown is also what was shown before (REP-4).", (Replica, "_show"))
def everything_is_shown_again(
    self: Replica, ids: Iterable[str], authors: dict[str, str]
) -> list[ReplicaEffect]:
    ids = set(ids)
    effects = _show(self, ids, authors)
    again = tuple(put(self.view[id]) for id in ids if id in self.view)
    return [*effects, ShowChange(again, authors)] if again else effects


@_mutation("Nothing is shown of what was cut off by the end of a list (REP-4).", (Replica, "_show"))
def change_not_shown(self: Replica, ids: Iterable[str], authors: dict[str, str]) -> list[ReplicaEffect]:
    return [
        ShowChange(effect.ops[:2], effect.authors) if isinstance(effect, ShowChange) else effect
        for effect in _show(self, ids, authors)
    ]


@_mutation("A history of another epoch is merged (CLK-3).", (Replica, "receive"))
def epoch_ignored(self: Replica, message: FullState | Delta | Patch | OtherHistory) -> list[ReplicaEffect]:
    if isinstance(message, OtherHistory):
        return _request_sync(self, everything=True)
    self._confirmed.epoch = getattr(message, "epoch", self.epoch)
    return _receive(self, message)


@_mutation("Pages are taken over one by one (SYNC-5).", (Replica, "_receive_page"))
def half_a_document(self: Replica, page: FullState | Delta) -> list[ReplicaEffect]:
    return _receive_page(self, msgspec.structs.replace(page, done=True))


@_mutation("What the pages say of my own changes is not read (SYNC-6).", (Replica, "_receive_page"))
def client_clock_of_pages_ignored(self: Replica, page: FullState | Delta) -> list[ReplicaEffect]:
    return _receive_page(self, msgspec.structs.replace(page, client_clock=0))


@_mutation("A clock that is missing is not missed (HASH-4).", (Replica, "_receive_patch"))
def gap_ignored(self: Replica, patch: Patch) -> list[ReplicaEffect]:
    if self.synced and patch.changes:
        self._confirmed.clock = patch.changes[0].clock - 1
    return _receive_patch(self, patch)


@_mutation("A hash that differs changes nothing (HASH-3).", (Replica, "_receive_patch"))
def hash_ignored(self: Replica, patch: Patch) -> list[ReplicaEffect]:
    return _receive_patch(self, msgspec.structs.replace(patch, hash={}))


@_mutation("After a differing hash only a delta is fetched (HASH-3).", (Replica, "_request_sync"))
def delta_for_a_differing_hash(self: Replica, everything: bool) -> list[ReplicaEffect]:
    return _request_sync(self, everything=False)


@_mutation("What the server says became of a change is not told (REP-8).", (Confirmed, "_settle"))
def outcome_untold(self: Confirmed, ack: Ack, ids: dict[str, None]) -> list[Any]:
    change = self.pending.drop(ack.client_clock)
    if change is not None:
        ids.update(dict.fromkeys(change.ops))
    return []


@_mutation("A restored replica continues with its old numbers (SYNC-8).", (Replica, "restore"))
def former_numbers_go_on(saved: Saved, client_id: str, limits: Limits | None = None) -> Replica:
    restored = _restore(saved, client_id, limits)
    for change in restored._pending.changes:
        change.former = []
    return restored


@_mutation("Edits made offline are not kept on disk (DISK-4).", (Replica, "restore"))
def pending_not_restored(saved: Saved, client_id: str, limits: Limits | None = None) -> Replica:
    return _restore(msgspec.structs.replace(saved, pending=[]), client_id, limits)


@_mutation("A change that was sent is altered by the next edit (PUSH-2).", (Pending, "take_unsent"))
def sent_change_altered(self: Pending, max_bytes: int, last: int) -> list[PendingChange]:
    taken = _take_unsent(self, max_bytes, last)
    for change in taken:
        change.sent = change.closed = False
    return taken


@_mutation("What was on its way when the connection broke is not sent again (REP-7).", (Pending, "unsend"))
def in_flight_for_ever(self: Pending) -> None:
    pass


@_mutation("What comes up later is sent first (PUSH-1).", (Pending, "take_unsent"))
def last_change_first(self: Pending, max_bytes: int, last: int) -> list[PendingChange]:
    return _take_unsent(self, max_bytes, last)[::-1]


@_mutation("There is no pause between two pushes (PUSH-2).", (Throttle, "wait_ms"))
def no_throttle(self: Throttle, now_ms: float) -> float:
    return 0.0


@_mutation("Who has no answer pushes as often (PUSH-2).", (PushPace, "wait_ms"))
def quick_without_answers(self: PushPace, now_ms: float, is_answered: bool = True) -> float:
    return _wait_ms(self, now_ms)


@_mutation("Word that somebody is away is ignored (HB-6).", (SessionClient, "_hear_away"))
def nobody_is_ever_away(self: SessionClient, message: UserAway) -> list[SessionEffect]:
    return []
