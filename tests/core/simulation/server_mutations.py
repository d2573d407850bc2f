"""What could be wrong with the history, the room and the delivery."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import msgspec

from optiverse_collab.core import document
from optiverse_collab.core.client import replica
from optiverse_collab.core.presence import Presence
from optiverse_collab.core.protocol.codec import patch_body
from optiverse_collab.core.protocol.messages import SyncRequest
from optiverse_collab.core.records import Op, Record, Remove, Set, apply
from optiverse_collab.core.server import history
from optiverse_collab.core.server.delivery import Delivery, _Frame, _Waiting, answer_pages
from optiverse_collab.core.server.effects import RoomEffect, SendFrame, SendPages
from optiverse_collab.core.server.history import History
from optiverse_collab.core.server.journal import Entry, Snapshot
from optiverse_collab.core.server.room import Room, _Member
from tests.core.simulation.mutation import Mutations

SERVER_MUTATIONS = Mutations()
_mutation = SERVER_MUTATIONS.add

_add, _apply, _close, _delta, _flush = (
    Delivery.add,
    History._apply,
    Delivery._close,
    History.delta,
    Delivery.flush,
)
_prune, _replay, _snapshot, _sync = History._prune, History._replay, History.snapshot, Room._sync


@_mutation("A push that is sent again is applied again (PUSH-7).", (History, "is_duplicate"))
def no_dedup(self: History, client_id: str, client_clock: int) -> bool:
    return False


@_mutation("A removal is not recorded, so that no delta tells of it (CLK-4).", (History, "_apply"))
def tombstone_dropped(self: History, ops: Sequence[Op]) -> None:
    _apply(self, ops)
    for op in ops:
        if isinstance(op, Remove):
            self._tombstones.pop(op.id, None)


@_mutation("Tombstones are forgotten, and the start of the history stays (CLK-4).", (History, "_prune"))
def prune_without_start(self: History) -> None:
    start = self.start
    _prune(self)
    self.start = start


@_mutation("A delta leaves out the record that changed last (SYNC-2).", (History, "delta"))
def delta_misses_an_id(self: History, clock: int) -> list[Op]:
    return _delta(self, clock)[:-1]


@_mutation(
    "A set brings a removed record back, on all sides alike (DOC-5).",
    (history, "apply"),
    (document, "apply"),
    (replica, "apply"),
)
def set_resurrects(records: dict[str, Record], op: Op) -> bool:
    if isinstance(op, Set) and op.id not in records:
        records[op.id] = Record(op.id, "component", {})
    return apply(records, op)


@_mutation("A session takes more records than its limit (LIM-6).", (History, "_rehearse"))
def full_session_takes_more(self: History, ops: Sequence[Op]) -> tuple[list[Op], list[Op]]:
    scratch = dict(self.document.records)
    outcomes = [(op, apply(scratch, op)) for op in ops]
    lost: list[Op] = [op for op, happened in outcomes if not happened and isinstance(op, Set)]
    return [op for op, happened in outcomes if happened], lost


@_mutation("A snapshot forgets whose changes it holds (PUSH-7, DUR-4).", (History, "snapshot"))
def snapshot_without_clients(self: History) -> Snapshot:
    return msgspec.structs.replace(_snapshot(self), clients={})


@_mutation("Who made a change is not read back from the log (PUSH-7, DUR-4).", (History, "_replay"))
def replay_without_clients(self: History, entry: Entry) -> None:
    clients = dict(self.clients)
    _replay(self, entry)
    self.clients = clients


@_mutation("Changes and acknowledgements leave before they are durable (DUR-1).", (Delivery, "flush"))
def sent_before_durable(self: Delivery, members: Collection[str]) -> list[RoomEffect]:
    self.durable = self._history.clock
    return _flush(self, members)


@_mutation("Pages leave before what they hold is durable (DUR-1).", (Delivery, "add"))
def pages_before_durable(
    self: Delivery, entry: Entry | None = None, ack: Any = None, sync: SendPages | None = None
) -> None:
    if sync is None:
        _add(self, entry, ack)
    else:
        self._waiting.appendleft(_Waiting(self.durable, None, None, sync))


@_mutation("Pages leave before the changes that are in them, and those follow (SYNC-4).", (Delivery, "flush"))
def pages_out_of_place(self: Delivery, members: Collection[str]) -> list[RoomEffect]:
    effects: list[RoomEffect] = []
    frame = _Frame()
    while self._waiting and self._waiting[0].after <= self.durable:
        waiting = self._waiting.popleft()
        if waiting.sync is None:
            frame.add(waiting.entry, waiting.ack)
        elif waiting.sync.to in members:
            self._subscribed[waiting.sync.to] = None
            effects.append(waiting.sync)
    return effects + self._close(frame)


@_mutation("Every frame is sent twice (CLK-1).", (Delivery, "_close"))
def frames_twice(self: Delivery, frame: _Frame) -> list[RoomEffect]:
    return _close(self, frame) * 2


@_mutation("A frame carries the hash of a document that is ahead of it (HASH-1).", (Delivery, "_close"))
def hash_of_a_later_document(self: Delivery, frame: _Frame) -> list[RoomEffect]:
    changes, acks, clock = frame.take()
    hash_ = self._history.document.hash() if clock else ""
    to = tuple(self._subscribed) if changes else tuple(id for id in self._subscribed if id in acks)
    return [SendFrame(to, patch_body(changes, hash_), acks)] if to else []


@_mutation("Acknowledgements go to whoever pushed last (PUSH-5).", (Delivery, "_close"))
def acks_to_all(self: Delivery, frame: _Frame) -> list[RoomEffect]:
    effects = _close(self, frame)
    for number, effect in enumerate(effects):
        if isinstance(effect, SendFrame) and effect.acks:
            acks = next(iter(effect.acks.values()))
            effects[number] = SendFrame(effect.to, effect.body, dict.fromkeys(effect.to, acks))
    return effects


@_mutation("A connection that was taken over goes on (SYNC-7).", (Room, "_sync"))
def two_connections_of_a_client(
    self: Room, connection_id: str, member: _Member, request: SyncRequest, now_ms: int
) -> list[RoomEffect]:
    member.client_id = request.client_id
    self._delivery.add(sync=SendPages(connection_id, answer_pages(self.history, request)))
    return []


@_mutation("Whoever asked last takes over, dead or alive (SYNC-7).", (Room, "_sync"))
def dead_connection_takes_over(
    self: Room, connection_id: str, member: _Member, request: SyncRequest, now_ms: int
) -> list[RoomEffect]:
    self._members[connection_id] = self._members.pop(connection_id)  # the newest, as it seems
    return _sync(self, connection_id, member, request, now_ms)


@_mutation("The presence of those who left stays (PRES-4).", (Presence, "forget"))
def presence_stays(self: Presence, participant: str) -> None:
    pass
