"""Unanswered questions: pings, and pushes by the number of their last change (HB-1, PUSH-4)."""

from __future__ import annotations

from collections import deque
from typing import NamedTuple


class Question(NamedTuple):
    """A ping or a push.

    Attributes:
        sent_ms: when it was sent.
        end: how many bytes this connection had sent up to and including it.
        ahead: how many of them had not been confirmed to have arrived.
        last: the number of a push's last change.
        paged: how many bytes of pages had come by then.
    """

    sent_ms: float
    end: int
    ahead: int
    last: int = 0
    paged: int = 0


class Questions:
    """The open questions of one connection after the other, each kind in the order of sending.

    Attributes:
        sent_bytes: how much this connection has sent.
        answered_bytes: how much of it has arrived at least: up to the end of the last answered question.
        paged_bytes: how much came in pages.
    """

    def __init__(self) -> None:
        self.sent_bytes = self.answered_bytes = self.paged_bytes = 0
        self._pings: deque[Question] = deque()
        self._pushes: deque[Question] = deque()

    def clear(self) -> None:
        """The connection is over: no answers will come."""
        self.sent_bytes = self.answered_bytes = self.paged_bytes = 0
        self._pings.clear()
        self._pushes.clear()

    def sent(self, size: int) -> None:
        """A message of `size` bytes is being sent."""
        self.sent_bytes += size

    def paged(self, size: int) -> None:
        """A page of `size` bytes came; the answers behind it had to wait for it."""
        self.paged_bytes += size

    def synchronising(self) -> None:
        """It asks for pages: they answer the pushes, and unanswered changes are sent again."""
        self._pushes.clear()

    def pinged(self, now_ms: float) -> None:
        """It was a ping."""
        self._pings.append(self._question(now_ms, 0))

    def pushed(self, last: int, now_ms: float) -> None:
        """It was a push, up to the change with this number."""
        self._pushes.append(self._question(now_ms, last))

    def ponged(self, now_ms: float) -> float | None:
        """The oldest ping was answered; returns after how many ms, or None if there is none."""
        return now_ms - self._answered(self._pings).sent_ms if self._pings else None

    def acknowledged(self, oldest: int | None) -> list[Question]:
        """The pushes that are answered now: those before `oldest`, or all of them."""
        answered: list[Question] = []
        while self._pushes and (oldest is None or self._pushes[0].last < oldest):
            answered.append(self._answered(self._pushes))
        return answered

    @property
    def ping(self) -> Question | None:
        """The oldest unanswered ping; None if there is none."""
        return self._pings[0] if self._pings else None

    @property
    def push(self) -> Question | None:
        """The oldest unanswered push; None if there is none."""
        return self._pushes[0] if self._pushes else None

    def late(self, limit_ms: float, now_ms: float) -> int:
        """How many have waited longer than `limit_ms`."""
        return sum(now_ms - one.sent_ms > limit_ms for one in (*self._pings, *self._pushes))

    def _question(self, now_ms: float, last: int) -> Question:
        ahead = self.sent_bytes - self.answered_bytes
        return Question(now_ms, self.sent_bytes, ahead, last, self.paged_bytes)

    def _answered(self, questions: deque[Question]) -> Question:
        question = questions.popleft()
        self.answered_bytes = max(self.answered_bytes, question.end)
        return question
