"""Real sessions and a real room on a fake wire; it carries JSON text, as a real one does."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import NamedTuple, TypeVar

import msgspec
from msgspec import structs

from optiverse_collab.core.client import effects as fx
from optiverse_collab.core.client.replica import Replica
from optiverse_collab.core.client.session import SessionClient
from optiverse_collab.core.limits import Limits
from optiverse_collab.core.protocol.close_codes import CloseReason
from optiverse_collab.core.protocol.codec import close_patch, decode_client, encode
from optiverse_collab.core.protocol.presence_frames import PresenceFrames
from optiverse_collab.core.records import Op, Put, Record, apply
from optiverse_collab.core.server.effects import (
    Close,
    ManageAccess,
    ReadEntries,
    ReadPast,
    RoomEffect,
    Send,
    SendFrame,
    SendPages,
    SendPresence,
)
from optiverse_collab.core.server.history import History
from optiverse_collab.core.server.journal import Entry, Kept, Parent, Snapshot
from optiverse_collab.core.server.lineage import continued
from optiverse_collab.core.server.members import EVERYTHING, Admission
from optiverse_collab.core.server.names import Name, NameKind
from optiverse_collab.core.server.past import Past, PastEntries
from optiverse_collab.core.server.room import Room
from optiverse_collab.core.server.subscribers import Bounds
from tests.helpers.stays_away import StaysAway

E = TypeVar("E")

LENS = Put("lens", "component", {"pos": [0.0, 0.0], "name": "Lens"})
"""A first record for a session."""


class Peer:
    """A participant: a session, the wire to the room, and a screen that shows the changes.

    Attributes:
        session: the real session.
        screen: what a user would see: their own edits and every `ShowChange`, nothing else.
        heard: all effects that were not for the wire.
        texts: the messages that arrived, as JSON.
        closed: the reason, once the room closed the connection.

    With `goes_back`, it brings back what a restored server lacks (BACK-11).
    """

    def __init__(
        self, name: str, client_id: str = "", replica: Replica | None = None, goes_back: bool = False
    ) -> None:
        self.session = SessionClient(name, replica or Replica(client_id or f"client of {name}"))
        if not goes_back:
            self.session.going_back = StaysAway(self.replica)
        self.screen: dict[str, Record] = {}
        self.heard: list[fx.SessionEffect] = []
        self.texts: list[str] = []
        self.closed: CloseReason | None = None
        self.connection_id = ""
        self.up: deque[str] = deque()
        self.down: deque[str] = deque()

    @property
    def replica(self) -> Replica:
        """The session's copy of the document."""
        return self.session.replica

    def edit(self, *ops: Op) -> None:
        """Edit as a user would: the screen shows the edit before it is sent."""
        self.replica.edit(ops)
        for op in ops:
            apply(self.screen, op)

    def told(self, kind: type[E]) -> list[E]:
        """The effects of one kind, oldest first."""
        return [effect for effect in self.heard if isinstance(effect, kind)]

    def do(self, effects: Sequence[fx.SessionEffect]) -> None:
        """Carry out effects."""
        for effect in effects:
            if isinstance(effect, fx.Transmit):
                self.up.append(effect.text)
                continue
            self.heard.append(effect)
            if isinstance(effect, fx.ShowChange):
                self.show(effect)
            elif isinstance(effect, fx.Conflict):
                self.decide(effect)

    def receive(self, text: str, now_ms: float) -> None:
        """Receive a message from the room."""
        self.do(self.session.receive(text, now_ms))

    def show(self, change: fx.ShowChange) -> None:
        """Update the screen."""
        for op in change.ops:
            assert apply(self.screen, op), f"asked to change what is not on the screen: {op}"

    def decide(self, conflict: fx.Conflict) -> None:
        """Learn what became of an edit: this user does nothing about it."""


class Backup(NamedTuple):
    """The content of storage at a moment."""

    start: Snapshot
    kept: list[Kept]
    names: list[Name]


class Wire:
    """A room, its storage, and the peers that are connected to it.

    Attributes:
        start: the snapshot with which storage starts.
        asked: the requests of owners about access.
        recorded: everything that arrived, in order, as ``name → JSON`` (sent) or ``name ← JSON``.
    """

    def __init__(
        self, limits: Limits | None = None, tombstones: int = 4096, bounds: Bounds | None = None
    ) -> None:
        self.limits, self.bounds, self.tombstones = limits or Limits(), bounds, tombstones
        self.now_ms = 1_000_000
        self.start = History.empty("epoch 1")
        self._kept, self._names, self._connections = list[Kept](), list[Name](), 0
        self.room = self.open_room()
        self.peers: dict[str, Peer] = {}
        self.recorded, self.asked = list[str](), list[ManageAccess]()

    def open_room(self) -> Room:
        """The room as storage knows it."""
        entries = [kept.data for kept in self._kept]
        history = History(self.start, self._names, entries, self.limits, self.tombstones)
        return Room("default", history, "test server", self.bounds)

    @property
    def journal(self) -> list[Entry]:
        """The entries that storage holds."""
        return [msgspec.json.decode(kept.data, type=Entry) for kept in self._kept]

    def author_of(self, entry: Entry) -> str:
        """The name that people see with an entry."""
        return self.room.history.names.text(NameKind.AUTHOR, entry.author)

    def origin_of(self, entry: Entry) -> str:
        """The origin of an entry (STAMP-1)."""
        return self.room.history.names.text(NameKind.ORIGIN, entry.origin)

    def replace_data(self, epoch: str) -> None:
        """Start another, empty history, while nobody is connected."""
        self.start = History.empty(epoch)
        self._kept, self._names = [], []
        self.room = self.open_room()

    def backup(self) -> Backup:
        """The content of storage."""
        return Backup(self.start, [*self._kept], [*self._names])

    def restore(self, backup: Backup, epoch: str) -> None:
        """Continue from a backup, in a new epoch, while nobody is connected (CLK-8)."""
        self._kept, self._names = [*backup.kept], [*backup.names]
        last = History(backup.start, backup.names, [kept.data for kept in backup.kept])
        self.start = continued(backup.start, Parent(last.epoch, last.clock, last.time_ms), epoch)
        self.room = self.open_room()

    def connect(self, *peers: Peer, admission: Admission = EVERYTHING, settle: bool = True) -> None:
        """Open a connection for each, and let it synchronise."""
        for peer in peers:
            self._connections += 1
            peer.connection_id = f"c{self._connections}"
            peer.closed = None
            self.peers[peer.connection_id] = peer
            peer.session.opened(self.now_ms)
            name = peer.session.user_id
            self.perform(self.room.join(peer.connection_id, name, self.now_ms, admission))
        if settle:
            self.settle()

    def lose(self, peer: Peer, noticed: bool = True) -> None:
        """Cut a connection and lose all data on it; the server may not have noticed yet."""
        peer.up.clear()
        peer.down.clear()
        peer.session.closed()
        self.peers.pop(peer.connection_id, None)
        if noticed:
            self.perform(self.room.leave(peer.connection_id, self.now_ms))

    def crash(self) -> None:
        """Kill the server and restart it: uncommitted changes are gone, and so are all connections."""
        for peer in list(self.peers.values()):
            self.lose(peer, noticed=False)
        self.room = self.open_room()

    def send_up(self, peer: Peer) -> None:
        """Deliver a peer's messages to the room, uncommitted."""
        while peer.up:
            text = peer.up.popleft()
            self.recorded.append(f"{peer.session.user_id} → {text}")
            message = decode_client(text, self.limits)
            self.perform(self.room.receive(peer.connection_id, message, self.now_ms))

    def send_down(self, peer: Peer) -> None:
        """Deliver the room's messages to a peer."""
        while peer.down:
            text = peer.down.popleft()
            peer.texts.append(text)
            self.recorded.append(f"{peer.session.user_id} ← {text}")
            peer.receive(text, self.now_ms)

    def commit(self) -> None:
        """Make durable what the room accepted, and let it be sent."""
        entries, names, parents = self.room.unsaved()
        if entries:
            self._kept, self._names = self._kept + entries, self._names + names
            self.start = structs.replace(self.start, parents=[*self.start.parents, *parents])
            self.room.saved(entries[-1].clock)
        self.perform(self.room.flush())
        self.perform(self.room.flush_presence(self.now_ms))

    def poll(self, peer: Peer) -> None:
        """Let enough time pass that a peer may send, and let it."""
        self.now_ms += 40
        peer.do(peer.session.poll(self.now_ms))

    def settle(self, waits: bool = False) -> None:
        """Let time pass and messages go until none is on the way; `waits` if edits wait for a right."""
        for _ in range(1000):
            peers = list(self.peers.values())
            for peer in peers:
                self.poll(peer)
                self.send_up(peer)
            self.commit()
            for peer in peers:
                self.send_down(peer)
            if not any(self._is_busy(peer, waits) for peer in self.peers.values()):
                return
        raise AssertionError("the wire did not come to rest")

    def _is_busy(self, peer: Peer, waits: bool) -> bool:
        replica = peer.replica
        pending = len(replica.pending) - (replica.rights.withheld if waits else 0)
        is_going_back = peer.session.going_back.wait_ms(self.now_ms) is not None
        return bool(peer.up or peer.down or pending or peer.session.past.waiting or is_going_back)

    def perform(self, effects: Sequence[RoomEffect]) -> None:
        """Put the room's messages on the wire."""
        for effect in effects:
            if isinstance(effect, SendFrame):
                for id in effect.to:
                    self._down(id, close_patch(effect.body, effect.acks.get(id, ())).decode())
            elif isinstance(effect, SendPages):
                for page in effect.pages:
                    self._down(effect.to, encode(page))
            elif isinstance(effect, (ReadPast, ReadEntries)):
                for answer in self._past(effect).pages(effect.request, self.limits.page_bytes):
                    self._down(effect.to, encode(answer))
            elif isinstance(effect, ManageAccess):
                self.asked.append(effect)
            elif isinstance(effect, Close):
                peer = self.peers.get(effect.to)
                if peer is not None:
                    self.lose(peer, noticed=False)
                    peer.closed = effect.reason
            elif isinstance(effect, (Send, SendPresence)):
                self._send(effect)

    def _send(self, effect: Send | SendPresence) -> None:
        frames = PresenceFrames(effect.message) if isinstance(effect, SendPresence) else None
        for id in effect.to:
            text = encode(effect.message) if frames is None else frames.without(id).decode()
            if text:
                self._down(id, text)

    def _past(self, wanted: ReadPast | ReadEntries) -> Past | PastEntries:
        """Everything is kept and can be read at once; changes come at most two at a time."""
        if isinstance(wanted, ReadEntries):
            kept = [one.data for one in self._kept if wanted.after < one.clock <= wanted.until][:2]
            authors = {name.number: name.text for name in self._names if name.kind is NameKind.AUTHOR}
            return PastEntries(self.start.epoch, wanted.after, kept, authors)
        entries = [kept.data for kept in self._kept if kept.clock <= wanted.clock]
        start = self.start
        records = [msgspec.Raw(msgspec.json.encode(one.record)) for one in start.records]
        past = Past(start.epoch, start.clock, start.head, records, entries)
        list(past.replay())
        past.lanes = wanted.lanes
        return past

    def _down(self, connection_id: str, text: str) -> None:
        peer = self.peers.get(connection_id)
        if peer is not None:
            peer.down.append(text)


def equal(wire: Wire, *peers: Peer) -> bool:
    """Whether everybody sees what the room holds."""
    records = wire.room.history.document.records
    return all(it.screen == it.replica.view and {**it.screen, **it.replica.meta} == records for it in peers)
