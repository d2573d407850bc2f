"""The pace at which presence leaves: PRES-17 of docs/protocol.md."""

from __future__ import annotations

from optiverse_collab.core.server.presence_pace import BURST_BYTES, BYTES_PER_S, PresencePace

LONG = {"note": "x" * (BURST_BYTES - 11)}  # exactly an allowance


def test_allowance_is_spent_and_comes_back() -> None:
    """PRES-17: at its rate, and never beyond a burst; a clock that is set back costs nothing."""
    pace = PresencePace(2**20)
    assert pace.due({"a": LONG, "b": {}}, 0) == ["a", "b"]
    assert pace.due({"a": {"x": 1}, "b": LONG}, 0) == ["b"]
    assert pace.due({"a": {"x": 1}}, -1000) == []
    assert pace.due({"a": LONG}, 1) == ["a"]
    back_ms = 1 + BURST_BYTES * 1000 / BYTES_PER_S
    assert pace.due({"a": LONG}, back_ms - 100) == []
    assert pace.due({"a": LONG}, back_ms + 100) == ["a"]
    assert pace.due({"a": LONG}, 10**9) == ["a"]
    assert pace.due({"a": LONG}, 10**9) == []


def test_who_left_and_comes_back_begins_again() -> None:
    """PRES-17"""
    pace = PresencePace(2**20)
    assert pace.due({"a": LONG}, 0) == ["a"]
    assert pace.due({"a": LONG}, 0) == []
    pace.forget("a")
    pace.forget("a")
    assert pace.due({"a": LONG}, 0) == ["a"]


def test_message_is_not_longer_than_a_page_but_for_one_part() -> None:
    """PRES-17, PRES-7: the rest waits for the next tick, in order."""
    pace = PresencePace(100)
    parts = {name: {"note": "x" * 40} for name in "abc"}
    assert pace.due({"long": {"note": "x" * 200}, **parts}, 0) == ["long"]
    assert pace.due(parts, 0) == ["a"]
    assert pace.due({name: {} for name in "abc"}, 0) == ["a", "b", "c"]
    assert pace.due({}, 0) == []
