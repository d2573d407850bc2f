"""Changes that wait for durability, and the frames in which they leave, encoded once for everybody.

How it works. A push is accepted in memory, at once, and gets its clock. Storage follows: it writes many
changes together and reports up to which clock it holds them. In between nobody may learn of a change,
because after a crash the server wouldn't know of it and would give its clock to another one (DUR-1).

So everything that depends on a change waits in one queue: the change itself, the acknowledgement for its
author, the pages for somebody who joins. Each waits for the clock that the document had when it was queued.
`flush` takes items from the head of the queue as long as storage has caught up, and never overtakes a
waiting one. One queue without shortcuts keeps the order for everybody: a participant that applies frames as
they come has the server's document.

Changes that leave together share a frame, whose body is encoded once. Only the acknowledgements differ from
one receiver to the next. Pages end a frame: the client that asked gets earlier changes in the pages, and
all later ones in frames (SYNC-4).

An example. Ann and Bob follow a session whose clock is 7; then Cid joins:

    what happens                    in the queue, with the clock it waits for      durable
    Ann pushes, accepted as 8       change 8 and its acknowledgement (8)           7
    Cid asks for the document       …, pages for Cid (8)                           7
    Bob pushes, accepted as 9       …, change 9 and its acknowledgement (9)        7
    storage holds 8: flush          change 9 and its acknowledgement (9)           8
        frame of change 8 to Ann, with her acknowledgement, and to Bob
        pages to Cid: the document at clock 8
    storage holds 9: flush          nothing                                        9
        frame of change 9 to Ann, to Bob, with his acknowledgement, and to Cid

If storage fails after 8, change 9 has reached nobody. Bob has no acknowledgement, and pushes it again
(DUR-3).
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Collection
from dataclasses import dataclass
from typing import NamedTuple

import msgspec

from optiverse_collab.core.protocol.codec import RawChange, encode_change, patch_body, size_of
from optiverse_collab.core.protocol.outcomes import Ack, AckResult, Replaced
from optiverse_collab.core.records import Lane
from optiverse_collab.core.server.effects import RoomEffect, SendFrame, SendPages
from optiverse_collab.core.server.history import History
from optiverse_collab.core.server.journal import Accepted
from optiverse_collab.core.server.names import NameKind
from optiverse_collab.core.server.subscribers import Bounds, Lanes, Subscribers

HASH_EVERY = 256
"""About how many changes lie between two state hashes (HASH-1)."""

HASH_BYTES = 256 * 1024
"""How much is hashed for one frame; if more has changed, the hash comes later."""

ACK_BYTES = 100
"""About the length of an acknowledgement without parts."""

_NOTHING = msgspec.Raw(b"[]")


@dataclass(frozen=True)
class Subscription:
    """Pages for a connection, and its share of the frames after them.

    Attributes:
        pages: the pages that bring it up to date.
        lanes: the lanes that it knows.
        unasked: it did not ask for the pages; they replace frames that it was not sent (SYNC-12).
    """

    pages: SendPages
    lanes: Lanes
    unasked: bool = False


class _Change(NamedTuple):
    """A change in the form in which it is sent, the head after it, and its lane."""

    raw: RawChange
    head: bytes
    lane: Lane


class _Waiting(NamedTuple):
    """An item that is sent once the change at clock `after` is durable."""

    after: int
    change: _Change | None
    ack: tuple[str, Ack] | None
    subscription: Subscription | None


class Delivery:
    """The queue between accepting and sending.

    Args:
        history: the session's document.
        bounds: how much a receiver may leave unconfirmed.

    Attributes:
        durable: storage holds everything up to this clock.
        sent: the clock of the last change that was sent, and `head` the head after it.
    """

    def __init__(self, history: History, bounds: Bounds | None = None) -> None:
        self.durable = self.sent = history.clock
        self.head = history.chain.head
        self._history = history
        self._waiting: deque[_Waiting] = deque()
        self._asked: Counter[str] = Counter()
        self._subscribers = Subscribers(bounds)
        self._hash_due = history.clock + HASH_EVERY
        self._first = history.clock + 1

    def add(
        self,
        accepted: Accepted | None = None,
        ack: tuple[str, Ack] | None = None,
        subscription: Subscription | None = None,
    ) -> None:
        """Queue an item that depends on everything accepted so far."""
        change = None if accepted is None else self._change(accepted)
        self._waiting.append(_Waiting(self._history.clock, change, ack, subscription))
        if subscription is not None:
            self._asked[subscription.pages.to] += 1

    @property
    def waiting(self) -> bool:
        """Whether the queue has items."""
        return bool(self._waiting)

    def owes_pages(self, connection_id: str) -> bool:
        """Whether pages for a connection are in the queue."""
        return connection_id in self._asked

    def unsubscribe(self, connection_id: str) -> None:
        """Send no more frames to a connection."""
        self._subscribers.remove(connection_id)

    def sent_to(self, connection_id: str) -> int:
        """The clock up to which a connection was sent everything; 0 if it has not synchronised."""
        return self._subscribers.sent_to(connection_id)

    def confirm(self, connection_id: str, clock: int, now_ms: float) -> bool:
        """A connection has everything up to `clock`; returns whether it needs a delta to the present
        (SYNC-12)."""
        return self._subscribers.confirm(connection_id, clock, self._history.clock, now_ms)

    def flush(self, members: Collection[str], now_ms: float) -> list[RoomEffect]:
        """Everything that no longer needs to wait, in order.

        A connection gets its pages where it asked for them in the stream, and frames from there
        on (SYNC-4); so pages end the current frame.
        """
        self._subscribers.look(now_ms)
        effects: list[RoomEffect] = []
        frame = _Frame()
        while self._waiting and self._waiting[0].after <= self.durable:
            waiting = self._waiting.popleft()
            if waiting.subscription is not None:
                effects += self._close(frame, now_ms)
                if self._subscribe(waiting.subscription, waiting.after, members, now_ms):
                    effects.append(waiting.subscription.pages)
                continue
            change = waiting.change
            encoded = b"" if change is None else encode_change(change.raw)
            size = len(encoded) + (_ack_size(waiting.ack[1]) if waiting.ack is not None else 0)
            if frame.bytes and frame.bytes + size > self._history.limits.page_bytes:
                effects += self._close(frame, now_ms)
            frame.bytes += size
            if waiting.ack is not None:
                frame.acks.setdefault(waiting.ack[0], []).append(waiting.ack[1])
            if change is not None:
                frame.add(encoded, change)
                self.sent, self.head = change.raw.clock, change.head
                if self.sent == self._first:  # receivers get the head after it (BACK-14)
                    effects += self._close(frame, now_ms)
        return effects + self._close(frame, now_ms)

    def _subscribe(
        self, subscription: Subscription, clock: int, members: Collection[str], now_ms: float
    ) -> bool:
        """It is the turn of a connection's pages; returns False if nobody waits for them any more."""
        to = subscription.pages.to
        self._asked[to] -= 1
        if not self._asked[to]:
            del self._asked[to]
        if subscription.unasked:
            return self._subscribers.caught_up(to, clock, now_ms)
        if to in members:
            self._subscribers.add(to, subscription.lanes, clock)
        return to in members

    def _change(self, accepted: Accepted) -> _Change:
        """A change with names in place of their numbers, which may be forgotten while it waits."""
        entry, text = accepted.entry, self._history.names.text
        replaced = [
            Replaced(one.id, one.names, text(NameKind.ORIGIN, one.origin))
            for one in entry.replaced
            if one.origin
        ]
        author = text(NameKind.AUTHOR, entry.author)
        raw = RawChange(entry.clock, author, entry.ops, entry.step, replaced)
        return _Change(raw, accepted.kept.head, accepted.lane)

    def _close(self, frame: _Frame, now_ms: float) -> list[RoomEffect]:
        """Turn the gathered changes into effects, one for each set of lanes that a receiver knows."""
        hashes: dict[Lane, str] = {}
        document, is_newest = self._history.document, frame.clock == self._history.clock
        if frame.clock >= self._hash_due and is_newest and document.freshen(HASH_BYTES):
            hashes = document.hashes()
            self._hash_due = frame.clock + HASH_EVERY
        effects: list[RoomEffect] = []
        size = 0
        for lanes, ready in self._subscribers.groups():
            to = ready if frame.changes else [id for id in ready if id in frame.acks]
            if to:
                known = {lane: hash_ for lane, hash_ in hashes.items() if lane in lanes}
                body = frame.body(lanes, known)
                effects.append(SendFrame(tuple(to), body, frame.acks))
                size = max(size, len(body))
        if size and frame.changes:
            self._subscribers.note(frame.clock, size, now_ms)
        if refused := frame.refusals(self._subscribers.behind()):
            effects.append(SendFrame(tuple(refused), patch_body([], "", {}), refused))
        frame.__init__()  # type: ignore[misc]
        return effects


def _ack_size(ack: Ack) -> int:
    """The approximate length of an acknowledgement."""
    parts = ack.lost or ack.held or ack.replaced
    return size_of(ack) if parts else ACK_BYTES + len(ack.message)


class _Frame:
    """Changes and acknowledgements for a `SendFrame`.

    Attributes:
        changes: with the JSON of each.
        acks: connection → its acknowledgements.
        bytes: the size of the changes and their acknowledgements.
        clock: of the last change.
    """

    def __init__(self) -> None:
        self.changes: list[tuple[bytes, _Change]] = []
        self.acks: dict[str, list[Ack]] = {}
        self.bytes = self.clock = 0
        self._head = b""

    def add(self, encoded: bytes, change: _Change) -> None:
        self.changes.append((encoded, change))
        self.clock, self._head = change.raw.clock, change.head

    def refusals(self, to: Collection[str]) -> dict[str, list[Ack]]:
        """The acknowledgements of refused changes for these connections; no delta has them."""
        found = {
            id: [ack for ack in self.acks[id] if ack.result is AckResult.REFUSED]
            for id in to
            if id in self.acks
        }
        return {id: acks for id, acks in found.items() if acks}

    def body(self, lanes: Lanes, hashes: dict[Lane, str]) -> bytes:
        """A patch for receivers that know these lanes; changes in other lanes have no operations in it."""
        changes = [
            encoded
            if change.lane in lanes
            else encode_change(RawChange(change.raw.clock, change.raw.user_id, _NOTHING))
            for encoded, change in self.changes
        ]
        return patch_body(changes, self._head.hex(), hashes)
