"""Who gets a session's frames, and how far each has confirmed them (SYNC-11, SYNC-12).

A line that is slower than the session would queue more and more frames, and show the bench of a minute ago.
The server can't see that queue: the kernel and proxies hide it. So receivers confirm, and one that has not
confirmed for a while is *behind*: it gets nothing until it has confirmed everything sent to it, and then a
delta to the present in place of the frames that it missed. The line carries the latest values, and never
more than one delta is in flight.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from optiverse_collab.core.records import Lane

BEHIND_MS = 1000.0
"""A receiver is behind if it has not confirmed a frame for longer than this."""

BEHIND_BYTES = 32 * 1024
"""It is also behind with more unconfirmed bytes than this …"""

IN_FLIGHT_MS = 200.0
"""… without the newest frames, which are in transit on a good line, too."""

LOOK_EVERY_MS = 100.0
"""How often to check who is behind."""

Lanes = frozenset[Lane]


class Bounds(NamedTuple):
    """How much a receiver may leave unconfirmed: ms, and bytes."""

    ms: float = BEHIND_MS
    bytes: int = BEHIND_BYTES


@dataclass
class _Subscriber:
    """One receiver.

    Attributes:
        lanes: the lanes that it knows.
        have: the clock that it has confirmed.
        sent: the clock up to which it was sent everything, except for frames if it is not `behind`.
        behind: whether it gets no frames.
        caught_up_ms: with `behind`: when it was sent a delta; None before the first.
        awaits_pages: with `behind`: a delta for it is in the queue …
        is_quick: … after which it gets frames again.
        quickest_ms: its shortest time to confirm a frame: a line with a long delay need not be slow.
    """

    lanes: Lanes
    have: int
    sent: int
    behind: bool = False
    caught_up_ms: float | None = None
    awaits_pages: bool = False
    is_quick: bool = False
    quickest_ms: float | None = None

    @property
    def distance_ms(self) -> float:
        """The time for a confirmation on its line, however little is sent."""
        return self.quickest_ms or 0.0


class _Sent(NamedTuple):
    """A frame: its last clock, the bytes of all frames before it, and when it was sent."""

    clock: int
    before: int
    at_ms: float


class Subscribers:
    """The receivers of a session's frames.

    Args:
        bounds: how much one may leave unconfirmed.
    """

    def __init__(self, bounds: Bounds | None = None) -> None:
        self._bounds = bounds or Bounds()
        self._all: dict[str, _Subscriber] = {}
        self._frames: deque[_Sent] = deque()  # not yet confirmed by everybody who is not behind
        self._bytes = self._clock = 0
        self._looked_ms = float("-inf")

    def add(self, id: str, lanes: Lanes, clock: int) -> None:
        """A receiver gets pages up to `clock`, and frames after that."""
        self._all[id] = _Subscriber(lanes, clock, clock)

    def remove(self, id: str) -> None:
        """A receiver is gone; does nothing if it was not there."""
        self._all.pop(id, None)

    def groups(self) -> Iterable[tuple[Lanes, list[str]]]:
        """The receivers that get frames, by their lanes."""
        found: dict[Lanes, list[str]] = {}
        for id, one in self._all.items():
            if not one.behind:
                found.setdefault(one.lanes, []).append(id)
        return found.items()

    def behind(self) -> list[str]:
        """The receivers that get none for now."""
        return [id for id, one in self._all.items() if one.behind]

    def sent_to(self, id: str) -> int:
        """The clock up to which a receiver was sent everything; 0 for others."""
        one = self._all.get(id)
        if one is None:
            return 0
        return one.sent if one.behind else max(one.sent, self._clock)

    def note(self, clock: int, size: int, now_ms: float) -> None:
        """A frame of `size` bytes, up to `clock`, was sent to all who get frames."""
        self._frames.append(_Sent(clock, self._bytes, now_ms))
        self._bytes += size
        self._clock = clock

    def look(self, now_ms: float) -> None:
        """Find out who is behind, unless that was just done."""
        if 0 <= now_ms - self._looked_ms < LOOK_EVERY_MS:
            return
        self._looked_ms = now_ms
        frames = [*self._frames]
        oldest = len(frames)
        for one in self._all.values():
            if one.behind:
                continue
            place = bisect_right(frames, one.have, key=_clock)
            if self._exceeds(one, frames, place, now_ms):
                one.behind, one.sent, one.caught_up_ms = True, self._clock, None
            else:
                oldest = min(oldest, place)
        for _ in range(oldest):
            self._frames.popleft()

    def confirm(self, id: str, clock: int, newest: int, now_ms: float) -> bool:
        """A receiver has everything up to `clock`; returns whether it is time for a delta to the present.

        If it confirmed the last delta quickly, it gets frames again after the next one.

        Args:
            newest: the session's clock.
        """
        one = self._all.get(id)
        if one is None:
            return False
        self._note_distance(one, clock, now_ms)
        one.have = max(one.have, clock)
        if not one.behind or one.awaits_pages or one.have < one.sent:
            return False
        one.behind = one.awaits_pages = one.have < newest
        one.is_quick = one.caught_up_ms is not None and (
            now_ms - one.caught_up_ms <= self._bounds.ms + one.distance_ms
        )
        return one.behind

    def caught_up(self, id: str, clock: int, now_ms: float) -> bool:
        """Record that a receiver that is behind gets its delta, up to `clock`; returns False if it has
        left."""
        one = self._all.get(id)
        if one is None or not one.awaits_pages:
            return False
        one.behind, one.awaits_pages = not one.is_quick, False
        one.sent, one.caught_up_ms = clock, now_ms
        if one.is_quick:
            one.have = clock  # earlier frames were not for it
        return True

    def _note_distance(self, one: _Subscriber, clock: int, now_ms: float) -> None:
        """A receiver confirms everything up to `clock`; returns the time since the last of it was sent."""
        place = bisect_right(self._frames, clock, key=_clock) - 1
        if place >= 0 and self._frames[place].clock > one.have:
            took_ms = now_ms - self._frames[place].at_ms
            one.quickest_ms = took_ms if one.quickest_ms is None else min(one.quickest_ms, took_ms)

    def _exceeds(self, one: _Subscriber, frames: list[_Sent], place: int, now_ms: float) -> bool:
        """Whether a receiver leaves too much unconfirmed, starting with the frame at `place`."""
        if place == len(frames):
            return False
        first, on_their_way_ms = frames[place], IN_FLIGHT_MS + one.distance_ms
        if now_ms - first.at_ms > self._bounds.ms + one.distance_ms:
            return True
        young = bisect_right(frames, now_ms - on_their_way_ms, key=_sent_at)
        old_bytes = frames[young].before if young < len(frames) else self._bytes
        return old_bytes - first.before > self._bounds.bytes


def _sent_at(frame: _Sent) -> float:
    return frame.at_ms


def _clock(frame: _Sent) -> int:
    return frame.clock
