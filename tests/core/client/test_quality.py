"""The connection meter agrees with simulated lines whose latencies are known."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from itertools import pairwise
from random import Random
from statistics import mean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optiverse_collab.core.client.quality import (
    LATE_MS,
    LATENCY_MS,
    MINUTE_S,
    P95_MS,
    WAITING_MS,
    Grade,
    Quality,
    QualityMeter,
)
from optiverse_collab.core.client.questions import Questions

START_MS = 1_000_000.0


class SimulatedLine:
    """A line that carries questions, and the server's answers, in order.

    Attributes:
        truth: when each answer came, and its latency in ms.
    """

    def __init__(self) -> None:
        self.questions = Questions()
        self.meter = QualityMeter(self.questions)
        self.meter.connected(START_MS)
        self.now_ms = START_MS
        self.truth: list[tuple[float, float]] = []
        self._arriving: list[tuple[float, float]] = []
        self._number = 0

    def push(self, latency_ms: float) -> None:
        """Push a change whose answer takes this long, or comes with the answer before."""
        self._number += 1
        self.questions.pushed(self._number, self.now_ms)
        arrives_ms = max([self.now_ms + latency_ms, *(at_ms for at_ms, _ in self._arriving)])
        heapq.heappush(self._arriving, (arrives_ms, self.now_ms))

    def wait(self, ms: float) -> None:
        """Let time pass; answers that arrive meanwhile reach the meter."""
        until_ms = self.now_ms + ms
        while self._arriving and self._arriving[0][0] <= until_ms:
            self.now_ms, sent_ms = heapq.heappop(self._arriving)
            oldest = self._number - len(self._arriving) + 1 if self._arriving else None
            for push in self.questions.acknowledged(oldest):
                self.meter.answered(self.now_ms - push.sent_ms, self.now_ms)
            self.truth.append((self.now_ms, self.now_ms - sent_ms))
        self.now_ms = until_ms

    @property
    def last_minute(self) -> list[float]:
        """The true latencies of the answers of the last minute, in ms."""
        return [latency for at_ms, latency in self.truth if at_ms > self.now_ms - MINUTE_S * 1000]

    @property
    def quality(self) -> Quality:
        """The quality according to the meter."""
        return self.meter.quality(self.now_ms)


@pytest.fixture
def line() -> SimulatedLine:
    """A new line without traffic."""
    return SimulatedLine()


def answered(line: SimulatedLine, *latencies_ms: float) -> Quality:
    """Answer questions after these latencies, all of them now."""
    for latency_ms in latencies_ms:
        line.meter.answered(latency_ms, line.now_ms)
    return line.quality


# Agreement with the truth

LINES: dict[str, Callable[[Random], float]] = {
    "steady": lambda random: 38.0,
    "jittery": lambda random: random.uniform(200, 400),
    "mostly quick": lambda random: 20.0 if random.random() < 0.9 else 900.0,
    "slow": lambda random: random.expovariate(1 / 3000),
}


@pytest.mark.parametrize("kind", LINES)
@given(seed=st.integers(0, 2**32), gap_ms=st.integers(20, 3000), count=st.integers(1, 150))
def test_figures_are_the_truth(kind: str, seed: int, gap_ms: int, count: int) -> None:
    """Median, 95th percentile, jitter and late answers of only the last minute, at any moment."""
    line, random = SimulatedLine(), Random(seed)
    for _ in range(count):
        line.push(LINES[kind](random))
        line.wait(random.uniform(0, 2 * gap_ms))
    line.wait(30_000)
    true, quality = line.last_minute, line.quality
    assert line.questions.push is None or quality.waiting_ms > 0
    if not true:
        assert (quality.latency_ms, quality.p95_ms, quality.jitter_ms) == (None, None, None)
        return
    assert quality.latency_ms is not None
    assert quality.p95_ms is not None
    assert sum(one <= quality.latency_ms for one in true) >= len(true) / 2
    assert sum(one >= quality.latency_ms for one in true) >= len(true) / 2
    assert sum(one <= quality.p95_ms for one in true) >= 0.95 * len(true) - 1e-9
    assert sum(one >= quality.p95_ms for one in true) >= 0.05 * len(true) - 1e-9
    steps = [abs(later - earlier) for earlier, later in pairwise(true)]
    assert quality.jitter_ms == (pytest.approx(mean(steps)) if steps else None)
    assert max(filter(None, quality.history), default=0.0) == max(true)


def test_steady_line_has_no_jitter(line: SimulatedLine) -> None:
    for _ in range(50):
        line.push(300.0)
        line.wait(33)
    line.wait(1000)
    quality = line.quality
    assert (quality.latency_ms, quality.p95_ms, quality.jitter_ms) == (300, 300, 0)
    assert quality.latency == "300 ms"


def test_jitter_of_a_shaky_line_is_a_third_of_its_width(line: SimulatedLine) -> None:
    """The mean distance of two uniformly distributed numbers is a third of the width."""
    random = Random(1)
    for _ in range(1000):
        answered(line, random.uniform(200, 400))
    jitter_ms = line.quality.jitter_ms
    assert jitter_ms == pytest.approx(200 / 3, rel=0.1)
    assert line.quality.latency_ms == pytest.approx(300, rel=0.05)


def test_edits_that_wait_are_seen_while_answers_keep_coming(line: SimulatedLine) -> None:
    """Thirty edits a second, each answered after 14 s: no figure may look good."""
    for _ in range(900):
        line.push(14_000.0)
        line.wait(1000 / 30)
    quality = line.quality
    assert quality.waiting_ms == pytest.approx(14_000, abs=50)
    assert quality.latency_ms == pytest.approx(14_000, abs=50)
    assert quality.grade is Grade.POOR
    assert "an edit waits for 14 s" in quality.verdict


def test_late_answer_is_what_it_is(line: SimulatedLine) -> None:
    """It counts before it arrives, and is not a loss once it has arrived."""
    line.push(LATE_MS + 2000)
    line.wait(LATE_MS)
    assert line.quality.late == 0
    line.wait(1)
    assert (line.quality.late, line.quality.latency_ms) == (1, None)
    line.wait(2000)
    assert (line.quality.late, line.quality.latency_ms) == (1, LATE_MS + 2000)
    line.wait(MINUTE_S * 1000)
    assert (line.quality.late, line.quality.latency_ms) == (0, None)


def test_history_has_the_longest_of_each_second(line: SimulatedLine) -> None:
    answered(line, 20.0, 80.0, 40.0)
    line.wait(2000)
    answered(line, 30.0)
    history = line.quality.history
    assert len(history) == MINUTE_S
    assert history[-3:] == (80, None, 30)
    line.wait(MINUTE_S * 1000 - 1)
    assert line.quality.history[0] == 30


def test_rates_are_those_of_what_passes(line: SimulatedLine) -> None:
    for _ in range(100):
        line.meter.sent(250, line.now_ms)
        line.meter.received(1000, line.now_ms)
        line.wait(100)
    quality = line.quality
    assert quality.sent.messages == pytest.approx(10, rel=0.1)
    assert quality.sent.bytes == pytest.approx(2500, rel=0.1)
    assert quality.received.bytes == pytest.approx(10_000, rel=0.1)


# Grades and their wording


@pytest.mark.parametrize(
    ("latency_ms", "grade", "text"),
    [
        (0.0, Grade.EXCELLENT, "0 ms"),
        (12.25, Grade.EXCELLENT, "12 ms"),
        (LATENCY_MS[0], Grade.EXCELLENT, "50 ms"),
        (LATENCY_MS[0] + 1, Grade.GOOD, "51 ms"),
        (LATENCY_MS[1] + 1, Grade.FAIR, "151 ms"),
        (LATENCY_MS[2], Grade.FAIR, "400 ms"),
        (LATENCY_MS[2] + 1, Grade.POOR, "401 ms"),
    ],
)
def test_latency_makes_the_grade(line: SimulatedLine, latency_ms: float, grade: Grade, text: str) -> None:
    quality = answered(line, latency_ms)
    assert (quality.grade, quality.latency, quality.verdict) == (grade, text, grade.value)


@pytest.mark.parametrize(("place", "grade"), [(0, Grade.GOOD), (1, Grade.FAIR), (2, Grade.POOR)])
def test_slowest_answers_make_the_grade(line: SimulatedLine, place: int, grade: Grade) -> None:
    """One slow answer in twenty."""
    assert answered(line, *[10.0] * 19, P95_MS[place] + 1).grade is Grade.EXCELLENT
    assert answered(line, P95_MS[place] + 1).grade is grade
    assert line.quality.latency_ms == 10


@pytest.mark.parametrize(
    ("waiting_ms", "verdict"),
    [
        (WAITING_MS[0], "excellent"),
        (WAITING_MS[0] + 1, "good"),
        (WAITING_MS[1] + 1, "fair, an edit waits for 2 s"),
        (WAITING_MS[2] + 1, "poor, 1 late answer, an edit waits for 5 s"),
        (61_000.0, "poor, 1 late answer, an edit waits for 61 s"),
    ],
)
def test_edit_that_waits_makes_the_grade(line: SimulatedLine, waiting_ms: float, verdict: str) -> None:
    line.questions.pushed(1, line.now_ms)
    line.wait(waiting_ms)
    quality = answered(line, 10.0)
    assert (quality.waiting_ms, quality.verdict) == (waiting_ms, verdict)


@pytest.mark.parametrize(
    ("late", "verdict"),
    [(1, "fair, 1 late answer"), (20, "fair, 20 late answers"), (21, "poor, 21 late answers")],
)
def test_late_answers_make_the_grade(
    line: SimulatedLine, monkeypatch: pytest.MonkeyPatch, late: int, verdict: str
) -> None:
    """One late answer makes it fair at best; more than a fifth make it poor."""
    monkeypatch.setattr("optiverse_collab.core.client.quality.P95_MS", (1e9, 1e9, 1e9))
    assert answered(line, *[LATE_MS + 1] * late, *[20.0] * (100 - late)).verdict == verdict


def test_new_connection_is_good_until_it_proves_otherwise(line: SimulatedLine) -> None:
    assert (line.quality.verdict, line.quality.latency) == ("good", "not measured yet")


def test_without_a_connection_there_is_nothing_to_measure() -> None:
    meter = QualityMeter(Questions())
    assert meter.quality(START_MS) == Quality(Grade.OFFLINE)
    assert meter.quality(START_MS).verdict == "offline"


def test_nothing_of_a_connection_is_held_against_the_next(line: SimulatedLine) -> None:
    answered(line, LATE_MS + 1)
    line.meter.disconnected()
    assert line.quality == Quality(Grade.OFFLINE)
    line.meter.connected(line.now_ms)
    assert line.quality.verdict == "good"


def test_it_waits_until_each_question_has_its_answer() -> None:
    questions = Questions()
    meter = QualityMeter(questions)
    waited = [meter.is_waiting]
    questions.pinged(START_MS)
    questions.pushed(1, START_MS)
    waited.append(meter.is_waiting)
    questions.ponged(START_MS)
    waited.append(meter.is_waiting)
    questions.acknowledged(None)
    assert [*waited, meter.is_waiting] == [False, True, True, False]


def test_bars_say_what_the_grade_says() -> None:
    assert {grade.value: grade.bars for grade in Grade} == (
        {"excellent": 4, "good": 3, "fair": 2, "poor": 1, "offline": 0}
    )
