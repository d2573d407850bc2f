"""Possible faults of the history, the room and the delivery; `conflict_mutations` has the rest."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any

import msgspec

from optiverse_collab.core import document
from optiverse_collab.core.client import confirmed, view
from optiverse_collab.core.client import conflicts as client_conflicts
from optiverse_collab.core.protocol.codec import encode_change
from optiverse_collab.core.protocol.messages import OtherHistory, SyncRequest
from optiverse_collab.core.records import Op, Record, Remove, Set, apply
from optiverse_collab.core.server import conflicts
from optiverse_collab.core.server.answers import _Answer
from optiverse_collab.core.server.delivery import Delivery, Subscription, _Frame, _Waiting
from optiverse_collab.core.server.effects import RoomEffect, SendFrame
from optiverse_collab.core.server.history import History
from optiverse_collab.core.server.journal import Accepted, Snapshot
from optiverse_collab.core.server.members import Member
from optiverse_collab.core.server.room import Room
from optiverse_collab.core.server.signatures import Signatures
from optiverse_collab.core.server.snapshots import SnapshotBuilder
from optiverse_collab.core.server.stamps import Stamp
from tests.core.simulation.mutation import Mutations

SERVER_MUTATIONS = Mutations()
_mutation = SERVER_MUTATIONS.add

_add, _apply, _close, _flush = Delivery.add, History._apply, Delivery._close, Delivery.flush
_accept, _changed, _prune, _replay, _build, _sync = (
    Room._accept,
    _Answer._changed,
    History._prune,
    History._replay,
    SnapshotBuilder.__init__,
    Room._sync,
)


@_mutation("A push is applied again on another connection (PUSH-7).", (History, "last_client_clock_of"))
def no_dedup(self: History, origin: str) -> int:
    return 0


@_mutation("A push that is sent twice is applied twice (PUSH-7).", (Room, "_accept"))
def no_dedup_on_a_connection(self: Room, connection_id: str, member: Member, *change: Any) -> None:
    pushed = member.pushed
    _accept(self, connection_id, member, *change)
    member.pushed = pushed


@_mutation("A removal is not recorded, so no delta contains it (CLK-4).", (History, "_apply"))
def tombstone_dropped(self: History, op: Op, stamp: Stamp, copies: set[str]) -> None:
    _apply(self, op, stamp, copies)
    if isinstance(op, Remove):
        self.tombstones.pop(op.id, None)


@_mutation("Tombstones are forgotten, and the start of the history stays (CLK-4).", (History, "_prune"))
def prune_without_start(self: History) -> None:
    start = self.start
    _prune(self)
    self.start = start


@_mutation("A delta leaves out the record that changed last (SYNC-2).", (_Answer, "_changed"))
def delta_misses_an_id(self: _Answer) -> tuple[int, Iterator[Any]]:
    total, things = _changed(self)
    return total, iter([*things][:-1])


@_mutation(
    "A set brings a removed record back, on all sides alike (DOC-5).",
    (conflicts, "apply"),
    (document, "apply"),
    (client_conflicts, "apply"),
    (confirmed, "apply"),
    (view, "apply"),
)
def set_resurrects(records: dict[str, Record], op: Op, *more: Any) -> bool:
    if isinstance(op, Set) and op.id not in records:
        records[op.id] = Record(op.id, "component", {})
    return apply(records, op, *more)


@_mutation("A session takes more records than its limit (LIM-6).", (History, "_check_result"))
def full_session_takes_more(self: History, ops: Sequence[Op], after: dict[str, Record]) -> None:
    pass


@_mutation("A snapshot forgets whose changes it holds (PUSH-7, DUR-4).", (SnapshotBuilder, "__init__"))
def snapshot_without_clients(self: SnapshotBuilder, rest: Snapshot, *tables: Any) -> None:
    _build(self, msgspec.structs.replace(rest, clients=[]), *tables)


@_mutation("Who made a change is not read back from the log (PUSH-7, DUR-4).", (History, "_replay"))
def replay_without_clients(self: History, data: bytes) -> None:
    clients = self.clients._all.copy()
    _replay(self, data)
    self.clients._all = clients


@_mutation("Changes and acknowledgements leave before they are durable (DUR-1).", (Delivery, "flush"))
def sent_before_durable(self: Delivery, members: Collection[str], now_ms: float) -> list[RoomEffect]:
    self.durable = self._history.clock
    return _flush(self, members, now_ms)


@_mutation("Pages leave before what they hold is durable (DUR-1).", (Delivery, "add"))
def pages_before_durable(
    self: Delivery,
    accepted: Accepted | None = None,
    ack: Any = None,
    subscription: Subscription | None = None,
) -> None:
    if subscription is None:
        _add(self, accepted, ack)
    else:
        self._waiting.appendleft(_Waiting(self.durable, None, None, subscription))


@_mutation("Pages leave before the changes that are in them, and those follow (SYNC-4).", (Delivery, "flush"))
def pages_out_of_place(self: Delivery, members: Collection[str], now_ms: float) -> list[RoomEffect]:
    effects: list[RoomEffect] = []
    frame = _Frame()
    while self._waiting and self._waiting[0].after <= self.durable:
        waiting = self._waiting.popleft()
        if waiting.ack is not None:
            frame.acks.setdefault(waiting.ack[0], []).append(waiting.ack[1])
        if waiting.change is not None:
            frame.add(encode_change(waiting.change.raw), waiting.change)
        asked = waiting.subscription
        if asked is not None and self._subscribe(asked, waiting.after, members, now_ms):
            effects.append(asked.pages)
    return effects + self._close(frame, now_ms)


@_mutation("Every frame is sent twice (CLK-1).", (Delivery, "_close"))
def frames_twice(self: Delivery, frame: _Frame, now_ms: float) -> list[RoomEffect]:
    return _close(self, frame, now_ms) * 2


@_mutation("A frame carries the hash of a document that is ahead of it (HASH-1).", (Delivery, "_close"))
def hash_of_a_later_document(self: Delivery, frame: _Frame, now_ms: float) -> list[RoomEffect]:
    if frame.changes:
        self._hash_due = 0
        frame.clock = self._history.clock
    return _close(self, frame, now_ms)


@_mutation("Acknowledgements go to whoever pushed last (PUSH-5).", (Delivery, "_close"))
def acks_to_all(self: Delivery, frame: _Frame, now_ms: float) -> list[RoomEffect]:
    effects = _close(self, frame, now_ms)
    for number, effect in enumerate(effects):
        if isinstance(effect, SendFrame) and effect.acks:
            acks = next(iter(effect.acks.values()))
            effects[number] = SendFrame(effect.to, effect.body, dict.fromkeys(effect.to, acks))
    return effects


@_mutation("A connection that was taken over continues (SYNC-7).", (Room, "_sync"))
def two_connections_of_a_client(
    self: Room, connection_id: str, member: Member, request: SyncRequest, now_ms: int
) -> list[RoomEffect]:
    members = self._members.all
    others = {id: members.pop(id) for id in [*members] if id != connection_id}
    effects = _sync(self, connection_id, member, request, now_ms)
    self._members.all = {**others, **members}
    return effects


@_mutation("Whoever asked last takes over, dead or alive (SYNC-7).", (Room, "_sync"))
def dead_connection_takes_over(
    self: Room, connection_id: str, member: Member, request: SyncRequest, now_ms: int
) -> list[RoomEffect]:
    self._members.all[connection_id] = self._members.all.pop(connection_id)  # the newest, as it seems
    return _sync(self, connection_id, member, request, now_ms)


@_mutation("A frame doesn't say at which head it ends (CLK-2).", (_Frame, "body"))
def frames_without_head(self: _Frame, lanes: Any, hashes: Any) -> bytes:
    self._head = b""
    return _BODY(self, lanes, hashes)


_BODY = _Frame.body


@_mutation("Names are given to storage with no entry that refers to them (DUR-4).", (Room, "unsaved"))
def names_lost(self: Room) -> Any:
    self.history.names.take_new()
    return _UNSAVED(self)


_UNSAVED, _set_away = Room.unsaved, Room.set_away


@_mutation("What a former id of a replica accepted is not told (SYNC-8).", (_Answer, "__init__"))
def settled_forgotten(
    self: _Answer, history: History, request: SyncRequest, *more: Any, **named: Any
) -> None:
    _INIT(self, history, msgspec.structs.replace(request, settles=[]), *more, **named)


_INIT: Any = _Answer.__init__


@_mutation("Nobody learns who is away (HB-6).", (Room, "set_away"))
def away_is_not_told(self: Room, connection_id: str, is_away: bool) -> list[RoomEffect]:
    _set_away(self, connection_id, is_away)
    return []


@_mutation("The server does not notice that its data is a backup (BACK-3).", (Signatures, "parted"))
def backups_not_noticed(
    self: Signatures, connection_id: str, request: SyncRequest, answer: OtherHistory
) -> Any:
    return answer, []
