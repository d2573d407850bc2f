"""What the server has yet to answer: pings, and pushes by the number of their last change (HB-1, PUSH-4)."""

from __future__ import annotations

from collections import deque
from typing import NamedTuple


class _Push(NamedTuple):
    """One push: the number of its last change, and when it was sent."""

    last: int
    sent_ms: float


class Questions:
    """The open questions of one connection after the other, each kind in the order in which it was sent."""

    def __init__(self) -> None:
        self._pings: deque[float] = deque()
        self._pushes: deque[_Push] = deque()

    def clear(self) -> None:
        """The connection is over: nobody answers any more."""
        self._pings.clear()
        self._pushes.clear()

    def synchronising(self) -> None:
        """The replica asks for pages: they answer its pushes, and what they don't answer is sent again."""
        self._pushes.clear()

    def pinged(self, now_ms: float) -> None:
        """A ping was sent."""
        self._pings.append(now_ms)

    def pushed(self, last: int, now_ms: float) -> None:
        """A push was sent, up to the change with this number."""
        self._pushes.append(_Push(last, now_ms))

    def ponged(self, now_ms: float) -> float | None:
        """The oldest ping was answered; after how many ms, or None if there is none."""
        return now_ms - self._pings.popleft() if self._pings else None

    def acknowledged(self, oldest: int | None, now_ms: float) -> list[float]:
        """The changes before `oldest` were answered, or all of them.

        Returns:
            for each push that is answered now: after how many ms.
        """
        answered: list[float] = []
        while self._pushes and (oldest is None or self._pushes[0].last < oldest):
            answered.append(now_ms - self._pushes.popleft().sent_ms)
        return answered

    @property
    def ping_ms(self) -> float | None:
        """When the oldest ping was sent that is not answered; None if there is none."""
        return self._pings[0] if self._pings else None

    @property
    def push_ms(self) -> float | None:
        """When the oldest push was sent that is not answered; None if there is none."""
        return self._pushes[0].sent_ms if self._pushes else None

    def late(self, limit_ms: float, now_ms: float) -> int:
        """How many have waited for longer than `limit_ms`."""
        sent = [*self._pings, *(push.sent_ms for push in self._pushes)]
        return sum(now_ms - sent_ms > limit_ms for sent_ms in sent)
