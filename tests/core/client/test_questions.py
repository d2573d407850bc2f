"""What the server has yet to answer, and after how long it did."""

from __future__ import annotations

import pytest

from optiverse_collab.core.client.questions import Questions


@pytest.fixture
def questions() -> Questions:
    """Of a connection that has just begun."""
    return Questions()


def test_pings_are_answered_in_their_order(questions: Questions) -> None:
    """HB-1: an answer that comes after the next ping is late, and is that of the ping before."""
    questions.pinged(1000)
    questions.pinged(11_000)
    assert questions.ping_ms == 1000
    assert questions.ponged(12_000) == 11_000
    assert [questions.ping_ms] == [11_000]
    assert questions.ponged(12_010) == 1010
    assert [questions.ping_ms] == [None]
    assert questions.ponged(12_020) is None


def test_push_is_answered_when_its_last_change_is(questions: Questions) -> None:
    """PUSH-4"""
    questions.pushed(3, 1000)
    questions.pushed(5, 1033)
    assert questions.acknowledged(3, 1040) == []
    assert questions.push_ms == 1000
    assert questions.acknowledged(5, 1050) == [50]
    assert questions.push_ms == 1033
    assert questions.acknowledged(None, 1060) == [27]
    assert questions.push_ms is None


def test_pages_answer_pushes_and_no_ping(questions: Questions) -> None:
    """SYNC-6: what they don't answer is sent again, as a new question."""
    questions.pushed(1, 1000)
    questions.pinged(1000)
    questions.synchronising()
    assert (questions.push_ms, questions.ping_ms) == (None, 1000)


def test_nobody_answers_after_the_end(questions: Questions) -> None:
    questions.pushed(1, 1000)
    questions.pinged(1000)
    questions.clear()
    assert (questions.push_ms, questions.ping_ms) == (None, None)
    assert questions.late(0, 9999) == 0


def test_late_are_those_that_have_waited_for_longer(questions: Questions) -> None:
    questions.pinged(1000)
    questions.pushed(1, 2000)
    assert [questions.late(5000, now_ms) for now_ms in (6000, 6001, 7000, 7001)] == [0, 1, 1, 2]
