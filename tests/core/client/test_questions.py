"""Unanswered questions to the server, and the latencies of the answered ones."""

from __future__ import annotations

import pytest

from optiverse_collab.core.client.questions import Questions


@pytest.fixture
def questions() -> Questions:
    """The questions of a new connection."""
    return Questions()


def ages(questions: Questions, now_ms: float) -> tuple[float | None, float | None]:
    """The ages of the oldest ping and the oldest push."""
    ping, push = questions.ping, questions.push
    return ping and now_ms - ping.sent_ms, push and now_ms - push.sent_ms


def test_pings_are_answered_in_their_order(questions: Questions) -> None:
    """HB-1: an answer that comes after the next ping is late, and belongs to the ping before."""
    questions.pinged(1000)
    questions.pinged(11_000)
    assert ages(questions, 12_000) == (11_000, None)
    assert questions.ponged(12_000) == 11_000
    assert ages(questions, 12_000) == (1000, None)
    assert questions.ponged(12_010) == 1010
    assert ages(questions, 12_020) == (None, None)
    assert questions.ponged(12_020) is None


def test_push_is_answered_when_its_last_change_is(questions: Questions) -> None:
    """PUSH-4"""
    questions.pushed(3, 1000)
    questions.pushed(5, 1033)
    assert questions.acknowledged(3) == []
    assert ages(questions, 1040) == (None, 40)
    assert [push.sent_ms for push in questions.acknowledged(5)] == [1000]
    assert ages(questions, 1050) == (None, 17)
    assert [push.sent_ms for push in questions.acknowledged(None)] == [1033]
    assert ages(questions, 1060) == (None, None)


def test_pages_answer_pushes_and_no_ping(questions: Questions) -> None:
    """SYNC-6: unanswered changes are sent again, as a new question."""
    questions.pushed(1, 1000)
    questions.pinged(1000)
    questions.synchronising()
    assert ages(questions, 1000) == (0, None)


def test_nobody_answers_after_the_end(questions: Questions) -> None:
    questions.sent(100)
    questions.pushed(1, 1000)
    questions.pinged(1000)
    questions.ponged(1000)
    questions.clear()
    assert ages(questions, 1000) == (None, None)
    assert questions.late(0, 9999) == 0
    assert (questions.sent_bytes, questions.answered_bytes) == (0, 0)


def test_answer_shows_that_all_before_it_arrived(questions: Questions) -> None:
    questions.sent(1000)
    questions.pushed(1, 1000)
    questions.sent(50)
    questions.pinged(1000)
    questions.sent(300)
    assert (questions.sent_bytes, questions.answered_bytes) == (1350, 0)
    questions.ponged(1100)
    assert questions.answered_bytes == 1050
    questions.acknowledged(None)
    assert questions.answered_bytes == 1050


def test_question_knows_what_is_ahead_of_its_answer(questions: Questions) -> None:
    for size, number in ((1000, 1), (50, 2)):
        questions.sent(size)
        questions.pushed(number, 1000)
    first, second = questions.acknowledged(None)
    assert (first.ahead, second.ahead) == (1000, 1050)
    questions.sent(7)
    questions.pushed(3, 2000)
    assert [push.ahead for push in questions.acknowledged(None)] == [7]


def test_late_are_those_that_have_waited_for_longer(questions: Questions) -> None:
    questions.pinged(1000)
    questions.pushed(1, 2000)
    assert [questions.late(5000, now_ms) for now_ms in (6000, 6001, 7000, 7001)] == [0, 1, 1, 2]


def test_push_knows_what_had_come_in_pages(questions: Questions) -> None:
    """PUSH-10"""
    questions.paged(300)
    questions.pushed(1, 1000)
    questions.paged(50)
    assert questions.push is not None
    assert questions.paged_bytes - questions.push.paged == 50
    questions.clear()
    assert questions.paged_bytes == 0
