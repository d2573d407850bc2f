"""How well a connection does, in a grade and in words, from what was asked, answered and left waiting."""

from __future__ import annotations

import pytest

from optiverse_collab.core.client.quality import (
    FAIR_MS,
    GOOD_MS,
    LATE_MS,
    REMEMBERED,
    WAITING_FAIR_MS,
    WAITING_POOR_MS,
    Grade,
    Quality,
    QualityMeter,
)

START_MS = 1_000_000.0


@pytest.fixture
def meter() -> QualityMeter:
    """A meter whose connection has just begun."""
    meter = QualityMeter()
    meter.connected()
    return meter


def ask(meter: QualityMeter, *latencies_ms: float) -> None:
    """Ask a question after the other, and have each answered after so long."""
    for latency_ms in latencies_ms:
        meter.asked(START_MS)
        meter.answered(START_MS + latency_ms)


def test_without_a_connection_there_is_nothing_to_measure() -> None:
    quality = QualityMeter().quality(START_MS)
    assert quality == Quality(Grade.OFFLINE)
    assert quality.verdict == "offline"
    assert quality.latency == "not measured yet"


def test_a_new_connection_is_good_until_it_proves_otherwise(meter: QualityMeter) -> None:
    quality = meter.quality(START_MS)
    assert (quality.verdict, quality.latency) == ("good", "not measured yet")
    assert not meter.open


@pytest.mark.parametrize(
    ("latency_ms", "grade", "text"),
    [
        (0.0, Grade.GOOD, "0 ms"),
        (12.25, Grade.GOOD, "12 ms"),
        (GOOD_MS, Grade.GOOD, "150 ms"),
        (GOOD_MS + 1, Grade.FAIR, "151 ms"),
        (FAIR_MS, Grade.FAIR, "400 ms"),
        (FAIR_MS + 1, Grade.POOR, "401 ms"),
    ],
)
def test_latency_makes_the_grade(meter: QualityMeter, latency_ms: float, grade: Grade, text: str) -> None:
    ask(meter, latency_ms)
    quality = meter.quality(START_MS + latency_ms)
    assert quality == Quality(grade, latency_ms)
    assert (quality.verdict, quality.latency) == (grade.value, text)


def test_the_last_latency_counts(meter: QualityMeter) -> None:
    ask(meter, 900.0, 20.0)
    assert meter.quality(START_MS) == Quality(Grade.GOOD, 20.0)


@pytest.mark.parametrize(
    ("late", "verdict"),
    [(1, "fair, 10% unanswered"), (2, "fair, 20% unanswered"), (3, "poor, 30% unanswered")],
)
def test_late_answers_make_the_grade(meter: QualityMeter, late: int, verdict: str) -> None:
    ask(meter, *[LATE_MS + 1] * late, *[20.0] * (REMEMBERED - late))
    assert meter.quality(START_MS).verdict == verdict


def test_what_went_unanswered_is_forgotten_in_time(meter: QualityMeter) -> None:
    ask(meter, LATE_MS + 1, *[20.0] * REMEMBERED)
    assert meter.quality(START_MS) == Quality(Grade.GOOD, 20.0)


def test_an_answer_just_in_time_is_slow_and_no_loss(meter: QualityMeter) -> None:
    ask(meter, LATE_MS)
    assert meter.quality(START_MS).verdict == "poor"


def test_late_answer_counts_before_it_comes(meter: QualityMeter) -> None:
    meter.asked(START_MS)
    assert meter.open
    assert meter.quality(START_MS + LATE_MS).verdict == "good"
    assert meter.quality(START_MS + LATE_MS + 1).verdict == "poor, 100% unanswered"


def test_waiting_question_pushes_out_the_oldest_answer(meter: QualityMeter) -> None:
    ask(meter, LATE_MS + 1, *[20.0] * (REMEMBERED - 1))
    meter.asked(START_MS)
    assert meter.quality(START_MS + LATE_MS + 1).loss == 1 / REMEMBERED


def test_question_overtaken_by_the_next_is_never_answered(meter: QualityMeter) -> None:
    ask(meter, 20.0)
    meter.asked(START_MS)
    ask(meter, 30.0)
    assert meter.quality(START_MS) == Quality(Grade.POOR, 30.0, loss=1 / 3)


def test_an_answer_that_nobody_asked_for_tells_nothing(meter: QualityMeter) -> None:
    ask(meter, 20.0)
    meter.answered(START_MS + 999)
    assert meter.quality(START_MS) == Quality(Grade.GOOD, 20.0)


@pytest.mark.parametrize(
    ("waiting_ms", "verdict"),
    [
        (0.0, "good"),
        (WAITING_FAIR_MS, "good"),
        (WAITING_FAIR_MS + 1, "fair, an edit waits for 2 s"),
        (WAITING_POOR_MS, "fair, an edit waits for 5 s"),
        (WAITING_POOR_MS + 1, "poor, an edit waits for 5 s"),
        (61_000.0, "poor, an edit waits for 61 s"),
    ],
)
def test_an_edit_that_waits_makes_the_grade(meter: QualityMeter, waiting_ms: float, verdict: str) -> None:
    meter.waits(7, START_MS)
    meter.waits(7, START_MS + waiting_ms / 2)
    assert meter.open
    quality = meter.quality(START_MS + waiting_ms)
    assert (quality.waiting_ms, quality.verdict) == (waiting_ms, verdict)


def test_wait_starts_with_the_next_edit_and_ends_with_the_last(meter: QualityMeter) -> None:
    meter.waits(7, START_MS)
    meter.waits(8, START_MS + 4000)
    assert meter.quality(START_MS + 5000).waiting_ms == 1000
    meter.waits(None, START_MS + 5000)
    assert meter.quality(START_MS + 9000) == Quality(Grade.GOOD)
    assert not meter.open


def test_all_that_is_wrong_is_said_at_once(meter: QualityMeter) -> None:
    ask(meter, LATE_MS + 1)
    meter.waits(1, START_MS)
    verdict = meter.quality(START_MS + 3000).verdict
    assert verdict == "poor, 100% unanswered, an edit waits for 3 s"


@pytest.mark.parametrize("reconnect", [True, False])
def test_nothing_of_a_connection_is_held_against_the_next(meter: QualityMeter, reconnect: bool) -> None:
    ask(meter, LATE_MS + 1)
    meter.asked(START_MS)
    meter.waits(1, START_MS)
    (meter.connected if reconnect else meter.disconnected)()
    assert meter.quality(START_MS + 60_000) == Quality(Grade.GOOD if reconnect else Grade.OFFLINE)
    assert not meter.open


def test_an_edit_made_offline_does_not_wait_for_a_server(meter: QualityMeter) -> None:
    """Its wait begins with the connection; until then there is nothing to look at again and again."""
    meter.disconnected()
    meter.waits(1, START_MS)
    assert not meter.open
    meter.connected()
    meter.waits(1, START_MS + 60_000)
    assert meter.quality(START_MS + 60_000).waiting_ms == 0
