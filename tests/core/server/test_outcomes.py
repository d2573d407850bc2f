"""Outcomes that people may not have received yet: SYNC-9 of docs/protocol.md."""

from __future__ import annotations

import pytest

from optiverse_collab.core.limits import Limits
from optiverse_collab.core.records import Put, Set
from optiverse_collab.core.server import outcomes
from optiverse_collab.core.server.history import History
from optiverse_collab.core.server.outcomes import memory_of
from optiverse_collab.errors import ChangeRefused
from tests.core.server.histories import do, make


def test_outcomes_that_are_remembered_have_a_limit() -> None:
    """SYNC-9: it is known from which clock on they are complete."""
    history = make(outcomes=2)
    for _ in range(3):
        do(history, Put("a", "k"))
        do(history, Set("gone", {"x": 1}))
    assert [outcome.clock for outcome in history.outcomes.kept] == [4, 6]
    assert history.outcomes.since == 2


def test_outcomes_that_are_remembered_take_little_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """SYNC-9: all together; DUR-4: the stored ones count, too."""
    monkeypatch.setattr(outcomes, "MANY_BYTES", 3000)
    history = make()
    names = []
    for number in range(8):
        do(history, Set(f"gone {number} {'n' * 50}", {"x": 1}))
        names += history.names.take_new()
        if number == 3:
            history = History(history.snapshot(), names)
    kept = history.outcomes.kept
    assert 1 < len(kept) < 5
    assert sum(map(memory_of, kept)) == history.outcomes.memory <= 3000
    assert history.outcomes.since == kept[0].clock - 1


def test_outcome_takes_more_than_its_json() -> None:
    """SYNC-9, LIM-16: an object for each part, and for each property."""
    history = make()
    do(history, Put("a", "k", {"x": 0, "y": 0}))
    do(history, Set("a", {"x": 1, "y": 1}), by="bob")
    for by, props in (("cid", {"x": 2}), ("dan", {"x": 3, "y": 3})):
        do(history, Set("a", props), by=by, seen=1)
    one, two = map(memory_of, history.outcomes.kept)
    assert 600 < one < two < 1200


def test_a_change_with_too_much_to_tell_is_refused() -> None:
    """LIM-13: what it conflicts with counts, too."""
    history = make(Limits(message_bytes=65_536 + 4000))
    do(history, *(Put(f"item {number}", "k", {"x": 0}) for number in range(40)))
    do(history, *(Set(f"item {number}", {"x": 1}) for number in range(40)), by="bob")
    with pytest.raises(ChangeRefused, match="that it conflicts with; split it"):
        do(history, *(Set(f"item {number}", {"x": 2}) for number in range(40)), by="cid", seen=1)
    do(history, *(Set(f"item {number}", {"x": 2}) for number in range(3)), by="cid", seen=1)
