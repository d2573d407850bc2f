"""What waits for durability, and how it leaves: in frames that are encoded once for everybody.

How it works. A push is accepted in memory, at once, and gets its clock. Storage follows: it writes many
changes together and says up to which clock it holds them. In between nobody may learn of a change, because
after a crash the server wouldn't know of it and would give its clock to another one (DUR-1).

So all that depends on a change waits in one queue: the change itself, the acknowledgement for its author,
the pages for somebody who joins. Each waits for the clock that the document had when it was queued. `flush`
takes from the head of the queue as long as storage has caught up, and never goes past what still waits. One
queue, and no shortcut around it, is what keeps the order for everybody: a participant that applies frames
as they come has the server's document.

Changes that leave together share a frame, whose body is encoded once. Only the acknowledgements differ from
one receiver to the next. Pages end a frame: who asked for them gets what was accepted before in the pages,
and all that follows in frames (SYNC-4).

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

from collections import deque
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import TypeVar

from optiverse_collab.core.protocol.codec import encode_change, patch_body
from optiverse_collab.core.protocol.messages import Ack, Delta, FullState, SyncRequest
from optiverse_collab.core.protocol.pages import pages
from optiverse_collab.core.server.effects import RoomEffect, SendFrame, SendPages
from optiverse_collab.core.server.history import History
from optiverse_collab.core.server.journal import Entry

T = TypeVar("T")
P = TypeVar("P", FullState, Delta)

HASH_EVERY = 256
"""A state hash goes out about once in so many changes (HASH-1)."""


@dataclass(frozen=True)
class _Waiting:
    """Something that leaves once the change at clock `after` is durable."""

    after: int
    entry: Entry | None
    ack: tuple[str, Ack] | None
    sync: SendPages | None


class Delivery:
    """The queue between what was accepted and what is sent.

    Attributes:
        durable: storage holds everything up to this clock.
    """

    def __init__(self, history: History) -> None:
        self.durable = history.clock
        self._history = history
        self._waiting: deque[_Waiting] = deque()
        self._subscribed: dict[str, None] = {}
        self._hash_due = history.clock + HASH_EVERY

    def add(
        self,
        entry: Entry | None = None,
        ack: tuple[str, Ack] | None = None,
        sync: SendPages | None = None,
    ) -> None:
        """Queue something that depends on all that was accepted up to now."""
        self._waiting.append(_Waiting(self._history.clock, entry, ack, sync))

    @property
    def waiting(self) -> bool:
        """Whether something is in the queue."""
        return bool(self._waiting)

    def unsubscribe(self, connection_id: str) -> None:
        """Send no more frames to a connection."""
        self._subscribed.pop(connection_id, None)

    def flush(self, members: Collection[str]) -> list[RoomEffect]:
        """Everything that need not wait any more, in order.

        A connection gets its pages in the place where it asked for them, and frames from there on
        (SYNC-4); that is why its pages cut the frame.
        """
        effects: list[RoomEffect] = []
        frame = _Frame()
        while self._waiting and self._waiting[0].after <= self.durable:
            waiting = self._waiting.popleft()
            if waiting.sync is not None:
                effects += self._close(frame)
                if waiting.sync.to in members:
                    self._subscribed[waiting.sync.to] = None
                    effects.append(waiting.sync)
                continue
            frame.add(waiting.entry, waiting.ack)
            if frame.bytes > self._history.limits.page_bytes:
                effects += self._close(frame)
        return effects + self._close(frame)

    def _close(self, frame: _Frame) -> list[RoomEffect]:
        """Turn what was gathered into an effect, and start anew."""
        changes, acks, clock = frame.take()
        hash_ = ""
        if clock >= self._hash_due and clock == self._history.clock:
            hash_ = self._history.document.hash()
            self._hash_due = clock + HASH_EVERY
        to = tuple(self._subscribed) if changes else tuple(id for id in self._subscribed if id in acks)
        return [SendFrame(to, patch_body(changes, hash_), acks)] if to else []


class _Frame:
    """Changes and acknowledgements for one `SendFrame`.

    Attributes:
        bytes: the size of the changes.
    """

    def __init__(self) -> None:
        self.bytes = 0
        self._changes: list[bytes] = []
        self._acks: dict[str, list[Ack]] = {}
        self._clock = 0

    def add(self, entry: Entry | None, ack: tuple[str, Ack] | None) -> None:
        if entry is not None:
            change = encode_change(entry.clock, entry.user_id, entry.ops)
            self._changes.append(change)
            self.bytes += len(change)
            self._clock = entry.clock
        if ack is not None:
            self._acks.setdefault(ack[0], []).append(ack[1])

    def take(self) -> tuple[list[bytes], dict[str, list[Ack]], int]:
        """What was added, in encoded changes, acknowledgements by receiver, and the last clock."""
        taken = self._changes, self._acks, self._clock
        self._changes, self._acks, self._clock, self.bytes = [], {}, 0, 0
        return taken


def answer_pages(history: History, request: SyncRequest) -> Iterator[FullState | Delta]:
    """The answer to a ``sync:request``: of the document as it is now, whenever a page is sent."""
    clock = history.clock
    client_clock = history.clients.get(request.client_id, 0)
    size = history.limits.page_bytes
    if history.can_tell_from(request.epoch, request.clock):
        ops = history.delta(request.clock)
        return _last_done(
            lambda page, done: Delta(history.epoch, clock, client_clock, len(ops), page, done),
            pages(ops, size),
        )
    records = list(history.document.records.values())
    return _last_done(
        lambda page, done: FullState(history.epoch, clock, client_clock, len(records), page, done),
        pages(records, size),
    )


def _last_done(message: Callable[[list[T], bool], P], parts: Iterator[list[T]]) -> Iterator[P]:
    """One message a page, the last one marked; an empty page where there is none."""
    page = next(parts, [])
    for following in parts:
        yield message(page, False)
        page = following
    yield message(page, True)
