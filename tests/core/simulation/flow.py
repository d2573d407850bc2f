"""How much a client may have in flight: a plain model of PUSH-10, and of PRES-1 for presence.

It shares no code with `optiverse_collab.core.client`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from typing import NamedTuple

import msgspec

from optiverse_collab.core.client.effects import Transmit
from optiverse_collab.core.protocol.messages import Ping, PresenceUpdate, Push, SyncRequest
from tests.core.simulation.truth import Broken

PAGES, PATCH, PONG = '{"type":"sync:', '{"type":"patch"', '{"type":"pong"'


class _Asked(NamedTuple):
    """A ping or a push without an answer.

    Attributes:
        at_ms: when it was sent.
        end: how much was sent before the answer can come.
        ahead: how much of that was not known to have arrived.
        paged: how much had come in pages by then.
        last: the number of its last change.
    """

    at_ms: float
    end: int
    ahead: int
    paged: int
    last: int = 0


class Flow:
    """One connection of a client after the other.

    Args:
        bounds: how many bytes of changes may be in flight: initially, at least, and at most.
        counts: what happened.
    """

    def __init__(self, bounds: tuple[int, int, int], counts: Counter[str]) -> None:
        self._first, self._least, self._most = bounds
        self._counts = counts
        self._presence_ms = self._pushed_ms = float("-inf")
        self.opened()

    def opened(self) -> None:
        """A connection begins."""
        self._window = self._first
        self._quickest_ms = float("inf")
        self._sent = self._arrived = self._paged = 0
        self._pings: list[_Asked] = []
        self._pushes: list[_Asked] = []
        self._on_way: dict[int, int] = {}

    def sent(self, effects: Sequence[Transmit], now_ms: float, is_last: bool) -> None:
        """Messages were sent; `is_last` if the client leaves, and sends everything.

        Raises:
            Broken: too much is in flight, or presence is sent too often.
        """
        for effect in effects:
            message = effect.message
            self._sent += len(effect.text)
            asked = _Asked(now_ms, self._sent, self._sent - self._arrived, self._paged)
            if isinstance(message, Ping):
                self._pings.append(asked)
            elif isinstance(message, Push):
                self._push(message, None if is_last else self._window, now_ms)
                self._pushes.append(asked._replace(last=message.changes[-1].client_clock))
            elif isinstance(message, SyncRequest):
                self._pushes.clear()
                self._on_way.clear()
            elif isinstance(message, PresenceUpdate) and not is_last:
                self._show(now_ms)

    def heard(self, text: str, pending: Collection[int], window: int, now_ms: float) -> None:
        """A message arrived; these changes are still pending, and `window` bytes may be on their way.

        Raises:
            Broken: the answers say something else.
        """
        if text.startswith(PONG):
            self._answered(self._pings.pop(0))
        elif text.startswith((PATCH, PAGES)):
            if text.startswith(PAGES):
                self._paged += len(text)
            push = None
            while self._pushes and all(self._pushes[0].last < number for number in pending):
                push = self._pushes.pop(0)
                self._answered(push)
            if push is not None and self._paged - push.paged <= push.ahead:
                self._adapt(now_ms - push.at_ms, push.ahead)
            self._on_way = {number: size for number, size in self._on_way.items() if number in pending}
            if window != self._window:
                raise Broken(f"PUSH-10: {window} bytes may be on their way, and it should be {self._window}")

    def polled(self, pending: Sequence[int], now_ms: float) -> None:
        """Everything due is done; these changes are pending, and nothing else holds them back.

        Raises:
            Broken: something waits that need not.
        """
        waits = bool(pending) and pending[-1] not in self._on_way
        if waits and now_ms - self._pushed_ms >= 33:
            if not self._on_way or self._bytes < self._window:
                raise Broken(f"PUSH-10: {pending} waits, {self._on_way} is out, {self._window} bytes may be")
            self._counts["pushes that waited for an answer"] += 1

    @property
    def _bytes(self) -> int:
        return sum(self._on_way.values())

    def _push(self, push: Push, window: int | None, now_ms: float) -> None:
        before, was_empty = self._bytes, not self._on_way
        self._pushed_ms = now_ms
        for change in push.changes:
            self._on_way[change.client_clock] = len(msgspec.json.encode(change.ops))
        if window is None or (was_empty and len(push.changes) == 1):
            return
        fits = self._bytes <= window or len(push.changes) == 1
        if not fits or (before >= window and not was_empty):
            raise Broken(f"PUSH-10: {self._on_way} is out, it was {before}, and {window} bytes may be")

    def _show(self, now_ms: float) -> None:
        is_late = any(now_ms - asked.at_ms > 1000 for asked in (*self._pings, *self._pushes))
        self._counts["presence on a slow line"] += is_late
        if now_ms - self._presence_ms < (500 if is_late else 33):
            rule = "PUSH-10" if is_late else "PRES-1"
            raise Broken(f"{rule}: presence goes out again after {now_ms - self._presence_ms} ms")
        self._presence_ms = now_ms

    def _answered(self, asked: _Asked) -> None:
        self._arrived = max(self._arrived, asked.end)

    def _adapt(self, took_ms: float, ahead: int) -> None:
        self._quickest_ms = min(self._quickest_ms, took_ms)
        later_ms, before = took_ms - self._quickest_ms, self._window
        if later_ms > 1000:
            a_second = int(ahead * 1000 / took_ms)
            self._window = max(self._least, min(before, a_second))
        elif later_ms <= 300 and ahead > before // 2:
            self._window = min(self._most, 2 * before)
        self._counts["windows that got narrower"] += self._window < before
        self._counts["windows that got wider"] += self._window > before
