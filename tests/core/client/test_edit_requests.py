"""Requests for the right to edit: PRES-20 of docs/protocol.md."""

from __future__ import annotations

from typing import Any

import pytest

from optiverse_collab.core.access import Role
from optiverse_collab.core.client.edit_requests import (
    ALL_MS,
    MOST_REFUSED,
    PERSON_MS,
    REFUSED,
    REFUSED_MS,
    REQUEST,
    EditRequestQueue,
    Request,
    is_refused,
    request_in,
    shown_refusals,
)
from optiverse_collab.core.protocol.participants import Participant


def participant(role: Role = Role.VIEWER, person: str = "g1") -> Participant:
    return Participant("Bob", "c1", "", role=role, person=person)


OWNER = participant(Role.OWNER)


@pytest.mark.parametrize("role", list(Role))
def test_only_viewers_and_commenters_ask(role: Role) -> None:
    """PRES-20: the server's report of the role decides."""
    asks = request_in(participant(role), {REQUEST: 7}) == 7
    assert asks is (role in (Role.VIEWER, Role.COMMENTER))


def test_somebody_without_a_grant_does_not_ask() -> None:
    """PRES-20: there is no grant to change."""
    assert request_in(participant(person=""), {REQUEST: 7, "person": "g1"}) is None


@pytest.mark.parametrize("value", [None, "7", 1.5, True, -1, 2**53 + 1, [], {"n": 7}])
def test_a_request_that_is_none_is_ignored(value: Any) -> None:
    """PRES-20"""
    assert request_in(participant(), {REQUEST: value}) is None
    assert request_in(participant(), {}) is None


def test_a_refusal_can_be_read_by_whom_it_is_for() -> None:
    """PRES-20"""
    state = {REFUSED: shown_refusals({"c1": 7, "c2": 8})}
    assert is_refused(OWNER, state, "c1", 7)
    assert not is_refused(OWNER, state, "c1", 8)
    assert not is_refused(OWNER, state, "c3", 7)
    assert not is_refused(participant(Role.EDITOR), state, "c1", 7)
    assert shown_refusals({}) is None


MANY = dict.fromkeys(map(str, range(99)), 1)


@pytest.mark.parametrize("value", [None, 7, [7], {"c1": "7"}, {"c1": None}, {"c1": [7]}, {**MANY, "c1": 7}])
def test_a_refusal_that_is_none_is_ignored(value: Any) -> None:
    """PRES-20"""
    assert not is_refused(OWNER, {REFUSED: value}, "c1", 7)


def test_the_latest_refusals_are_shown() -> None:
    """PRES-20"""
    many = {f"c{number}": number for number in range(MOST_REFUSED + 4)}
    assert list(shown_refusals(many) or ()) == list(many)[4:]


def heard(queue: EditRequestQueue, requests: dict[str, Request], now_ms: float) -> list[str]:
    """Return the next request that is due, or None."""
    due = [id for id, ms in queue.waits(requests, now_ms).items() if ms == 0]
    for id in due[:1]:
        queue.hear(id, requests[id], now_ms)
    return due[:1]


def test_each_request_is_heard_once() -> None:
    """PRES-20"""
    queue, ask = EditRequestQueue(), {"c1": Request("g1", 1)}
    assert heard(queue, ask, 0.0) == ["c1"]
    assert heard(queue, ask, 9 * REFUSED_MS) == []
    assert queue.waits(ask, 0.0) == {}


def test_a_person_is_heard_at_times_only() -> None:
    """PRES-20: even with two windows, or after many repetitions; an early request waits."""
    queue = EditRequestQueue()
    told = [
        heard(queue, {f"c{ms % 2}": Request("g1", ms)}, float(ms)) for ms in range(0, int(3 * PERSON_MS), 999)
    ]
    assert sum(map(bool, told)) == 3
    assert queue.waits({"c9": Request("g1", 1)}, 3 * PERSON_MS) != {"c9": 0}


def test_many_people_wait_for_each_other() -> None:
    """PRES-20: nobody's request is lost."""
    queue = EditRequestQueue()
    asks = {f"c{number}": Request(f"g{number}", 1) for number in range(5)}
    told = {id: ms for ms in range(0, int(5 * ALL_MS), 100) for id in heard(queue, asks, float(ms))}
    assert told == {id: number * ALL_MS for number, id in enumerate(asks)}


def test_after_a_no_there_is_rest() -> None:
    """PRES-20: this person must wait, others need not."""
    queue = EditRequestQueue()
    assert heard(queue, {"c1": Request("g1", 1)}, 0.0)
    queue.refuse("g1", 0.0)
    assert queue.waits({"c1": Request("g1", 2)}, PERSON_MS) == {"c1": REFUSED_MS - PERSON_MS}
    assert heard(queue, {"c2": Request("g2", 1)}, PERSON_MS)
    assert heard(queue, {"c1": Request("g1", 3)}, REFUSED_MS) == ["c1"]


def test_of_who_is_gone_nothing_is_kept() -> None:
    """PRES-20: a new connection with a request is heard once its person may ask again."""
    queue, ask = EditRequestQueue(), {"c1": Request("g1", 1)}
    assert heard(queue, ask, 0.0)
    assert heard(queue, {}, 1.0) == []
    assert heard(queue, ask, PERSON_MS) == ["c1"]
