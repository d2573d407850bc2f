"""How well a connection does, for the status bar: latency, what went unanswered, what waits to be stored.

Pure. A question is a message that the server answers (a heartbeat, a request to synchronise). No WebSocket
pings are sent (HB-1), so an idle connection is measured once a heartbeat.
"""

from __future__ import annotations

from collections import deque
from enum import Enum
from typing import NamedTuple

GOOD_MS, FAIR_MS = 150.0, 400.0
"""Delays that hardly anybody notices, and that nearly nobody accepts (ITU-T G.114, for talking; the same eyes
and hands are on a drag)."""

LATE_MS = 5000.0
"""A question that waits longer counts as unanswered; over TCP, a lost packet shows as a delay like this."""

WAITING_FAIR_MS, WAITING_POOR_MS = 2000.0, 5000.0
"""A server stores a change within tens of ms; an edit that waits longer makes people wonder."""

REMEMBERED = 10
"""The share of unanswered questions is that of the last so many."""


class Grade(str, Enum):
    """How well the connection does."""

    GOOD = "good"
    FAIR = "fair"
    POOR = "poor"
    OFFLINE = "offline"


class Quality(NamedTuple):
    """What is known of a connection.

    Attributes:
        latency_ms: how long the last question took; None before the first.
        loss: the share of the last questions that were not answered in time, 0 to 1.
        waiting_ms: how long the oldest edit has waited for its acknowledgement; 0 if none waits.
    """

    grade: Grade
    latency_ms: float | None = None
    loss: float = 0.0
    waiting_ms: float = 0.0

    @property
    def latency(self) -> str:
        """For people: ``12 ms``."""
        return "not measured yet" if self.latency_ms is None else f"{self.latency_ms:.0f} ms"

    @property
    def verdict(self) -> str:
        """For people: ``good``, ``fair, 20% unanswered``."""
        told: list[str] = [self.grade.value]
        if self.loss:
            told.append(f"{self.loss:.0%} unanswered")
        if self.waiting_ms > WAITING_FAIR_MS:
            told.append(f"an edit waits for {self.waiting_ms / 1000:.0f} s")
        return ", ".join(told)


class QualityMeter:
    """Measures one connection after the other."""

    def __init__(self) -> None:
        self._latency_ms: float | None = None
        self._connected = False
        self._asked_ms: float | None = None
        self._in_time: deque[bool] = deque(maxlen=REMEMBERED)
        self._oldest: int | None = None
        self._oldest_ms = 0.0

    def connected(self) -> None:
        """A connection begins; nothing is known of it."""
        self.disconnected()
        self._connected = True

    def disconnected(self) -> None:
        """It is over."""
        self._connected = False
        self._latency_ms = self._asked_ms = self._oldest = None
        self._in_time.clear()

    def asked(self, now_ms: float) -> None:
        """A question went out; one that was still open is not answered any more."""
        if self._asked_ms is not None:
            self._in_time.append(False)
        self._asked_ms = now_ms

    def answered(self, now_ms: float) -> None:
        """The answer came."""
        if self._asked_ms is not None:
            self._latency_ms = now_ms - self._asked_ms
            self._in_time.append(self._latency_ms <= LATE_MS)
            self._asked_ms = None

    def waits(self, oldest: int | None, now_ms: float) -> None:
        """The oldest edit that is not acknowledged, as a number of its own; None if there is none."""
        if oldest != self._oldest:
            self._oldest, self._oldest_ms = oldest, now_ms

    @property
    def open(self) -> bool:
        """Whether something waits for the server, so that time alone makes the quality worse."""
        return self._connected and (self._asked_ms is not None or self._oldest is not None)

    def quality(self, now_ms: float) -> Quality:
        """As it is now."""
        if not self._connected:
            return Quality(Grade.OFFLINE)
        late = self._asked_ms is not None and now_ms - self._asked_ms > LATE_MS
        known = [*self._in_time, *([False] if late else [])][-REMEMBERED:]
        loss = known.count(False) / len(known) if known else 0.0
        waiting = now_ms - self._oldest_ms if self._oldest is not None else 0.0
        latency = self._latency_ms or 0.0
        if loss > 0.2 or latency > FAIR_MS or waiting > WAITING_POOR_MS:
            grade = Grade.POOR
        elif loss > 0.0 or latency > GOOD_MS or waiting > WAITING_FAIR_MS:
            grade = Grade.FAIR
        else:
            grade = Grade.GOOD
        return Quality(grade, self._latency_ms, loss, waiting)
