"""The server's side: a real room, slow storage, and the queues of its connections."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import msgspec

from optiverse_collab.core.access import Role
from optiverse_collab.core.protocol.codec import close_patch, decode_client, encode
from optiverse_collab.core.protocol.messages import (
    OtherHistory,
    PresenceUpdate,
    Push,
    SyncRequest,
)
from optiverse_collab.core.protocol.origins import origin_of
from optiverse_collab.core.protocol.presence_frames import PresenceFrames
from optiverse_collab.core.records import Record
from optiverse_collab.core.server.effects import Close, RoomEffect, Send, SendFrame, SendPages, SendPresence
from optiverse_collab.core.server.history import History
from optiverse_collab.core.server.journal import Entry, StampedRecord, Watched
from optiverse_collab.core.server.members import Admission
from optiverse_collab.core.server.names import NameKind
from optiverse_collab.core.server.stamps import Stamp
from optiverse_collab.core.server.subscribers import Bounds
from tests.core.simulation.attendance import Attendance
from tests.core.simulation.backups import SigningRoom
from tests.core.simulation.memory import Answer, log_of, memory_of
from tests.core.simulation.paging import Paging, line_times
from tests.core.simulation.rights import Given
from tests.core.simulation.scenario import Setup
from tests.core.simulation.storage import Building, Storage, comparable
from tests.core.simulation.truth import Broken, Change, Doc, Truth
from tests.core.simulation.wire import Connection

_BENCH = ("a", "b")  # what a new session holds


class Server:
    """One session on a server that may be restarted, crash, or be given other data.

    Args:
        setup: the limits and such.
        changes: (client_id, client_clock) → change, filled in by the clients.
        counts: what happened, for `run`.

    Attributes:
        truths: epoch → what is true in it.
        connections: the open ones, by id.
        attendance: what participants showed.
        given: who may edit.
    """

    def __init__(self, setup: Setup, changes: dict[tuple[str, int], Change], counts: Counter[str]) -> None:
        self.setup = setup
        self.limits = setup.limits
        self.connections: dict[str, Connection] = {}
        self.truths: dict[str, Truth] = {}
        self.attendance = Attendance()
        self.given = Given()
        self._changes = changes
        self._counts = counts
        self._takeovers: dict[str, int] = {}
        self._line_ms = line_times()
        self._client_ids: dict[str, str] = {}  # by origin
        self._own: dict[tuple[str, int], frozenset[str]] = {}  # what counted as its author's own, by change
        self._told: dict[str, int] = {}  # up to which clock replicas know that they are forgotten
        self._told_at: dict[tuple[str, int], int] = {}  # the same for the author of a change
        self.replace_data({id: Record(id, "component", {"x": 0}) for id in _BENCH})

    @property
    def truth(self) -> Truth:
        """What is true in the present epoch."""
        return self.truths[self.room.history.epoch]

    # Connections

    def join(self, connection: Connection, user_id: str, now_ms: int) -> None:
        """Somebody connects."""
        self.connections[connection.id] = connection
        admission = Admission(Role(self.given.role(connection.grant)), connection.grant)
        effects = self.room.join(connection.id, user_id, now_ms, admission)
        if isinstance(effects[0], Close):
            self._counts["session full"] += 1
            del self.connections[connection.id]
            connection.close_server(effects[0].reason.code)
        else:
            self._perform(effects)

    def leave(self, connection: Connection, now_ms: int, code: int = 1006) -> None:
        """Notice the end of a connection, or close it with `code`."""
        if self.connections.pop(connection.id, None) is not None:
            connection.close_server(code)
            self._perform(self.room.leave(connection.id, now_ms))

    def set_role(self, grant: str, role: str, now_ms: int) -> None:
        """An owner gives a client another role, whether it is connected or not (ACC-6)."""
        self.given.give(grant, role)
        self._perform(self.room.set_role(grant, Role(role), now_ms))

    def set_away(self, connection: Connection, is_away: bool) -> None:
        """A connection is silent for a while, or is back."""
        if connection.id in self.connections:
            self._perform(self.room.set_away(connection.id, is_away))

    def receive(self, connection: Connection, now_ms: int) -> None:
        """Take the next message of a connection."""
        message = decode_client(connection.up.popleft(), self.limits)
        clock, start = self.room.history.clock, self.room.history.start
        if isinstance(message, Push):
            keys = [(connection.client_id, change.client_clock) for change in message.changes]
            self.given.decides(connection.grant, connection.id, keys)
            self._own.update(dict.fromkeys(keys, connection.settles))
            self._told_at.update(dict.fromkeys(keys, self._told.get(connection.client_id, 0)))
        elif isinstance(message, SyncRequest):
            self.given.asked(connection.id)
        elif isinstance(message, PresenceUpdate):
            self.attendance.changed(connection.id, message.state)
        if self.storage.building is not None and self.storage.building.go_on():
            self._counts["messages while a snapshot was built"] += 1
        effects = self.room.receive(connection.id, message, now_ms)
        self._counts["prunings"] += self.room.history.start > start
        for effect in effects:
            if isinstance(effect, Close) and self.connections[effect.to].serial > connection.serial:
                raise Broken(f"SYNC-7: {connection.id} is dead, and it took over from {effect.to}")
        self._perform(effects)
        if self.room.history.clock != clock and not self.given.may_edit(connection.grant):
            raise Broken(f"ACC-8: {connection.grant} may not edit, and its push was applied")
        if connection.serial < self._takeovers.get(connection.client_id, 0):
            self._counts["messages after a takeover"] += 1
            if self.room.history.clock != clock:
                raise Broken(f"SYNC-7: {connection.id} was taken over, and its push was applied")
        elif isinstance(message, SyncRequest) and not any(
            (isinstance(one, Send) and isinstance(one.message, OtherHistory))
            or (isinstance(one, Close) and one.to == connection.id)
            for one in effects
        ):
            self._synced(connection, message)

    def _synced(self, connection: Connection, request: SyncRequest) -> None:
        """A replica was answered; whoever else speaks for one of its ids is out."""
        known = self.room.history.names.known
        connection.client_id = request.client_id
        connection.settles = frozenset(
            id for id in request.settles if known(NameKind.ORIGIN, origin_of(id)) > 0
        )
        log = log_of(self.truth, self.room, self._client_ids, self._own)
        memory = memory_of(log, self.setup.remembered)
        connection.questions.append(Answer(request, self.room.history.epoch, memory, self._told))
        for id in (request.client_id, *request.settles):
            self._client_ids[origin_of(id)] = id
            self._takeovers[id] = connection.serial

    def catch_up(self, connection: Connection) -> None:
        """A slow receiver caught up: it gets all presence (PRES-3)."""
        connection.behind = False
        connection.missed -= {participant.connection_id for participant in self.room.participants}
        if connection.server_open:
            connection.down += map(encode, self.room.presence_of_all(connection.id))

    # Storage

    def take(self, compact: bool) -> bool:
        """Hand what was accepted to storage, and a snapshot of that instant; False if there is nothing."""
        unsaved = self.room.unsaved()
        if not unsaved.entries:
            return False
        truth, history, author = self.truth, self.room.history, ""
        for kept in unsaved.entries:
            entry = msgspec.json.decode(kept.data, type=Entry)
            if not entry.origin:
                self._counts[f"versions kept, {truth.append_version(entry, kept, by=author).why}"] += 1
                continue
            author = history.names.text(NameKind.AUTHOR, entry.author)
            client_id = self._client_ids[history.names.text(NameKind.ORIGIN, entry.origin)]
            key = (client_id, entry.client_clock)
            truth.append(entry, kept, client_id, self._own[key], self._changes[key], self._told_at[key])
        truth.check_whole(history.document.records)
        if len(truth.docs[-1]) > self.limits.records:
            raise Broken(f"LIM-6: {len(truth.docs[-1])} records, and {self.limits.records} are allowed")
        self.storage.appends.append(unsaved)
        if compact and self.storage.building is None:
            self.storage.building = Building(history)
        return True

    def commit(self) -> bool:
        """The oldest entries are durable now, and the room hears of it."""
        if not self.storage.appends:
            return False
        self.truth.durable = self.storage.append()
        self.room.saved(self.truth.durable)
        return True

    def compact(self) -> None:
        """Storage is done with the snapshot."""
        self._counts["names forgotten"] += self.storage.compact()

    def tick(self, now_ms: float) -> None:
        """Send everything that no longer needs to wait."""
        self._perform(self.room.flush())
        self._perform(self.room.flush_presence(now_ms))

    # Ends

    def restart(self, now_ms: float) -> None:
        """Stop properly and start again: everything is made durable and sent first."""
        self.take(compact=False)
        while self.commit():
            pass
        self.tick(now_ms)
        while self.storage.can_compact:
            self.compact()
        self.check_replay()
        self._start(1001)

    def crash(self, stages: int) -> None:
        """Die; before that, the first `stages` steps that storage had to do became durable."""
        for _ in range(stages):
            if self.storage.appends:
                self.truth.durable = self.storage.append()
            elif self.storage.can_compact:
                self.compact()
        if len(self.truth.docs) > self.truth.durable + 1 or self.room.has_unsaved:
            self._counts["crashes that lost something"] += 1
        self.storage.crash()
        self.truth.forget_undurable()
        self._start()
        self.truth.check_whole(self.room.history.document.records)

    def replace_data(self, records: Doc) -> None:
        """The session's data is replaced by `records`: another history begins (CLK-2)."""
        epoch = f"epoch {len(self.truths)}"
        empty = History.empty(epoch)
        truth = self.truths[epoch] = Truth(dict(records), empty.head)
        clock = truth.durable
        snapshot = msgspec.structs.replace(
            empty,
            clock=clock,
            history_start=clock,
            records=[StampedRecord(record, 0, {}) for record in records.values()],
            stamps=[Stamp(clock, 0, 0, 0)],
            watched=Watched(clock),
        )
        self.storage = Storage(snapshot)
        self._start()

    def restore_backup(self, entries: int) -> None:
        """The data is replaced by a copy that lacks the last entries; the epoch stays (CLK-3)."""
        epoch = self.room.history.epoch
        clock = self.storage.roll_back(entries)
        self.truths[epoch] = self.truth.fork(clock)
        self._start()

    def check_replay(self) -> None:
        """Everything is durable, so the stored journal reproduces the live history (DUR-4)."""
        stored, live = self.storage.load(self.setup), self.room.history
        for history in (stored, live):
            if history.chain.head != self.truth.heads[-1]:
                raise Broken(f"CLK-5: {history.chain.head!r} should be {self.truth.heads[-1]!r}")
        if comparable(stored.snapshot()) != comparable(live.snapshot()):
            raise Broken(f"DUR-4: stored {stored.snapshot()}, live {live.snapshot()}")

    def _start(self, code: int = 1006) -> None:
        """Start from storage; all connections are closed with `code`."""
        for connection in self.connections.values():
            connection.close_server(code)
        self.connections.clear()
        history = self.storage.load(self.setup)
        bounds = Bounds(self.setup.behind_ms, self.setup.behind_bytes)
        self.room = SigningRoom(history, bounds, self.truths[history.epoch])

    # Carrying out what the room says

    def _perform(self, effects: Sequence[RoomEffect]) -> None:
        connections = self.connections
        for effect in effects:
            if isinstance(effect, SendFrame):
                self._send_frame(effect)
            elif isinstance(effect, SendPages):
                to = connections[effect.to]
                pages = Paging(effect, to, self.setup, self._line_ms, self._counts)
                to.down.append(pages)
            elif isinstance(effect, Close):
                self._counts["takeovers"] += 1
                if connections[effect.to].is_held:
                    connections[effect.to].close_server(effect.reason.code)
            elif isinstance(effect, (Send, SendPresence)) and effect.to:
                self._send(effect)

    def _send(self, effect: Send | SendPresence) -> None:
        self.attendance.said(effect.message)
        text = encode(effect.message)
        for connection in map(self.connections.__getitem__, effect.to):
            if isinstance(effect, Send):
                connection.down.append(text)
            elif connection.behind:
                connection.missed |= effect.message.participants.keys()
            elif told := PresenceFrames(effect.message).without(connection.id):
                connection.down.append(told.decode())

    def _send_frame(self, frame: SendFrame) -> None:
        self._counts["state hashes"] += b'"hash":' in frame.body
        for id in frame.to:
            acks = frame.acks.get(id, ())
            self.connections[id].down.append(close_patch(frame.body, acks).decode())
            for ack in acks:
                self.given.answered(self.connections[id].client_id, ack.client_clock, ack.reason)
                self._counts[ack.reason or ack.result.value] += 1
