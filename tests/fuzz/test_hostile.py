"""Honest people keep working while a server is under every attack at once; no test asserts how fast."""

from __future__ import annotations

import pytest

from tests.fuzz.attackers import ATTACKS
from tests.fuzz.hostile import MOST_MB, MOST_P99_MS, Outcome, play

SECONDS = 10.0


def test_nobody_innocent_is_hurt() -> None:
    """LIM-9, LIM-14, LIM-15, LIM-16, ACC-10, ACC-13"""
    outcome = play(SECONDS, seed=3, several=1)
    assert [one["closed"] for one in outcome.people] == [[], []]
    assert all(one["edits"] > 0 for one in outcome.people)
    assert outcome.faults == []
    assert {attack.__name__ for attack in ATTACKS} <= outcome.sent.keys()


GOOD = {"session": "crowd", "edits": 10, "closed": [], "p99_ms": MOST_P99_MS}


@pytest.mark.parametrize(
    ("outcome", "wrong"),
    [
        (Outcome([GOOD], MOST_MB, {}, []), []),
        (Outcome([{**GOOD, "closed": [(4430, "too_slow")]}], 1, {}, []), ["crowd: [(4430, 'too_slow')]"]),
        (Outcome([{**GOOD, "p99_ms": 101.0}], 1, {}, []), ["crowd: p99 101.0 ms"]),
        (Outcome([{**GOOD, "edits": 0, "p99_ms": None}], 1, {}, []), ["crowd: p99 None ms"]),
        (Outcome([GOOD], 301.0, {}, ["Traceback"]), ["the server takes 301 MB", "Traceback"]),
    ],
)
def test_what_is_not_as_promised_is_noticed(outcome: Outcome, wrong: list[str]) -> None:
    assert outcome.wrong == wrong
