"""Calls that bring others to one's own view."""

from __future__ import annotations

from typing import Any

import pytest

from optiverse_collab.core.access import Role
from optiverse_collab.core.client.bringing import EVERY_MS, MOST_CALLERS, Call, Calls, call_in, may_call
from optiverse_collab.core.client.following import View

VIEW = View(1.0, 2.0, 30.0, 40.0)


def test_call_has_a_number_and_a_view() -> None:
    """PRES-12: `bring` is `{"n", "view"}`."""
    call = Call(7, VIEW)
    assert call.value == {"n": 7, "view": [1.0, 2.0, 30.0, 40.0]}
    assert call_in({"bring": call.value}) == call


@pytest.mark.parametrize(
    "value",
    [
        None,
        [7],
        {},
        {"n": 7},
        {"n": 7, "view": [1]},
        {"n": True, "view": [1, 2, 3, 4]},
        {"n": "7", "view": [1, 2, 3, 4]},
    ],
)
def test_call_that_is_none(value: Any) -> None:
    """PRES-12."""
    assert call_in({"bring": value}) is None


def test_editors_and_owners_call() -> None:
    """PRES-12."""
    assert [role for role in Role if may_call(role)] == [Role.EDITOR, Role.OWNER]


def test_each_call_is_told_once_and_none_too_soon() -> None:
    """PRES-12: at most once in 30 s, whatever the sender does."""
    calls = Calls()
    assert calls.hear("ann", Call(1, VIEW), 0.0)
    assert not calls.hear("ann", Call(1, VIEW), EVERY_MS)
    assert calls.hear("ann", Call(2, VIEW), EVERY_MS)
    for number in range(3, 100):
        assert not calls.hear("ann", Call(number, VIEW), 2 * EVERY_MS - 1)
    assert calls.hear("ben", Call(99, VIEW), 2 * EVERY_MS - 1)
    assert calls.hear("ann", Call(100, VIEW), 2 * EVERY_MS)


def test_memory_has_a_limit() -> None:
    """PRES-12: among many callers, the oldest one is forgotten."""
    calls = Calls()
    for number in range(MOST_CALLERS + 1):
        assert calls.hear(str(number), Call(1, VIEW), 0.0)
    assert not calls.hear(str(MOST_CALLERS), Call(1, VIEW), 0.0)
    assert calls.hear("0", Call(1, VIEW), 0.0)
