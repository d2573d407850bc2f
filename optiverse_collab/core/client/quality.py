"""The quality of a connection: latency, jitter, late answers, waiting edits, and traffic.

Pure. A sample is the time between a question to the server and its answer: a ping and its pong, or a push and
the acknowledgement of its last change. Pages are no samples: they take as long as their content needs.
"""

from __future__ import annotations

import math
from collections import deque
from enum import Enum
from itertools import pairwise
from typing import NamedTuple

from optiverse_collab.core.client.questions import Questions
from optiverse_collab.core.client.traffic import Rate, Traffic

MINUTE_S = 60
"""Latency and jitter are those of the last minute."""

LATENCY_MS = (50.0, 150.0, 400.0)
"""Median latencies up to which a connection is excellent, good and fair. Hardly anybody notices 150 ms, and
nearly nobody accepts more than 400 (ITU-T G.114, for speech; a drag is similar)."""

P95_MS = (150.0, 400.0, 1000.0)
"""The same for one answer of twenty: people notice the slow ones."""

WAITING_MS = (1000.0, 2000.0, 5000.0)
"""The same for the oldest edit that waits: a server stores one within tens of ms, and people soon wonder."""

LATE_MS = 5000.0
"""An answer that takes longer is late; over TCP, lost packets show as delays like this."""

LATE_SHARE = 0.2
"""Above this share of late answers a connection is poor; with any, it is fair at best."""


class Grade(str, Enum):
    """A verdict on the connection."""

    EXCELLENT = "excellent"
    GOOD = "good"
    FAIR = "fair"
    POOR = "poor"
    OFFLINE = "offline"

    @property
    def bars(self) -> int:
        """For display: 4 to 0."""
        return 4 - _GRADES.index(self)


_GRADES = tuple(Grade)


class Quality(NamedTuple):
    """The figures of a connection.

    Attributes:
        latency_ms, p95_ms: median and 95th percentile of the last minute's samples, in ms; None without any.
        jitter_ms: the mean difference between consecutive samples; None before the second.
        late: how many answers of the last minute took longer than `LATE_MS`, or are still missing.
        waiting_ms: how long the oldest edit in flight has waited for its acknowledgement; 0 if none does.
        sent, received: the traffic.
        history: the longest sample of each of the last `MINUTE_S` seconds, in ms, oldest first; None if there
            was none.
    """

    grade: Grade
    latency_ms: float | None = None
    p95_ms: float | None = None
    jitter_ms: float | None = None
    late: int = 0
    waiting_ms: float = 0.0
    sent: Rate = Rate()
    received: Rate = Rate()
    history: tuple[float | None, ...] = ()

    @property
    def latency(self) -> str:
        """For display: ``12 ms``."""
        return "not measured yet" if self.latency_ms is None else f"{self.latency_ms:.0f} ms"

    @property
    def verdict(self) -> str:
        """For display: ``good``, ``fair, 2 late answers``."""
        told: list[str] = [self.grade.value]
        if self.late:
            told.append(f"{self.late} late answer{'s' * (self.late != 1)}")
        if self.waiting_ms > WAITING_MS[1]:
            told.append(f"an edit waits for {self.waiting_ms / 1000:.0f} s")
        return ", ".join(told)


class _Sample(NamedTuple):
    """One answer: when it came, and how many ms it took."""

    at_ms: float
    latency_ms: float


class QualityMeter:
    """Measures one connection after the other.

    Args:
        questions: those that the server has not answered yet.
    """

    def __init__(self, questions: Questions) -> None:
        self._questions = questions
        self._connected = False
        self._samples: deque[_Sample] = deque()
        self._sent = self._received = Traffic(0.0)

    def connected(self, now_ms: float) -> None:
        """A new connection begins."""
        self._connected = True
        self._samples.clear()
        self._sent, self._received = Traffic(now_ms), Traffic(now_ms)

    def disconnected(self) -> None:
        """It is over."""
        self._connected = False

    def answered(self, latency_ms: float, now_ms: float) -> None:
        """The server answered a question after `latency_ms`."""
        self._samples.append(_Sample(now_ms, latency_ms))
        while self._samples[0].at_ms <= now_ms - MINUTE_S * 1000:
            self._samples.popleft()

    def sent(self, size: int, now_ms: float) -> None:
        """A message of `size` bytes was sent."""
        self._sent.note(size, now_ms)

    def received(self, size: int, now_ms: float) -> None:
        """A message of `size` bytes came."""
        self._received.note(size, now_ms)

    @property
    def is_waiting(self) -> bool:
        """Whether the server owes an answer."""
        return self._questions.ping is not None or self._questions.push is not None

    def quality(self, now_ms: float) -> Quality:
        """Its present quality."""
        if not self._connected:
            return Quality(Grade.OFFLINE)
        samples = [one for one in self._samples if one.at_ms > now_ms - MINUTE_S * 1000]
        latencies = [one.latency_ms for one in samples]
        overdue = self._questions.late(LATE_MS, now_ms)
        late = sum(latency > LATE_MS for latency in latencies) + overdue
        push = self._questions.push
        known = Quality(
            Grade.GOOD,
            _percentile(latencies, 0.5),
            _percentile(latencies, 0.95),
            _jitter(latencies),
            late,
            0.0 if push is None else now_ms - push.sent_ms,
            self._sent.rate(now_ms),
            self._received.rate(now_ms),
            _history(samples, now_ms),
        )
        return known._replace(grade=_grade(known, late / max(1, len(latencies) + overdue)))


def _grade(known: Quality, late_share: float) -> Grade:
    """The worst verdict of all figures."""
    worst = _place(known.waiting_ms, WAITING_MS)
    if known.latency_ms is None or known.p95_ms is None:
        worst = max(worst, 1)  # good, until proven otherwise
    else:
        worst = max(worst, _place(known.latency_ms, LATENCY_MS), _place(known.p95_ms, P95_MS))
    if known.late:
        worst = max(worst, 3 if late_share > LATE_SHARE else 2)
    return _GRADES[worst]


def _place(value: float, limits: tuple[float, ...]) -> int:
    """How many of the limits a value exceeds."""
    return sum(value > limit for limit in limits)


def _percentile(values: list[float], share: float) -> float | None:
    """The smallest value that at least this share of all values doesn't exceed."""
    if not values:
        return None
    return sorted(values)[math.ceil(share * len(values)) - 1]


def _jitter(latencies: list[float]) -> float | None:
    """The mean difference between consecutive samples (as in RFC 3550 §6.4.1, without its smoothing)."""
    steps = [abs(after - before) for before, after in pairwise(latencies)]
    return sum(steps) / len(steps) if steps else None


def _history(samples: list[_Sample], now_ms: float) -> tuple[float | None, ...]:
    """The longest sample of each second."""
    longest: list[float | None] = [None] * MINUTE_S
    for one in samples:
        place = MINUTE_S - 1 - int((now_ms - one.at_ms) // 1000)
        longest[place] = max(longest[place] or 0.0, one.latency_ms)
    return tuple(longest)
