"""Requests to hand over an item: PRES-14 of docs/protocol.md."""

from __future__ import annotations

from typing import Any

import pytest

from optiverse_collab.core.client.hand_over import (
    ALL_MS,
    ANSWERS,
    ASK,
    MOST_ANSWERS,
    PERSON_MS,
    REFUSED_MS,
    Ask,
    Heard,
    Says,
    answer_in,
    ask_in,
    shown_answers,
)

LENS = Ask("lens", 1)


def test_an_ask_can_be_read() -> None:
    """PRES-14"""
    assert ask_in({ASK: LENS.shown}) == LENS


NO_ASKS: list[Any] = [
    *(None, 1, "lens", [], {}, {"id": "lens"}, {"n": 1}, {"id": 3, "n": 1}, {"id": "", "n": 1}),
    *({"id": "lens", "n": n} for n in (-1, 1.5, True, "1", 2**53 + 1)),
    {"id": "x" * 129, "n": 1},
]
NO = {"n": 1, "says": "no"}
NO_ANSWERS: list[Any] = [
    *(None, 1, []),
    *(
        {"c1": answer}
        for answer in (1, {"n": 1}, {**NO, "says": "later"}, {**NO, "says": 2}, {**NO, "n": True})
    ),
    {**dict.fromkeys(map(str, range(99)), 1), "c1": NO},
]


@pytest.mark.parametrize("value", NO_ASKS)
def test_an_ask_that_is_none_is_ignored(value: Any) -> None:
    """PRES-14"""
    assert ask_in({ASK: value}) is None


def test_an_answer_can_be_read_by_whom_it_is_for() -> None:
    """PRES-14"""
    state = {ANSWERS: shown_answers({"c1": (1, Says.SOON), "c2": (5, Says.NO)})}
    assert answer_in(state, "c1", 1) is Says.SOON
    assert answer_in(state, "c2", 5) is Says.NO
    assert answer_in(state, "c1", 2) is None
    assert answer_in(state, "c3", 1) is None
    assert shown_answers({}) is None


@pytest.mark.parametrize("value", NO_ANSWERS)
def test_an_answer_that_is_none_is_ignored(value: Any) -> None:
    """PRES-14"""
    assert answer_in({ANSWERS: value}, "c1", 1) is None


def test_the_latest_answers_are_shown() -> None:
    """PRES-14"""
    many = {f"c{number}": (number, Says.NO) for number in range(MOST_ANSWERS + 4)}
    assert list(shown_answers(many) or ()) == list(many)[4:]


def test_each_ask_is_heard_once() -> None:
    """PRES-14"""
    heard = Heard()
    assert heard.hear("c1", "ann", LENS, 0.0)
    assert not heard.hear("c1", "ann", LENS, 2 * PERSON_MS)
    assert heard.hear("c1", "ann", Ask("lens", 2), 2 * PERSON_MS)


def test_a_person_is_heard_at_times_only() -> None:
    """PRES-14: even with two windows, or with a different request each time."""
    heard = Heard()
    told = [
        heard.hear(f"c{ms % 2}", "ann", Ask(f"item {ms}", ms), float(ms))
        for ms in range(0, int(3 * PERSON_MS), 500)
    ]
    assert sum(told) == 3


def test_many_people_are_heard_at_times_only() -> None:
    """PRES-14"""
    heard = Heard()
    told = [heard.hear(f"c{ms}", f"p{ms}", LENS, float(ms)) for ms in range(0, int(4 * ALL_MS), 100)]
    assert sum(told) == 4


def test_after_a_no_there_is_rest() -> None:
    """PRES-14"""
    heard = Heard()
    assert heard.hear("c1", "ann", LENS, 0.0)
    heard.refuse("ann", 0.0)
    assert not heard.hear("c1", "ann", Ask("lens", 2), REFUSED_MS - 1)
    assert heard.hear("c2", "bob", LENS, REFUSED_MS - 1)
    assert heard.hear("c1", "ann", Ask("lens", 3), REFUSED_MS + ALL_MS)


def test_of_who_is_gone_nothing_is_kept() -> None:
    heard = Heard()
    heard.hear("c1", "ann", LENS, 0.0)
    heard.keep([])
    assert heard.hear("c1", "bob", LENS, ALL_MS)
