"""The sync core's time for an edit, without sockets, storage and other processes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter

import msgspec

from benchmarks.bench import component, component_id
from optiverse_collab.core.client.effects import ReplicaEffect, Transmit
from optiverse_collab.core.client.push_pace import PUSH_EVERY_MS
from optiverse_collab.core.client.replica import Replica
from optiverse_collab.core.limits import Limits
from optiverse_collab.core.protocol.codec import close_patch, decode_client, decode_server, encode
from optiverse_collab.core.protocol.messages import Delta, FullState, Patch
from optiverse_collab.core.records import Record, Set
from optiverse_collab.core.server.effects import SendFrame, SendPages
from optiverse_collab.core.server.history import History
from optiverse_collab.core.server.journal import StampedRecord
from optiverse_collab.core.server.room import Room
from optiverse_collab.core.server.stamps import Stamp


@dataclass(frozen=True)
class Core:
    """Time for one edit, in µs.

    Attributes:
        edit: the author's replica applies it and writes the push.
        accept: the room reads the push, applies it and writes the patch.
        show: another replica reads the patch and changes its view.
    """

    edit: float
    accept: float
    show: float


def measure(edits: int, components: int) -> Core:
    """Drag one component of a bench, with a push and a patch for each position."""
    records = [msgspec.convert(component(number), Record) for number in range(components)]
    snapshot = msgspec.structs.replace(
        History.empty("epoch"),
        clock=1,
        records=[StampedRecord(record, 0, {}) for record in records],
        stamps=[Stamp(1, 0, 0, 0)],
    )
    room = Room("bench", History(snapshot), "benchmark")
    author, other = _join(room, "author"), _join(room, "other")
    edit_s = accept_s = show_s = 0.0
    for number in range(edits):
        now_ms = number * PUSH_EVERY_MS
        start = perf_counter()
        author.edit([Set(component_id(0), {"pos": [number + 0.25, 172.46314119522515]})])
        push, *receipts = author.poll(now_ms)
        assert isinstance(push, Transmit)
        text = encode(push.message)
        edited = perf_counter()
        room.receive("author", decode_client(text, Limits()), now_ms)
        room.saved(room.unsaved().entries[-1].clock)
        [frame] = room.flush()
        assert isinstance(frame, SendFrame)
        to_author = close_patch(frame.body, frame.acks["author"])
        to_other = close_patch(frame.body)
        accepted = perf_counter()
        _receive(other, to_other)
        shown = perf_counter()
        _receive(author, to_author)
        for name, effects in (("author", receipts), ("other", other.poll(now_ms))):
            _send(room, name, effects, now_ms)
        edit_s += edited - start
        accept_s += accepted - edited
        show_s += shown - accepted
    assert author.view == other.view
    assert not author.pending
    return Core(*(seconds / edits * 1e6 for seconds in (edit_s, accept_s, show_s)))


def _send(room: Room, name: str, effects: Sequence[ReplicaEffect], now_ms: int) -> None:
    for effect in effects:
        assert isinstance(effect, Transmit)
        room.receive(name, effect.message, now_ms)


def _join(room: Room, name: str) -> Replica:
    replica = Replica(name)
    room.join(name, name, 0)
    [request] = replica.connected()
    assert isinstance(request, Transmit)
    room.receive(name, decode_client(encode(request.message), Limits()), 0)
    [answer] = room.flush()
    assert isinstance(answer, SendPages)
    for page in answer.pages:
        _receive(replica, encode(page).encode())
    return replica


def _receive(replica: Replica, message: bytes) -> None:
    decoded = decode_server(message.decode(), replica.limits)
    assert isinstance(decoded, (Patch, FullState, Delta))
    replica.receive(decoded)
